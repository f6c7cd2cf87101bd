"""Training logs, ours and others': reading, runs, and what curves say. The only reader of logs."""
