"""How well an encoder fits a collection: figures over its labels and texts, each with its interval."""
