"""The parts of each page, in the folder of its name."""
