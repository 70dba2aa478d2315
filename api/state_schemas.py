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
    """What one answer cost."""

    at: str = Field(description="UTC, ISO 8601")
    collection: str
    english: str
    total: int
    milliseconds: float
    steps: list[StepTime]


class TimedAnswers(BaseModel):
    """The latest answers of this server, newest first."""

    timings: list[TimedAnswer]
