"""The views of the page on evidence: how far can the model be trusted, where not, and what is it worth?"""
