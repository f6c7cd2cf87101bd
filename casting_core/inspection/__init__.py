"""Judging: the inspector, batches, results."""
