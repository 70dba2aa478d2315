"""A job's record: what it is, how far it got, and how it ended."""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import VitrineError


class State(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # its worker died; starting it again resumes it


@dataclass(frozen=True)
class Job:
    """One piece of long work."""

    id: str
    kind: str  # such as "ingest"
    parameters: dict[str, Any]
    state: State
    created: str  # UTC, ISO 8601
    stage: str = ""
    done: int = 0
    total: int = 0  # 0 while unknown
    bad: int = 0  # items that failed, none of which stops the job
    started: str = ""
    finished: str = ""
    result: dict[str, Any] | None = None
    error: dict[str, str] | None = None  # title, detail, hint

    @property
    def ended(self) -> bool:
        return self.state in (State.DONE, State.FAILED, State.INTERRUPTED)

    def failed(self, error: VitrineError) -> "Job":
        """The same job, ended by this error."""
        told = {"title": error.title, "detail": error.detail, "hint": error.hint}
        return replace(self, state=State.FAILED, finished=now(), error=told)


def now() -> str:
    """UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def save_job(folder: Path, job: Job) -> None:
    """Write the record; readers see the old one or the new one, never half of it."""
    temporary = folder / f".{job.id}.{os.getpid()}.tmp"
    temporary.write_text(json.dumps(asdict(job), ensure_ascii=False), encoding="utf-8")
    os.replace(temporary, folder / f"{job.id}.json")


def load_job(path: Path) -> Job:
    """Read one record."""
    values = json.loads(path.read_text(encoding="utf-8"))
    return Job(**{**values, "state": State(values["state"])})
