"""A data set looked at as a whole: its pictures, measures and likenesses, and what is suspicious about them."""
