"""What is wrong with a data set: labels, images, outliers, shortcuts."""
