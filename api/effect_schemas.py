"""What the routes of augmentation's effect take and give."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.evaluation_schemas import FigureFacts
from api.recipe_schemas import RecipeBody
from api.schemas import EncoderName, Text
from core.effect.run import MOST_SAMPLE, USUAL_SAMPLE


class EffectBody(BaseModel):
    """What to measure."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"pipeline": "strong", "sample": 100}]})

    pipeline: Text | dict[Text, Any] = Field(description="A preset's name, values, JSON, YAML, or a link's word")
    recipe: RecipeBody = Field(
        default_factory=lambda: RecipeBody.model_validate({}), description="Whose images are drawn; ranks are of all"
    )
    sample: int = Field(USUAL_SAMPLE, strict=True, ge=2, le=MOST_SAMPLE, description="Images to draw")
    seed: int = Field(0, strict=True, ge=0, lt=2**63, description="The same seed draws the same images")
    steps: bool = Field(True, strict=True, description="Each transform alone too, at a few strengths")


class DriftFacts(BaseModel):
    """1 less the cosine similarity of changed and original vector."""

    median: float
    low: float = Field(description="95 % interval of the median")
    high: float
    p05: float
    p25: float
    p75: float
    p95: float


class ExampleFacts(BaseModel):
    """One image that moved far."""

    id: str
    drift: float
    ahead: int = Field(description="Images more like the changed one than its original is")
    first: str = Field(description="The image most like it")


class PointFacts(BaseModel):
    """The figures of the whole pipeline, of the unchanged images, or of one transform at one strength."""

    kind: str = Field(examples=["whole", "unchanged", "Rotate"])
    step: str = Field(description="A transform's place in the pipeline", examples=["3.2"])
    share: float = Field(description="Of the transform's range")
    scaled: bool = Field(description="Whether it has a range to take a share of")
    words: str = Field(examples=["Rotate, limit ±15°"])
    pipeline: dict[str, Any] | None
    images: int
    failed: int = Field(description="Images that it could not be applied to")
    failure: str = Field(description="Why, of the first")
    drift: DriftFacts
    first: FigureFacts = Field(description="Share of images that find their original first")
    ten: FigureFacts = Field(description="Within the first ten")
    examples: list[ExampleFacts] = Field(description="Those that moved most")


class EffectFacts(BaseModel):
    """What a pipeline does to the search of a collection."""

    at: str = Field(examples=["2026-01-01T12:00:00+00:00"], description="UTC")
    collection: str
    version: int = Field(description="Of the collection when it was measured")
    images: int = Field(description="Of the collection, among which originals are found")
    encoder: EncoderName
    exact: bool = Field(description="Whether ranks are among every vector, or what the index answers")
    pipeline: dict[str, Any]
    recipe: dict[str, str]
    sentence: str
    matching: int
    asked: int
    seed: int
    drawn: int
    unread: int = Field(description="Drawn images whose original cannot be read, or that have no vector")
    unread_why: str
    points: list[PointFacts]
    encoded: int = Field(description="Pictures")
    seconds: float


class EffectList(BaseModel):
    """Every measurement of a collection, one a pipeline, latest first."""

    effects: list[EffectFacts]
