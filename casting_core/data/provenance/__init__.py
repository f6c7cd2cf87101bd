"""Which source photograph an image was made from, and whether the model knows it."""
