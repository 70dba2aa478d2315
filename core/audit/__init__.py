"""How near the index's answers come to exact ones, measured on the collection itself."""
