"""What the API takes and gives."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.query.recipe import Accuracy, Alike
from core.query.url import MOST_BITS, MOST_LIMIT, MOST_TERMS

HALVES = range(0xD800, 0xE000)


def _whole(text: str) -> str:
    """Half of a surrogate pair, which JSON lets through, cannot be stored, compared or shown."""
    if any(ord(character) in HALVES for character in text):
        raise ValueError("it holds half a character")
    return text


Text = Annotated[str, AfterValidator(_whole)]


class Problem(BaseModel):
    """Every error, as application/problem+json."""

    status: int = Field(examples=[404])
    title: str = Field(examples=["There is no image “1” in “shoes”."], description="What happened")
    detail: str = Field(examples=["It may have been deleted."], description="Why")
    hint: str = Field(examples=[""], description="What to do next")


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


class EncoderName(BaseModel):
    """What made a collection's vectors."""

    name: str = Field(examples=["vitrine-clip"])
    dimension: int = Field(examples=[256])
    fingerprint: str = Field(description="Of its weights")


class ColumnFacts(BaseModel):
    """One column that can be asked about."""

    name: str = Field(examples=["gender"], description="As recipes call it")
    label: str = Field(description="As the person's table has it")
    kind: str = Field(examples=["category"], description="category, text, number, year, date or boolean")
    distinct: int = Field(description="Different values, missing not counted")
    missing: int = Field(description="Images without a value")


class CollectionName(BaseModel):
    """One collection in a list."""

    name: str = Field(examples=["sample"])
    images: int = Field(examples=[1200])
    encoder: str = Field(examples=["vitrine-clip"])


class Collections(BaseModel):
    """Every collection of the workspace."""

    collections: list[CollectionName]


class CollectionFacts(BaseModel):
    """One collection."""

    name: str
    images: int
    version: int = Field(description="Grows with every change")
    encoder: EncoderName
    columns: list[ColumnFacts]


Fraction = Annotated[float, Field(ge=0, le=1)]
WeightedTerm = tuple[Literal["text", "like", "image"], Text, float]
PartTerm = tuple[Literal["like", "image"], Text, float, tuple[Fraction, Fraction, Fraction, Fraction]]


class RecipeBody(BaseModel):
    """One question. What is left out has its default, so {} asks for the first 50 images."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"where": "gender=Men masterCategory=Footwear year>2012", "text": "red running shoe", "limit": 20},
                {"where": '[["gender","in",["Women"]]]', "sort": "-year", "limit": 100},
                {"terms": [["text", "dress", 1.0], ["like", "1163", 0.5, [0, 0, 1, 0.5]], ["text", "black", -0.5]]},
                {"limit": 10, "sample": True, "seed": 7},
            ]
        },
    )

    where: Text = Field("", max_length=60_000, description="Filter, as typed (gender=Men) or as in a link")
    text: Text = Field("", max_length=2_000, description="Most like what these words describe")
    like: Text = Field("", max_length=4_000, description="Most like the image of this id")
    image: str = Field("", max_length=64, description="Most like an uploaded picture, by its digest from /uploads")
    terms: list[WeightedTerm | PartTerm] = Field(
        default_factory=list,
        max_length=MOST_TERMS,
        description="Several of them: kind, subject, weight (negative is unlike) and, of a picture, the part that "
        "counts: left, top, right and bottom as fractions of its width and height",
    )
    min: float | None = Field(None, ge=-1, le=1, description="Least cosine similarity of a hit")
    accuracy: Accuracy = Field(Accuracy.AUTO, description="“exact” compares every vector, “quick” may miss a few")
    alike: Alike = Field(
        Alike.MEANING,
        description="What is compared: what images show, a hash of how they look, or the one after the other",
    )
    bits: int | None = Field(None, strict=True, ge=0, le=MOST_BITS, description="Of a hash's 64, how many may differ")
    sort: Text = Field("", max_length=1_000, description="+COLUMN or -COLUMN; without similarity terms")
    limit: int = Field(50, strict=True, ge=1, le=MOST_LIMIT, description="Most rows on a page")
    sample: bool = Field(False, strict=True, description="That many at random instead of the first")
    seed: int = Field(0, strict=True, ge=0, lt=2**31, description="The same seed draws the same")
    columns: list[Text] | None = Field(None, max_length=1_000, description="Metadata to return; all if left out")
    cursor: str | None = Field(None, max_length=200, description="The “next” of an answer, for its next page")


class Row(BaseModel):
    """One image of an answer."""

    id: str
    score: float | None = Field(None, description="Cosine similarity, -1 to 1; only with similarity terms")
    bits: int | None = Field(None, description="How many of the hash's 64 bits differ, where a hash is compared")
    parts: list[float] | None = Field(None, description="What each of several terms adds to the score, in their order")
    metadata: dict[str, Any]
    thumbnail: str = Field(description="Its address")


class StepTime(BaseModel):
    """What one step of an answer cost."""

    step: str = Field(examples=["sql"])
    milliseconds: float
    depth: int = Field(description="Steps that this one ran inside of")


class Relevance(BaseModel):
    """Whether what was found is more like the question than unrelated things would be."""

    is_match: bool
    verdict: str = Field(description="What to know of the result; empty where it speaks for itself")
    bound: float | None = Field(description="The score that half of unrelated things stay below in this collection")
    above: int = Field(description="Images that pass the filter and reach it; of a sample in a large collection")


class Answer(BaseModel):
    """One page of a recipe's result."""

    collection: str
    version: int = Field(description="Of the collection; pages of two versions may overlap or miss images")
    total: int = Field(description="Images that pass the filter, less those that are searched by")
    shown: int = Field(description="Rows in this answer")
    exact: bool = Field(description="False when the index may have missed some")
    recall: float | None = Field(
        description="Of an approximate answer: the share of the exact one's images, as audited"
    )
    english: str = Field(examples=["Men's footwear after 2012"])
    summary: str = Field(examples=["50 of 741, exact"])
    relevance: Relevance | None = Field(description="On the first page of a search")
    recipe: dict[str, str] = Field(description="As a link's parameters, and its filter as text_form")
    limit: int
    rows: list[Row]
    next: str | None = Field(description="Cursor of the next page; null at the end")
    timings: list[StepTime]


