"""Intervals and tests over source photographs."""
