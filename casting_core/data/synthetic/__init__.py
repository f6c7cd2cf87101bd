"""Castings rendered by the program, with defects known to the pixel."""
