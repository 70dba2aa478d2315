"""The recipe: one question as a value, and its renderings."""
