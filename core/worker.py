"""The process that runs one job: `python -m core.worker JOB`."""

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from core.errors import VitrineError
from core.ingest.pipeline import Progress
from core.ingest.plan import IngestRequest
from core.jobs.job import Job, State, now
from core.settings import Settings
from core.workspace import Workspace

WRITE_SECONDS = 0.3  # progress is written at most this often
log = logging.getLogger("vitrine.worker")


def run_job(workspace: Workspace, id: str) -> Job:
    """Run a queued job to its end and keep every state on the way."""
    jobs = workspace.jobs
    with jobs.lock(id):
        job = replace(jobs.get(id), state=State.RUNNING, started=now())
        jobs.save(job)
        last = 0.0

        def report(progress: Progress) -> None:
            nonlocal job, last
            changed = progress.stage != job.stage
            job = replace(job, stage=progress.stage, done=progress.done, total=progress.total, bad=progress.bad)
            if changed or time.monotonic() - last > WRITE_SECONDS:
                jobs.save(job)
                last = time.monotonic()

        try:
            result = KINDS[job.kind](workspace, job, report)
            job = replace(job, state=State.DONE, finished=now(), result=result)
        except VitrineError as error:
            job = job.failed(error)
        except Exception as error:
            log.exception("Job %s failed", id)
            hint = f"This is a fault of Vitrine; the log is in the workspace, jobs/{id}.log."
            job = job.failed(VitrineError("The job stopped.", f"{type(error).__name__}: {error}"[:500], hint))
        jobs.save(job)
    return job


def _ingest(workspace: Workspace, job: Job, report: Callable[[Progress], None]) -> dict[str, object]:
    parameters = {**job.parameters, "text_columns": tuple(job.parameters.get("text_columns", ()))}
    return workspace.ingest(IngestRequest(**parameters), report).summary()


def _embed(workspace: Workspace, job: Job, report: Callable[[Progress], None]) -> dict[str, object]:
    asked = job.parameters
    return workspace.embed(asked["collection"], asked["encoder"], report, thumbnails=asked["thumbnails"]).summary()


KINDS: dict[str, Callable[[Workspace, Job, Callable[[Progress], None]], dict[str, object]]] = {
    "ingest": _ingest,
    "embed": _embed,
}


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    run_job(Workspace.open(Settings.load()), sys.argv[1])
