"""Figures of a card as sentences and tables."""
