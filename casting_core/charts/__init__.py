"""Results as Plotly figures: numbers in, figures out, each with its figures in words. How all look is in `style`."""
