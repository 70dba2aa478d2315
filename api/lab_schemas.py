"""What the routes of the performance lab take and give."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class PartName(StrEnum):
    """What is measured."""

    LIMITS = "limits"
    SCALE = "scale"
    STORAGE = "storage"


class LabBody(BaseModel):
    """What to measure; what is left out is as usual. A name that the part does not know is refused."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"limits": [10, 1000, 0]}]})

    recipes: list[dict[str, str]] | None = Field(None, max_length=6, description="Limits: links' parameters")
    limits: list[int] | None = Field(None, max_length=12, description="Limits: images asked for, 0 for all")
    repetitions: int | None = Field(None, ge=1, le=100, description="Limits: how often each is measured")
    processing: bool | None = Field(None, description="Limits: also read, decode, augment and encode each image")
    seconds: float | None = Field(None, ge=0.1, le=3_600, description="Limits: leave out steps that take longer")
    pipeline: str | None = Field(None, max_length=80, description="Limits: the preset that images are augmented by")
    largest: int | None = Field(None, ge=1_000, le=100_000_000, description="Scale: images in the largest collection")
    steps: int | None = Field(None, ge=4, le=12, description="Scale: how many sizes")
    runs: int | None = Field(None, ge=1, le=1_000, description="Scale: how often each question is asked")
    made_up: bool | None = Field(None, description="Scale: images made up from nothing instead of drawn ones")
    images: int | None = Field(None, ge=1, le=20_000, description="Storage: images read in each round")
    rounds: int | None = Field(None, ge=1, le=100, description="Storage: how often")
    seed: int | None = Field(None, ge=0, lt=2**31, description="Scale and storage: the same seed draws the same")

    def asked(self) -> dict[str, Any]:
        """What was given."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class LabFacts(BaseModel):
    """One measurement; which figures stand beside these depends on the part."""

    model_config = ConfigDict(extra="allow")

    part: PartName
    at: str = Field(examples=["2026-01-01T12:00:00+00:00"], description="UTC")
    collection: str
    version: int = Field(description="Of the collection when it was measured")
    images: int = Field(description="In the collection then")
    machine: dict[str, Any] = Field(description="Cores, processor, memory, and how busy it was")
    seconds: float


class EstimateFacts(BaseModel):
    """What so many images would take."""

    images: int
    embed_seconds: float
    storage_bytes: float
    index_bytes: float = Field(description="Part of the storage")
    memory_bytes: float = Field(description="Of all machines that answer")
    machines: int = Field(description="That answer")
    index_seconds: float
    search_ms: float
    facets_ms: float
    beyond: float = Field(description="Times as many images a machine as were measured; 0 where nothing was")


class EstimateAnswer(BaseModel):
    """Estimates, and what they rest on."""

    assumptions: dict[str, float]
    growths: dict[str, str] = Field(description="What was measured and fitted, in words")
    estimates: list[EstimateFacts]


class EstimateBody(BaseModel):
    """Assumptions that differ from the usual."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"assumptions": {"machines": 8}}]})

    assumptions: dict[str, float] = Field(default_factory=dict)
