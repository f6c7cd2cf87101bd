"""The views of the page *Dataset*, one question a module, and what they share: sources, loading, tiles and marks."""
