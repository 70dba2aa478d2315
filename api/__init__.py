"""The REST API: routes and their schemas."""
