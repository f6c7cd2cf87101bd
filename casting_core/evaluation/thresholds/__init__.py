"""Calibration, and where to draw the lines between pass, review and reject."""
