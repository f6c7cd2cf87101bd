"""Where the casting is in an image, and how it was photographed."""
