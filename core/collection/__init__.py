"""A collection: the Lance table that is the truth, and the DuckDB catalog that answers from it."""
