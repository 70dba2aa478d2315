"""Augmentation: a pipeline of random changes as a value, and what it makes of one picture."""
