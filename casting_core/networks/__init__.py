"""The networks, their registry, and the checkpoints they are shipped in."""
