"""The parts of the page *Inspection*: one image, many of them, and what is asked about a verdict."""