class Count(BaseModel):
    """How many images match."""

    total: int
    of: int = Field(description="Images in the collection")
    exact: bool


class FacetValue(BaseModel):
    """One value of a facet."""

    value: str | bool | None = Field(description="null where there is none")
    count: int = Field(description="In the result")
    total: int = Field(description="In the whole collection")


class Facet(BaseModel):
    """The values of one column, most frequent first."""

    column: str
    label: str
    values: list[FacetValue]
    other_values: int = Field(description="Values that are not listed")
    other_count: int = Field(description="Images of the result that have one of those")


class Facets(BaseModel):
    """Every category column; a column's counts ignore its own choice."""

    facets: list[Facet]


class Bar(BaseModel):
    """One bar of a histogram."""

    low: int | float | str
    high: int | float | str
    count: int
    total: int = Field(description="In the whole collection")


class Distribution(BaseModel):
    """The distribution of a numeric, year or date column."""

    column: str
    label: str
    kind: str
    missing: int = Field(description="Images of the result without a value")
    bins: list[Bar]


class MadeFrom(BaseModel):
    """What an image was made from: it came in with a set of augmented pictures."""

    collection: str = Field(description="That the original is in")
    id: str = Field(description="Of the original")
    variant: int
    pipeline: str = Field(description="Its name")
    steps: dict[str, Any] | None = Field(description="The whole pipeline; null where the collection does not hold it")
    there: bool = Field(description="Whether the original is still in its collection")


class ImageFacts(BaseModel):
    """One image and all that is known about it."""

    id: str
    collection: str
    width: int = Field(description="Pixels, orientation applied")
    height: int
    content_hash: str = Field(description="SHA-256 of the original's bytes")
    uri: str = Field(description="Where the original is")
    source: str = Field(description="Where it was ingested from")
    added_at: str = Field(description="UTC, ISO 8601")
    tags: list[str] = Field(description="What it was tagged with")
    tag_scores: dict[str, float] = Field(description="Cosine similarities of the tags that a model gave, when it did")
    metadata: dict[str, Any] = Field(description="Every column of the collection's table")
    made_from: MadeFrom | None = Field(description="Of an augmented picture; null of any other image")
    thumbnail: str = Field(description="Address of the thumbnail")
    original: str = Field(description="Address of the original")


class ClosestImage(BaseModel):
    """One of the closest images."""

    id: str
    distance: float = Field(description="Cosine distance, 0 (same direction) to 2", examples=[0.08])


class ClosestImages(BaseModel):
    """The closest images of a collection to a given one, nearest first."""

    collection: str
    matching: int = Field(description="Images that were compared")
    exact: bool = Field(description="False when the index may have missed some")
    images: list[ClosestImage]


class KeptUpload(BaseModel):
    """A picture to search by."""

    digest: str = Field(description="What a recipe's “image” takes")


class Ids(BaseModel):
    """Images by id."""

    ids: list[Text] = Field(min_length=1, max_length=10_000, examples=[["1163", "1164"]])


class Deletion(BaseModel):
    """A deletion, which can be undone."""

    deletion: str = Field(examples=["20260101T120000000000"], description="Its name")


class Deletions(BaseModel):
    """Deletions that can be undone, oldest first."""

    deletions: list[str]


class Restored(BaseModel):
    """What came back."""

    restored: int


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


