"""The map of a collection: every image's place in two dimensions, clusters with names, and what a page draws of it."""
