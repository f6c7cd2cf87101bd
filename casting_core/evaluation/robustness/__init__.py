"""What light, blur, noise and so on do to the verdicts."""
