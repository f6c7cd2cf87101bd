"""Training: the loop, its log, its callbacks."""
