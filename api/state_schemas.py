"""What the API tells about the server: its health, and what the latest answers cost."""

from pydantic import BaseModel, Field

from api.schemas import StepTime


class Health(BaseModel):
    """Whether the server can answer."""

    status: str = Field(examples=["ok"], description="“ok”, or what keeps it from answering")
    alive: bool = Field(description="The process answers")
    ready: bool = Field(description="The workspace can be read")
    version: str = Field(examples=["0.1.0"])
    collections: int = Field(description="Collections in the workspace")
    encoder: str = Field(examples=["vitrine-clip"], description="Encoder of new collections")
    encoder_loaded: bool = Field(description="False until the first search by text or picture")
    jobs_under_way: int = Field(description="Jobs that have not ended")
    worker: bool = Field(description="Whether a worker of this workspace is at work")


class TimedAnswer(BaseModel):
    """What one answer, or one piece of work, cost."""

    id: int = Field(description="In the workspace; later ones have larger ids")
    at: str = Field(description="When it was done; UTC, ISO 8601")
    kind: str = Field(examples=["search"])
    collection: str
    english: str = Field(description="What was asked")
    recipe: dict[str, str] | None = Field(description="To ask the same again; null where there is none")
    first: int = Field(description="Place in the result of the answer's first image")
    rows: int = Field(description="Images in the answer, or that the work was done on")
    total: int = Field(description="Images that pass the filter")
    milliseconds: float = Field(description="Wall time")
    front: str = Field(examples=["api"], description="dashboard, api, command or worker; empty for a program")
    who: str = Field(description="The person, where that is known")
    steps: list[StepTime]


class KindFigures(BaseModel):
    """What answers of one kind cost, in milliseconds."""

    kind: str
    count: int
    p50: float
    p95: float
    p99: float
    slowest: float


class TimedAnswers(BaseModel):
    """What answers and work in the workspace cost."""

    kinds: list[KindFigures]
    timings: list[TimedAnswer]
