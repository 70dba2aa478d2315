"""The process that runs jobs: `vitrine worker`, or `python -m core.worker` where the server starts it.

It takes jobs from the broker, a few at once, and looks every second for those that another worker left behind. What a
job writes is committed in chunks, so a killed one goes on where it stopped.
"""

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from core.acting import acting
from core.errors import NotFoundError, VitrineError
from core.ingest.progress import Progress
from core.jobs.broker import HeldError
from core.jobs.job import Job, State, load_job, now
from core.jobs.supervisor import WORKER
from core.settings import Settings
from core.tasks import KINDS
from core.timings.asker import asking
from core.workspace import Workspace

WRITE_SECONDS = 0.3  # progress is written, and a wish to cancel noticed, at most this often
SWEEP_SECONDS = 1.0
START_TRIES = 3
MOST_DEATHS = 3  # workers that may die at the same place of a job
DIED = VitrineError(
    "The job's worker died.",
    f"That happened {MOST_DEATHS} times at the same place; it may have run out of memory.",
    "See the job's log, then try it again.",
)
log = logging.getLogger("vitrine.worker")


class CancelledError(Exception):
    """Somebody asked for the job's end."""


class StoppingError(Exception):
    """The worker has to end; another goes on with the job."""


def run_job(workspace: Workspace, id: str, stopping: threading.Event | None = None) -> Job:
    """Run a queued job to its end and keep every state on the way; one that has ended or is held is left alone."""
    jobs = workspace.jobs
    try:
        with jobs.lease(id):
            job = jobs.get(id)
            if not job.ended:
                with _logged(workspace, id):
                    job = _run(workspace, load_job(jobs.folder / f"{id}.json"), stopping or threading.Event())
                    jobs.save(job)
    except HeldError:
        return jobs.get(id)
    jobs.keep_reserve()
    jobs.sweep()  # the next of its collection
    return job


def _run(workspace: Workspace, job: Job, stopping: threading.Event) -> Job:
    jobs, last = workspace.jobs, 0.0

    def report(progress: Progress) -> None:
        nonlocal job, last
        if progress.stage != job.stage:
            jobs.note(job.id, progress.stage)
        elif time.monotonic() - last < WRITE_SECONDS:
            return
        last = time.monotonic()
        if jobs.is_cancelled(job.id):
            raise CancelledError
        if stopping.is_set():
            raise StoppingError
        job = job.at(progress.stage, progress.done, progress.total, progress.bad)
        jobs.save(job)

    try:
        job = job.taken_up()
        if job.deaths >= MOST_DEATHS:
            raise DIED
        if jobs.is_cancelled(job.id):
            raise CancelledError
        jobs.note(job.id, "Begun." if job.attempts == 1 else f"Taken up again, attempt {job.attempts}.")
        jobs.save(job)
        with acting(job.who), asking("worker"):
            result = KINDS[job.kind](workspace, job.parameters, report)
        jobs.note(job.id, "Done.")
        return job.succeeded(result)
    except CancelledError:
        jobs.note(job.id, "Cancelled.")
        return replace(job, state=State.CANCELLED, finished=now())
    except StoppingError:
        jobs.note(job.id, "The worker ends; the job waits for the next.")
        return replace(job, state=State.QUEUED, attempts=job.attempts - 1)
    except VitrineError as error:
        jobs.note(job.id, f"Failed: {error}")
        return job.failed(error)
    except Exception as error:
        log.exception("Job %s failed", job.id)
        if job.kind != "ingest" and job.collection and job.collection not in workspace.names():
            return job.failed(NotFoundError(f"The collection “{job.collection}” is gone.", "", "Bring it in again."))
        hint = f"This is a fault of Vitrine; the job's log has more: vitrine jobs log {job.id}"
        return job.failed(VitrineError("The job stopped.", f"{type(error).__name__}: {error}"[:500], hint))


@contextmanager
def _logged(workspace: Workspace, id: str) -> Iterator[None]:
    """Send what this thread logs to the job's log too."""
    try:
        handler = logging.FileHandler(workspace.jobs.folder / f"{id}.log", encoding="utf-8")
    except OSError:  # a full disk must not keep the job from ending
        yield
        return
    me = threading.get_ident()
    handler.addFilter(lambda record: record.thread == me)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def work(workspace: Workspace, at_once: int, idle_seconds: float = 0.0) -> None:
    """Run jobs until told to stop, or until there has been none for a while; 0 waits for ever."""
    jobs, stopping = workspace.jobs, threading.Event()
    jobs.keep_reserve()
    consumer = jobs.broker.consumer(lambda id: _run_quietly(workspace, id, stopping), at_once)
    consumer.start()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_: stopping.set())
    busy = time.monotonic()
    while not stopping.wait(SWEEP_SECONDS):
        try:
            jobs.sweep()
            waiting = bool(jobs.under_way())
        except Exception:  # a broker may be away for a while
            log.exception("The queue could not be looked through")
            continue
        if waiting:
            busy = time.monotonic()
        elif idle_seconds and time.monotonic() - busy > idle_seconds:
            break
    stopping.set()
    consumer.stop(graceful=True)


def _run_quietly(workspace: Workspace, id: str, stopping: threading.Event) -> None:
    """Run a job; what even its record cannot tell is logged, and the worker goes on."""
    try:
        if not stopping.is_set():
            run_job(workspace, id, stopping)
    except Exception:
        log.exception("Job %s could not be run", id)


def main() -> None:
    """Work for a server that needs a worker; one is enough for a workspace."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = Settings.load()
    workspace = Workspace.open(settings)
    for _ in range(START_TRIES):  # whoever looks whether there is one holds the lease for a moment
        try:
            with workspace.jobs.broker.lease(WORKER):
                work(workspace, settings.jobs_at_once, settings.worker_idle_seconds)
                return
        except HeldError:
            time.sleep(SWEEP_SECONDS)
    log.info("There is a worker already.")


if __name__ == "__main__":
    main()
