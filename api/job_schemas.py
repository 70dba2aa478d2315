"""What the API tells about jobs."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class JobFacts(BaseModel):
    """One piece of long work."""

    id: str
    kind: str = Field(examples=["ingest"])
    parameters: dict[str, Any]
    state: Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
    created: str = Field(description="UTC, ISO 8601")
    collection: str
    who: str = Field(description="Who asked for it")
    stage: str
    done: int
    total: int = Field(description="0 while unknown")
    bad: int = Field(description="Items that failed, none of which stops the job")
    rate: float = Field(description="Items a second in this stage")
    seconds_left: float | None
    attempts: int = Field(description="Times a worker has taken it up")
    started: str
    finished: str
    counts: dict[str, int] = Field(description="Outcomes")
    result: dict[str, Any] | None
    error: dict[str, str] | None = Field(description="title, detail and hint, where it failed")


class JobList(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobFacts]
    next: str | None = Field(description="Cursor of the next page; null at the end")
