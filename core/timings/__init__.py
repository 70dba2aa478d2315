"""What answers and work cost, kept in the workspace: recorded by every process, read by every front end."""
