"""Models: what can be told about a picture, by name and with checked parameters."""
