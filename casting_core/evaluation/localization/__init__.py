"""Whether the map points at the defect."""
