"""Long work outside the front ends: a job, its state kept in the workspace, and the seam that starts it."""