class IngestBody(BaseModel):
    """A source on the server's machine or on the web."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"source": "/data/products.zip"}]})

    source: Text = Field(min_length=1, max_length=4_000, description="Folder, archive, or table of paths or addresses")
    table: Text | None = Field(None, max_length=4_000, description="Metadata table; found by itself if left out")
    use_table: bool = True
    id_column: Text | None = None
    image_column: Text | None = None
    text_columns: list[Text] = Field(default_factory=list, max_length=1_000)


class EmbedBody(BaseModel):
    """Which encoder is to make the vectors."""

    model_config = ConfigDict(extra="forbid")

    encoder: Text | None = Field(None, max_length=4_000, description="The collection's own if left out")
    thumbnails: bool = Field(False, strict=True, description="Go on with thumbnails where the originals are gone")


class TagBody(BaseModel):
    """Which images to tag with what."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"recipe": {"where": "season=Fall"}, "whole": True, "model": "picture-statistics"},
                {"model": "zero-shot", "parameters": {"labels": ["formal", "casual"]}, "whole": True},
            ]
        },
    )

    recipe: RecipeBody = Field(default_factory=lambda: RecipeBody.model_validate({}))
    whole: bool = Field(False, strict=True, description="Every matching image rather than the recipe's limit")
    model: Text = Field("zero-shot", max_length=200)
    parameters: dict[Text, Any] = Field(default_factory=dict)
    prefix: Text = Field("", max_length=40)
    vocabulary: Text = Field("", max_length=200, description="Name of a shipped list of labels, in place of labels")
    vocabulary_column: Text = Field("", max_length=1_000, description="Column whose values are the labels")


class AugmentBody(BaseModel):
    """Which images to change how."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"pipeline": "crop-resize", "name": "crops", "variants": 2}]}
    )

    recipe: RecipeBody = Field(default_factory=lambda: RecipeBody.model_validate({}))
    whole: bool = False
    pipeline: Text | dict[Text, Any] = Field(description="A preset's name, or a pipeline")
    variants: int = Field(1, strict=True, ge=1, le=100, description="Of each image")
    format: Literal["webp", "jpeg", "png"] = "webp"
    quality: int = Field(90, strict=True, ge=1, le=100)
    colour: Literal["srgb", "grey", "original"] = "srgb"
    metadata: Literal["strip", "keep"] = Field("strip", description="EXIF of the originals")
    name: Text = Field(min_length=1, max_length=64, description="Of the set")
    layout: Literal["folder", "zip", "webdataset"] = "folder"
    destination: Text = Field("", max_length=1_000, description="A folder or s3:// place that the settings allow")
    ids: list[Text] = Field(default_factory=list, max_length=100_000, description="Just these images, in this order")


class ExportBody(BaseModel):
    """Which images to take along, and how."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "shoes", "whole": True, "layout": "zip"}]}
    )

    recipe: RecipeBody = Field(default_factory=lambda: RecipeBody.model_validate({}))
    whole: bool = False
    name: Text = Field(min_length=1, max_length=64)
    metadata: Literal["csv", "parquet", "jsonl", "xlsx"] = "csv"
    images: Literal["none", "original", "thumbnail"] = "original"
    layout: Literal["folder", "zip", "webdataset", "imagefolder"] = "zip"
    label_column: Text = Field("", max_length=1_000, description="Classes of an imagefolder and of COCO annotations")
    annotations: Literal["none", "coco"] = "none"
    embeddings: Literal["none", "parquet", "npy"] = "none"
    destination: Text = Field("", max_length=1_000, description="A folder or s3:// place that the settings allow")
    ids: list[Text] = Field(default_factory=list, max_length=100_000, description="Just these images, in this order")


class OutputFacts(BaseModel):
    """One export."""

    name: str
    layout: str = Field(description="“folder” or “zip”")
    bytes: int | None = Field(description="Of an archive")


class SetFacts(BaseModel):
    """One finished set of augmented pictures."""

    name: str
    layout: str = Field(description="“folder”, “zip” or “webdataset”")
    collection: str
    sentence: str = Field(description="What the images were asked for by")
    pipeline: str = Field(description="Its name; manifest.json has it whole")
    images: int = Field(description="Of the collection")
    made: int = Field(description="Pictures")
    failed: int = Field(description="Images of which no picture could be made; failures.jsonl says why")
    bytes: int = Field(description="Of its archive, else of its pictures")
    created: str = Field(description="UTC, ISO 8601")


class Sets(BaseModel):
    """The finished sets, the latest first."""

    outputs: list[SetFacts]


class Outputs(BaseModel):
    """What can be downloaded."""

    outputs: list[OutputFacts]


class ModelParameter(BaseModel):
    """One thing a model may be told."""

    name: str
    kind: str
    about: str
    default: Any
    least: float
    most: float


class ModelOutput(BaseModel):
    """One value a model gives."""

    name: str
    kind: str
    about: str


class Model(BaseModel):
    """One model."""

    name: str
    title: str
    about: str
    parameters: list[ModelParameter]
    outputs: list[ModelOutput]
    needs_encoder: bool
    tag_prefix: str


class Models(BaseModel):
    """Every model."""

    models: list[Model]


class Told(BaseModel):
    """What a model tells about a picture."""

    model: str
    outputs: dict[str, Any]


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


class Refused(BaseModel):
    """A file that was not taken in."""

    file: str
    why: str


class Added(BaseModel):
    """Pictures on their way in."""

    kept: int
    refused: list[Refused]
    job: JobFacts | None = Field(description="The job that brings them in; null where none could be read")
