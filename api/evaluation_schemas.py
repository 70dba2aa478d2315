"""What the API takes and gives about evaluations."""

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import EncoderName, Text
from core.evaluation.run import USUAL_SAMPLE

MOST_SAMPLE = 5_000


class EvaluationBody(BaseModel):
    """What to measure; {} measures every column with classes on the usual sample."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"labels": ["articleType"]}]})

    labels: list[Text] = Field(
        default_factory=list, max_length=100, description="Columns, by name or header; all with classes if left out"
    )
    text: Text | None = Field(None, max_length=1_000, description="Column of texts that describe the images")
    sample: int = Field(USUAL_SAMPLE, strict=True, ge=2, le=MOST_SAMPLE, description="Images to draw at the most")
    seed: int = Field(0, strict=True, ge=0, lt=2**31, description="The same seed draws the same images")


class FigureFacts(BaseModel):
    """A figure from 0 to 1 with its 95 % interval."""

    value: float
    low: float
    high: float
    images: int = Field(description="It rests on")


class PrecisionFacts(BaseModel):
    """The share of the nearest others that are of the same class."""

    depth: int = Field(description="Nearest others looked at")
    figure: FigureFacts
    most: float = Field(description="What a perfect encoder would reach: few images cannot fill every place")


class ConfusionFacts(BaseModel):
    """Another class that stood where the own one should have."""

    value: str
    share: float


class NeighbourFacts(BaseModel):
    """A near image of another class."""

    id: str
    value: str
    rank: int
    similarity: float


class MistakeFacts(BaseModel):
    """An image and its wrong neighbours."""

    id: str
    wrong: list[NeighbourFacts]


class ClassFacts(BaseModel):
    """One value of a column."""

    value: str
    images: int = Field(description="Drawn that have it")
    precision: list[PrecisionFacts]
    confusions: list[ConfusionFacts] = Field(description="Shares of the places among its nearest")
    zero_shot: FigureFacts | None = Field(description="How often its plain name was nearest")
    guesses: list[ConfusionFacts] = Field(description="Values whose names were nearer")
    mistakes: list[MistakeFacts] = Field(description="A few at random")


class LabelFacts(BaseModel):
    """One column."""

    column: str
    header: str
    images: int
    missing: int
    values: int
    names: int
    single: int
    common: str
    baseline: FigureFacts = Field(description="Share of the most frequent value")
    one_nearest: FigureFacts
    precision: list[PrecisionFacts]
    zero_shot: FigureFacts | None
    weighted_f1: FigureFacts | None
    depth: int = Field(description="Nearest others that classes are ordered by; 0 where classes were not measured")
    classes: list[ClassFacts] = Field(description="The worst first, then those with too few images to judge")
    judged: int = Field(description="Classes with enough images; they stand first, and of many the worst are told")
    poor: int | None = Field(description="Of the judged, below half of what they could reach; null where not counted")


class RecallFacts(BaseModel):
    """The share of texts that find their own image."""

    depth: int
    figure: FigureFacts


class TextFacts(BaseModel):
    """Images found by their own texts."""

    column: str
    header: str
    images: int
    missing: int
    texts: int
    among: int
    recall: list[RecallFacts]


class SampledFacts(BaseModel):
    """Which images were measured on."""

    collection: str
    version: int
    images: int
    copies: int
    asked: int
    seed: int
    drawn: int
    unusable: int
    from_thumbnails: int
    key: str = Field(description="Evaluations of one key are of the same images")


class SkippedFacts(BaseModel):
    """What was not measured."""

    what: str
    why: str


class CostFacts(BaseModel):
    """What it took."""

    seconds: float
    images_encoded: int
    image_seconds: float
    texts_encoded: int
    text_seconds: float


class EvaluationFacts(BaseModel):
    """One encoder, measured on one collection."""

    format: int
    at: str = Field(description="UTC, ISO 8601")
    encoder: EncoderName
    stored_vectors: bool
    sampled: SampledFacts
    labels: list[LabelFacts]
    text: TextFacts | None
    skipped: list[SkippedFacts]
    cost: CostFacts
