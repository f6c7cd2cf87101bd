"""Drawing defects, and what looks like one, into images of sound castings."""
