"""How images and what is known about them come in: sources, tables, decoding."""
