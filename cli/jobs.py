"""`vitrine jobs` and `vitrine worker`: what long work there is, how far it is, and who does it."""

from rich.console import Console
from rich.markup import escape

from cli.output import print_error, print_json, print_records
from core.errors import BusyError, InputError, VitrineError
from core.ingest.progress import Report
from core.jobs.broker import HeldError
from core.jobs.job import Job, State
from core.jobs.supervisor import WORKER
from core.settings import Settings
from core.workspace import Workspace

STATES = ", ".join(State)


def list_jobs(settings: Settings, state: str | None, limit: int, as_json: bool) -> None:
    """Print the latest jobs."""
    jobs = Workspace.open(settings).jobs.all(limit, None if state is None else _state(state))
    if as_json:
        print_json({"jobs": [job.told() for job in jobs]})
        return
    print_records([_line(job) for job in jobs], "No job yet. A long command becomes one with --background.")


def show_job(settings: Settings, id: str, as_json: bool) -> None:
    """Print one job."""
    _print_job(Workspace.open(settings).jobs.get(id), as_json)


def watch_job(settings: Settings, id: str, as_json: bool) -> None:
    """Follow a job to its end; a failed one is an error."""
    follow(Workspace.open(settings), id, as_json)


def cancel_job(settings: Settings, id: str, as_json: bool) -> None:
    """Stop a job."""
    _print_job(Workspace.open(settings).jobs.cancel(id), as_json)


def retry_job(settings: Settings, id: str, as_json: bool) -> None:
    """Queue a failed or cancelled job again."""
    _print_job(Workspace.open(settings).retry(id), as_json)


def print_log(settings: Settings, id: str) -> None:
    """Print the end of a job's log."""
    print(Workspace.open(settings).jobs.log(id), end="")


def tell_started(job: Job, as_json: bool) -> None:
    """Say that a job is queued, and how to follow it."""
    if as_json:
        print_json({"job": job.id})
        return
    console = Console(highlight=False)
    console.print(f"Queued as job {job.id}. Follow it: vitrine jobs watch {job.id}", soft_wrap=True)


def follow(space: Workspace, id: str, as_json: bool, report: Report | None = None) -> Job:
    """Wait for a job's end with a progress bar; what made it fail is raised."""
    from cli.output import progress_bar
    from core.ingest.progress import Progress

    job = space.jobs.get(id)
    if not job.ended:
        space.supervisor.ensure()
    with progress_bar() as bar:
        for job in space.jobs.watch(id):
            (report or bar)(Progress(job.stage or job.state.capitalize(), job.done, job.total, job.bad))
    if job.state is State.FAILED:
        told = job.error or {}
        raise VitrineError(told.get("title", "The job failed."), told.get("detail", ""), told.get("hint", ""))
    _print_job(job, as_json)
    return job


def run_worker(settings: Settings, at_once: int | None) -> None:
    """Run jobs until stopped; with a shared broker any number of machines may do so."""
    from core.worker import work

    space = Workspace.open(settings)
    count = at_once or settings.jobs_at_once
    console = Console(stderr=True, highlight=False)
    where = "the broker" if space.jobs.broker.shared else str(settings.workspace)
    if space.jobs.broker.shared:
        console.print(f"Taking jobs from {escape(where)}, {count} at a time. Ctrl-C ends it.", soft_wrap=True)
        work(space, count)
        return
    try:
        with space.jobs.lease(WORKER):
            console.print(f"Taking the jobs of {escape(where)}, {count} at a time. Ctrl-C ends it.", soft_wrap=True)
            work(space, count)
    except HeldError:
        error = BusyError(
            "This workspace has a worker already.",
            "One is enough on one machine.",
            "For several machines give them a shared broker: VITRINE_BROKER=redis://…",
        )
        print_error(error)
        raise SystemExit(1) from None


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError:
        raise InputError(f"There is no state “{text[:40]}”.", "", f"There is: {STATES}.") from None


def _line(job: Job) -> dict[str, object]:
    done = f"{job.done:,} of {job.total:,}" if job.total else ""
    what = job.error["title"] if job.error else (f"{job.stage} {done}".strip() if not job.ended else done)
    return {
        "id": job.id,
        "kind": job.kind,
        "collection": job.collection,
        "state": job.state.value,
        "created": job.created,
        "who": job.who,
        "progress": what,
    }


def _print_job(job: Job, as_json: bool) -> None:
    if as_json:
        print_json(job.told())
        return
    console = Console(highlight=False)
    console.print(f"{job.kind} of “{escape(job.collection)}”: {job.state}", soft_wrap=True)
    for name, value in {**job.parameters, **(job.result or {})}.items():
        if value not in (None, "", {}, []):
            console.print(f"  {escape(name)}: {escape(str(value))}", soft_wrap=True)
    if job.error:
        print_error(VitrineError(job.error["title"], job.error["detail"], job.error["hint"]))
