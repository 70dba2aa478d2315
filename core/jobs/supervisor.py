"""Sees to it that a workspace with jobs has a worker; with a shared broker people start workers themselves."""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

from core.jobs.runner import Jobs
from core.settings import ROOT

WORKER = "worker"  # the lease that the workspace's own worker holds
EVERY_SECONDS = 1.0
log = logging.getLogger("vitrine.jobs")


class Supervisor:
    """Starts the workspace's worker when there is something to do and none is there."""

    def __init__(self, jobs: Jobs, workspace: Path) -> None:
        self._jobs = jobs
        self._workspace = workspace
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def ensure(self) -> None:
        """Start a worker unless one lives; it outlives this process, so that a job does too."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            broker = self._jobs.broker
            if broker.shared or broker.is_held(WORKER):
                return
            with (self._jobs.folder / "worker.log").open("ab") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "core.worker"],
                    cwd=ROOT,
                    env={**os.environ, "VITRINE_WORKSPACE": str(self._workspace)},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            threading.Thread(target=self._process.wait, daemon=True).start()  # leaves no zombie behind

    def watch(self) -> None:
        """Look every second, in the background, for jobs that a dead worker or server left behind."""
        threading.Thread(target=self._watch, name="supervisor", daemon=True).start()

    def stop(self) -> None:
        """End the watch; a worker goes on until its jobs are done."""
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                if self._jobs.under_way():
                    self.ensure()
            except Exception:  # whatever is wrong now, jobs need a worker again later
                log.exception("Jobs could not be looked after")
