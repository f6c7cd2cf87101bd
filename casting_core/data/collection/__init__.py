"""A folder of images as a data set: what lies there, classes, groups, marks."""
