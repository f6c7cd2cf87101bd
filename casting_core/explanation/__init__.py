"""Where and why: heatmaps, regions."""
