"""Work on a workspace's collections, one module for each subject.

Each operation is a function of the workspace: `run_` does it in this process, `start_` checks what is asked and queues
it as a job. `core.tasks` lists the kinds of jobs that a worker runs.
"""
