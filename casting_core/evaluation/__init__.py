"""Figures: metrics, intervals, calibration, operating points."""
