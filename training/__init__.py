"""How the shipped encoder was made: data preparation, training, evaluation and export of a small CLIP."""
