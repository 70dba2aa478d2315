"""The jobs of one workspace: asked for, brought to a worker one after the other, watched, cancelled, taken up again.

A record a job is all there is to know about it; the broker only carries its id. So a queue that is lost or a worker
that is killed costs nothing: `sweep` puts every job back that has a record without an end and nobody at work on it.
"""

import logging
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from core.collection.storage import storing
from core.errors import BusyError, InputError, NotFoundError, StorageError
from core.jobs.broker import Broker, FileBroker, HeldError, RedisBroker
from core.jobs.job import Job, State, load_job, new_job, now, save_job

ID = re.compile(r"[0-9a-f]{1,32}-[0-9a-f]{6}")
OPEN = ".open"  # marks a job that has not ended, so that thousands that have need not be read
RESERVE, RESERVE_BYTES = "reserve", 256 * 1024  # given back when a full disk would not even take a job's last word
MOST_LOG_BYTES = 256 * 1024
WATCH_SECONDS = 0.3
log = logging.getLogger("vitrine.jobs")


class Jobs:
    """The jobs of one workspace; any number of processes may hold it."""

    def __init__(self, folder: Path, broker_url: str = "") -> None:
        self.folder = folder / "jobs"
        self._workspace = str(folder)
        self._broker_url = broker_url

    @cached_property
    def broker(self) -> Broker:
        """The queue; reached at the first need of it."""
        if self._broker_url:
            return RedisBroker(self._broker_url, self._workspace)
        with storing("the queue"):
            return FileBroker(self.folder)

    def submit(
        self, kind: str, parameters: Mapping[str, Any], collection: str = "", who: str = "", *, writes: bool = True
    ) -> Job:
        """Record a job and queue it; returns at once."""
        with storing("the job"):
            self.folder.mkdir(parents=True, exist_ok=True)
            job = new_job(kind, parameters, collection, who, writes=writes)
            try:
                save_job(self.folder, job)
            except UnicodeEncodeError as error:
                raise InputError("The job cannot be recorded.", "A text in it holds half a character.") from error
            self._mark(job.id).touch()
        self._log(job.id, f"Asked for by {who or 'somebody'}.")
        self._offer_soon()
        return job

    def get(self, id: str) -> Job:
        """One job as it is now, or a NotFoundError."""
        path = self.folder / f"{id}.json"
        if not ID.fullmatch(id) or not path.is_file():
            raise NotFoundError(f"There is no job “{id[:60]}”.", "", "List them: vitrine jobs")
        return self._observed(load_job(path))

    def all(self, limit: int = 50, state: State | None = None, before: str = "") -> list[Job]:
        """The latest jobs, newest first; those of one state, or asked for before another job, where that is said."""
        if before and not ID.fullmatch(before):
            raise InputError("That cursor is not one of a list of jobs.", "", "Begin again without it.")
        found: list[Job] = []
        for path in sorted(self.folder.glob("*.json"), reverse=True):
            if len(found) == limit:
                break
            if ID.fullmatch(path.stem) and (not before or path.stem < before):
                try:
                    job = self._observed(load_job(path))
                except FileNotFoundError:
                    continue
                except StorageError as error:
                    log.error("%s", error)
                    continue
                if state is None or job.state is state:
                    found.append(job)
        return found

    def under_way(self) -> list[Job]:
        """Every job that has not ended, oldest first."""
        found = []
        for mark in sorted(self.folder.glob(f"*{OPEN}")):
            try:
                job = load_job(mark.with_suffix(".json"))
            except FileNotFoundError:
                continue
            except StorageError as error:
                log.error("%s", error)
                mark.rename(mark.with_suffix(".damaged"))
                continue
            if not job.ended:
                found.append(job)
                continue
            mark.unlink(missing_ok=True)
            if not load_job(mark.with_suffix(".json")).ended:  # tried again this very moment
                mark.touch()
        return found

    def ahead_of(self, job: Job) -> Job | None:
        """The job that this one waits for: the oldest before it that writes the same collection."""
        if not job.line:
            return None
        earlier = (item for item in self.under_way() if item.id < job.id and item.line == job.line)
        return next(earlier, None)

    def cancel(self, id: str) -> Job:
        """Stop a job: at once while it waits, at its next step while it runs; what it has written is kept."""
        job = self.get(id)
        if job.ended:
            raise BusyError(f"The job has ended already: it is {job.state}.")
        with storing("the job"):
            self._cancel_mark(id).touch()
        with storing("the job"), suppress(HeldError), self.broker.lease(id):
            latest = load_job(self.folder / f"{id}.json")
            if not latest.ended:
                self.save(replace(latest, state=State.CANCELLED, finished=now()))
                self._log(id, "Cancelled before it ran.")
        self._offer_soon()
        return self.get(id)

    def retry(self, id: str) -> Job:
        """Queue a failed or cancelled job again; it goes on from what it has written."""
        job = self.get(id)
        if job.state not in (State.FAILED, State.CANCELLED):
            raise BusyError(f"Only a failed or cancelled job can be tried again; this one is {job.state}.")
        try:
            with storing("the job"), self.broker.lease(id):
                job = load_job(self.folder / f"{id}.json")
                if job.state in (State.FAILED, State.CANCELLED):
                    self._cancel_mark(id).unlink(missing_ok=True)
                    self.save(job.again())
                    self._mark(id).touch()
                    self._log(id, "Tried again.")
        except HeldError:
            raise BusyError("Somebody is at this job this very moment.", "", "Try again.") from None
        self._offer_soon()
        return self.get(id)

    def is_cancelled(self, id: str) -> bool:
        """Whether somebody asked for the job's end."""
        return self._cancel_mark(id).exists()

    def save(self, job: Job) -> None:
        """Keep a job's new state, even on a full disk."""
        try:
            save_job(self.folder, job)
        except OSError:
            (self.folder / RESERVE).unlink(missing_ok=True)
            save_job(self.folder, job)

    def keep_reserve(self) -> None:
        """Hold some room back for the last word of a job that finds the disk full."""
        path = self.folder / RESERVE
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(os.urandom(RESERVE_BYTES))

    def sweep(self) -> None:
        """Offer every job that may run and is not offered; a job whose worker died is taken up again."""
        offered: set[str] | None = None
        begun: set[str] = set()
        for job in self.under_way():
            first = job.line not in begun
            begun |= {job.line} - {""}
            if not first or self.broker.is_held(job.id):
                continue
            offered = self.broker.waiting() if offered is None else offered
            if job.id not in offered:
                self.broker.put(job.id)

    def lease(self, id: str) -> AbstractContextManager[None]:
        """What a worker holds while it has the job."""
        return self.broker.lease(id)

    def watch(self, id: str, seconds: float = WATCH_SECONDS) -> Iterator[Job]:
        """The job now and after each change, until it has ended."""
        last = None
        while True:
            job = self.get(id)
            if job != last:
                yield job
            if job.ended:
                return
            last = job
            time.sleep(seconds)

    def log_path(self, id: str) -> Path:
        """The job's log."""
        return self.folder / f"{self.get(id).id}.log"

    def log(self, id: str) -> str:
        """The end of the job's log."""
        with suppress(FileNotFoundError), self.log_path(id).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - MOST_LOG_BYTES))
            return file.read().decode("utf-8", "replace")
        return ""

    def note(self, id: str, text: str) -> None:
        """Add a line to the job's log."""
        self._log(id, text)

    def _offer_soon(self) -> None:
        """Offer what may run; where the queue fails, the record stands and the next sweep offers it."""
        try:
            self.sweep()
        except Exception:
            log.exception("The queue could not be reached")

    def _mark(self, id: str) -> Path:
        return self.folder / f"{id}{OPEN}"

    def _log(self, id: str, text: str) -> None:
        with suppress(OSError), (self.folder / f"{id}.log").open("a", encoding="utf-8") as file:
            file.write(f"{now()} {text}\n")

    def _observed(self, job: Job) -> Job:
        if job.state is not State.RUNNING or self.broker.is_held(job.id):
            return job
        latest = load_job(self.folder / f"{job.id}.json")  # it may have ended since it was read
        return replace(latest, state=State.INTERRUPTED) if latest.state is State.RUNNING else latest

    def _cancel_mark(self, id: str) -> Path:
        return self.folder / f"{id}.cancel"
