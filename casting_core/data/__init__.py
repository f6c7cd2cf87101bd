"""Pictures and data sets: safe decoding, the part in the picture, source photographs, rendered castings."""
