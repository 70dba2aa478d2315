"""The SQL console: a person's own read-only SQL about a collection."""
