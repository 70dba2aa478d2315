"""`vitrine jobs …`."""

from typing import Annotated

import typer

from cli.options import JsonOption
from core.settings import Settings

jobs = typer.Typer(help="List, follow, cancel and retry long work.", invoke_without_command=True)
Id = Annotated[str, typer.Argument(help="Of the job.")]


@jobs.callback()
def list_all(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only jobs in this state, such as running.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many at the most.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List the latest jobs, newest first."""
    if context.invoked_subcommand is None:
        from cli.jobs import list_jobs

        list_jobs(Settings.load(), state, limit, as_json)


@jobs.command()
def show(id: Id, as_json: JsonOption = False) -> None:
    """Tell all about one job."""
    from cli.jobs import show_job

    show_job(Settings.load(), id, as_json)


@jobs.command()
def watch(id: Id, as_json: JsonOption = False) -> None:
    """Follow a job to its end; the exit status is 1 where it fails."""
    from cli.jobs import watch_job

    watch_job(Settings.load(), id, as_json)


@jobs.command()
def cancel(id: Id, as_json: JsonOption = False) -> None:
    """Stop a job; what it has written is kept."""
    from cli.jobs import cancel_job

    cancel_job(Settings.load(), id, as_json)


@jobs.command()
def retry(id: Id, as_json: JsonOption = False) -> None:
    """Queue a failed or cancelled job again; it goes on from what it has written."""
    from cli.jobs import retry_job

    retry_job(Settings.load(), id, as_json)


@jobs.command()
def log(id: Id) -> None:
    """Print the end of a job's log."""
    from cli.jobs import print_log

    print_log(Settings.load(), id)
