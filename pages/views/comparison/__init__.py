"""The views of the page *Comparison*, one question a module, and what they share."""
