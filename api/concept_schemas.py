"""What the API takes and gives about concepts: vocabularies, previews of a tagging, and synonyms."""

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Text
from core.batch.preview import MOST_SAMPLE, SAMPLE
from core.models.facts import MOST_TEXTS

MOST_EXAMPLES = 100


class VocabularyFacts(BaseModel):
    """A list of labels that comes with Vitrine."""

    name: str = Field(examples=["general"])
    about: str
    labels: list[str]


class Vocabularies(BaseModel):
    """Every shipped vocabulary."""

    vocabularies: list[VocabularyFacts]


class PreviewBody(BaseModel):
    """Which labels to try on which images."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"vocabulary_column": "articleType", "where": "gender=Men"}]}
    )

    labels: list[Text] = Field(default_factory=list, max_length=MOST_TEXTS, description="To choose among")
    vocabulary: Text = Field("", max_length=200, description="Or the name of a shipped list of them")
    vocabulary_column: Text = Field("", max_length=1_000, description="Or a column whose values they are")
    where: Text = Field("", max_length=60_000, description="Filter, as typed (gender=Men) or as in a link")
    similarity: float | None = Field(None, ge=0, le=1, description="Least cosine similarity; else the suggested one")
    most: int = Field(1, strict=True, ge=1, le=MOST_TEXTS, description="Most labels of one image")
    sample: int = Field(SAMPLE, strict=True, ge=1, le=MOST_SAMPLE, description="Images to look at, drawn at random")
    examples: int = Field(3, strict=True, ge=0, le=MOST_EXAMPLES, description="Images listed of each label")


class Example(BaseModel):
    """An image that would get a label."""

    id: str
    score: float = Field(description="Cosine similarity to the label")


class LabelOutlook(BaseModel):
    """What would become of one label."""

    label: str
    sampled: int = Field(description="Images of the sample that would get it")
    estimate: int = Field(description="Of all images that match, by that")
    stands_out: bool = Field(description="Whether some image is more like it than the best ones of made-up words")
    examples: list[Example] = Field(description="The images most like it, of those that would get it")


class PreviewFacts(BaseModel):
    """What a tagging would do."""

    matching: int = Field(description="Images that pass the filter")
    sampled: int = Field(description="Images looked at")
    tagged: int = Field(description="Of these, how many would get a label")
    similarity: float = Field(description="The least cosine similarity that was asked for, or suggested")
    suggested: float = Field(description="What half of the images do not reach with the best of made-up words")
    most: int
    labels: list[LabelOutlook] = Field(description="The most frequent first")


class SynonymFacts(BaseModel):
    """A value or tag that words mean."""

    column: str | None = Field(description="Stored name of the column; null for a tag")
    label: str = Field(description="The column's header; “tag” for a tag")
    value: str
    images: int = Field(description="That have it, in the whole collection")
    closeness: float = Field(description="Of its name to the words: 0 as near as any two names, 1 the same")
    gain: float = Field(
        description="Of its images among those nearest to the words: 0 as everywhere, 1 all there can be"
    )
    by_name: bool = Field(description="Whether it bears the very words")


class Synonyms(BaseModel):
    """What a collection calls a thing."""

    text: str
    synonyms: list[SynonymFacts] = Field(description="The surest first; none for words that mean nothing here")
