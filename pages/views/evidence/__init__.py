"""The views of the page on evidence: how far the model can be trusted, where not, and what it is worth."""
