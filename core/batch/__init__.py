"""Augmenting and tagging a whole result: long work that is written in pieces and goes on where it stopped."""
