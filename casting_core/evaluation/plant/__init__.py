"""What an inspection is worth in a plant."""
