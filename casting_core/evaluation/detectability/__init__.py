"""How large a defect has to be: probability of detection (POD)."""
