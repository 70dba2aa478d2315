"""A job's record: what it is, who wants it, how far it got, and how it ended."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any

from core.errors import StorageError, VitrineError


class State(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"  # waits for a worker, or for an earlier job of its collection
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # its worker died; the next one goes on with it


NO_COUNTS = frozenset({"version", "bytes"})  # whole numbers of a result that count no items
ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(frozen=True)
class Job:
    """One piece of long work."""

    id: str  # sorts by when it was asked for
    kind: str  # such as "ingest"
    parameters: dict[str, Any]
    state: State
    created: str  # UTC, ISO 8601
    collection: str = ""  # the one it is about
    writes: bool = True  # to its collection; such jobs run one after the other
    who: str = ""  # who asked for it
    stage: str = ""
    done: int = 0
    total: int = 0  # 0 while unknown
    most: int = 0  # the largest total of any stage
    bad: int = 0  # items that failed, none of which stops the job
    stage_began: float = 0.0  # seconds since 1970
    stage_from: int = 0  # how many were done already when the stage began
    attempts: int = 0  # times a worker has taken it up
    deaths: int = 0  # workers that died over it, one after the other, and got no further than the one before
    died_at: str = ""  # the stage in which the last one did
    died_with: int = 0  # and how much was left of it
    started: str = ""
    finished: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # outcomes, such as images added
    result: dict[str, Any] | None = None
    error: dict[str, str] | None = None  # title, detail, hint

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def line(self) -> str:
        """Jobs of one line run one after the other; an empty one is no line."""
        return self.collection if self.writes else ""

    @property
    def rate(self) -> float:
        """Items a second since the stage began; 0 while nothing is known."""
        took = time.time() - self.stage_began
        return (self.done - self.stage_from) / took if self.state is State.RUNNING and took > 0.5 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the stage will still take at its rate; None while nothing is known."""
        left = self.total - self.done
        return left / self.rate if self.rate > 0 and left >= 0 else None

    def at(self, stage: str, done: int, total: int, bad: int) -> "Job":
        """The same job this far."""
        job = replace(self, stage=stage, done=done, total=total, bad=bad, most=max(self.most, total))
        return job if stage == self.stage else replace(job, stage_began=time.time(), stage_from=done)

    def taken_up(self) -> "Job":
        """The same job in a worker's hands; where the last worker died over it, whether that one got further counts."""
        job = replace(self, state=State.RUNNING, started=self.started or now(), attempts=self.attempts + 1, stage="")
        if self.state is not State.RUNNING:
            return job
        left = self.total - self.done
        further = self.stage != self.died_at or left < self.died_with
        return replace(job, deaths=1 if further else self.deaths + 1, died_at=self.stage, died_with=left)

    def failed(self, error: VitrineError) -> "Job":
        """The same job, ended by this error."""
        told = {"title": error.title, "detail": error.detail, "hint": error.hint}
        return replace(self, state=State.FAILED, finished=now(), error=told)

    def succeeded(self, result: Mapping[str, Any]) -> "Job":
        """The same job, ended well; whole numbers of its result that count something are its outcomes."""
        counts = {name: value for name, value in result.items() if type(value) is int and name not in NO_COUNTS}
        ended = replace(self, state=State.DONE, done=self.most, total=self.most, finished=now())
        return replace(ended, result=dict(result), counts=counts)

    def again(self) -> "Job":
        """The same job, to be taken up once more from the start of the queue's rules."""
        return replace(self, state=State.QUEUED, finished="", error=None, result=None, attempts=0, deaths=0, died_at="")

    def told(self) -> dict[str, Any]:
        """Everything about it that a front end shows, as plain values."""
        left = self.seconds_left
        figures = {"rate": round(self.rate, 1), "seconds_left": None if left is None else round(left, 1)}
        shown = asdict(self)
        for inner in ("most", "stage_began", "stage_from", "deaths", "died_at", "died_with"):
            del shown[inner]
        return {**shown, **figures}


def new_job(kind: str, parameters: Mapping[str, Any], collection: str, who: str, *, writes: bool = True) -> Job:
    """A job that nobody has taken up."""
    id = f"{time.time_ns():x}-{token_hex(3)}"
    return Job(id, kind, dict(parameters), State.QUEUED, now(), collection, writes, who)


def now() -> str:
    """UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def save_job(folder: Path, job: Job) -> None:
    """Write the record; readers see the old one or the new one, never half of it."""
    temporary = folder / f".{job.id}.{os.getpid()}.{token_hex(3)}.tmp"
    try:
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(asdict(job), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())  # or a power cut would leave an empty record
        os.replace(temporary, folder / f"{job.id}.json")
    finally:
        temporary.unlink(missing_ok=True)


def load_job(path: Path) -> Job:
    """Read one record; what another version wrote beside what is known here is left aside."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        known = {name: value for name, value in values.items() if name in Job.__dataclass_fields__}
        return Job(**{**known, "state": State(values["state"])})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StorageError(
            f"The record of the job {path.stem} is damaged.", str(error)[:200], f"Remove {path} and ask for it again."
        ) from error
