"""What the routes of audits take and give."""

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import EncoderName
from core.audit.run import MOST_QUESTIONS, USUAL_K, USUAL_QUESTIONS
from core.query.recipe import Accuracy
from core.query.url import MOST_LIMIT


class AuditBody(BaseModel):
    """What to measure."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"k": 50, "questions": 48}]})

    k: int = Field(USUAL_K, ge=1, le=MOST_LIMIT, description="Images asked for")
    questions: int = Field(USUAL_QUESTIONS, ge=2, le=MOST_QUESTIONS, description="Half are images, half words")
    seed: int = Field(0, ge=0, lt=2**31, description="The same seed draws the same questions")


class AuditPoint(BaseModel):
    """One way of asking, and what it gave."""

    label: str = Field(examples=["20 %"])
    exact: bool
    probes: int = Field(description="Partitions of the index looked through; 0 without the index, 4,096 for all")
    refine: int = Field(description="Candidates compared by their full vectors, per wanted image")
    recall: float = Field(description="Share of the exact nearest that were found, mean over the questions")
    worst: float = Field(description="Of any question")
    median_ms: float = Field(description="Of ranking alone, without metadata")
    p95_ms: float
    least_found: int = Field(description="Images, of any question")


class AuditSetting(BaseModel):
    """What a choice of accuracy comes to."""

    accuracy: Accuracy
    filtered: bool
    point: AuditPoint


class AuditFacts(BaseModel):
    """Recall and latency of a collection's answers against exact ones."""

    at: str = Field(examples=["2026-01-01T12:00:00+00:00"], description="UTC")
    collection: str
    version: int = Field(description="Of the collection when it was measured")
    images: int
    encoder: EncoderName
    index: str = Field(examples=["IVF_RQ"], description="“memory” where every vector is compared there, or “none”")
    partitions: int
    k: int
    image_questions: int
    word_questions: int
    filter: str = Field(description="The filter that was tried; empty where no column offers one")
    matching: int = Field(description="Images that pass it")
    settings: list[AuditSetting]
    curve: list[AuditPoint] = Field(description="More and more partitions")
    seconds: float
