"""Starts jobs in worker processes of their own and tells how they are.

A worker holds its job's lock for as long as it lives, so a killed one is noticed whatever killed it.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any

from filelock import FileLock, Timeout

from core.errors import NotFoundError
from core.jobs.job import Job, State, load_job, now, save_job
from core.settings import ROOT

ID = re.compile(r"[0-9a-f]{1,32}-[0-9a-f]{6}")
START_SECONDS = 60.0  # a queued job whose worker has not shown itself by then counts as interrupted


class Jobs:
    """The jobs of one workspace."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "jobs"

    def submit(self, kind: str, parameters: Mapping[str, Any], workspace: Path) -> Job:
        """Record a job and start its worker; returns at once."""
        self._folder.mkdir(parents=True, exist_ok=True)
        job = Job(f"{time.time_ns():x}-{token_hex(3)}", kind, dict(parameters), State.QUEUED, now())
        save_job(self._folder, job)
        with (self._folder / f"{job.id}.log").open("wb") as log:
            worker = subprocess.Popen(  # noqa: S603 - our own module and an id made above
                [sys.executable, "-m", "core.worker", job.id],
                cwd=ROOT,
                env={**os.environ, "VITRINE_WORKSPACE": str(workspace)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        threading.Thread(target=worker.wait, daemon=True).start()  # no ended worker stays behind as a zombie
        return job

    def get(self, id: str) -> Job:
        """One job as it is now."""
        path = self._folder / f"{id}.json"
        if not ID.fullmatch(id) or not path.is_file():
            raise NotFoundError(f"There is no job “{id[:60]}”.")
        return self._observed(load_job(path))

    def all(self, limit: int = 50) -> list[Job]:
        """The latest jobs, newest first."""
        paths = sorted(self._folder.glob("*.json"), reverse=True)[:limit]
        return [self._observed(load_job(path)) for path in paths]

    def save(self, job: Job) -> None:
        """Keep a job's new state; for its worker."""
        save_job(self._folder, job)

    def lock(self, id: str) -> FileLock:
        """What a worker holds while it lives."""
        return FileLock(self._folder / f"{id}.lock")

    def _observed(self, job: Job) -> Job:
        if job.ended or self._is_held(job.id):
            return job
        if job.state is State.QUEUED and time.time() - int(job.id.split("-")[0], 16) / 1e9 < START_SECONDS:
            return job
        latest = load_job(self._folder / f"{job.id}.json")  # it may have ended since it was read
        return latest if latest.ended else replace(latest, state=State.INTERRUPTED)

    def _is_held(self, id: str) -> bool:
        lock = self.lock(id)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False
