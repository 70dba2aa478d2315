"""Everything that is not a front end: questions, collections, encoders, ingest and search."""
