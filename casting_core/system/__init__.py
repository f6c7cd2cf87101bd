"""The process and its machine: memory and threads."""
