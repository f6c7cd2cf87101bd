"""What the pages have in common: caches, uploads, downloads, and pieces of a page."""
