"""A question as the API takes it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Text
from core.query.recipe import Accuracy, Alike
from core.query.url import MOST_BITS, MOST_LIMIT, MOST_TERMS

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
