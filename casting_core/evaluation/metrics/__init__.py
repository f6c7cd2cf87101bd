"""Figures of a classifier and their curves."""
