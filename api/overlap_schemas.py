"""What the API takes and gives about two ranked lists."""

from pydantic import BaseModel, ConfigDict, Field

from api.recipe_schemas import RecipeBody
from core.overlap import USUAL_DEPTH
from core.query.url import MOST_LIMIT


class ListsBody(BaseModel):
    """Two questions, or one put to two collections; the recipes' own limits are not looked at."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"a": {"text": "red running shoe"}, "b": {"text": "jogging trainers in red"}, "depth": 50},
                {"a": {"text": "red running shoe"}, "other": "shoes-by-another-encoder"},
            ]
        },
    )

    a: RecipeBody
    b: RecipeBody | None = Field(None, description="The same question if left out")
    other: str | None = Field(
        None, max_length=200, description="Collection that the second is put to; the first's if left out"
    )
    depth: int = Field(USUAL_DEPTH, strict=True, ge=1, le=MOST_LIMIT, description="Images of each list")


class PlacedFacts(BaseModel):
    """One image of a list."""

    id: str
    rank: int
    other: int | None = Field(description="Its rank in the other list; null where it is not in it")
    score: float | None = Field(None, description="Cosine similarity")


class ListFacts(BaseModel):
    """One list."""

    collection: str
    encoder: str
    english: str
    matching: int = Field(description="Images that pass the filter")
    exact: bool
    unknown: int = Field(description="Images of this list that the other's collection does not hold at all")
    images: list[PlacedFacts]


class DepthFacts(BaseModel):
    """What both share among the first of each."""

    depth: int
    common: int
    share: float = Field(description="common / depth")
    jaccard: float = Field(description="common / images in either")


class OverlapFacts(BaseModel):
    """Two ranked lists and how much they agree."""

    a: ListFacts
    b: ListFacts
    both: int
    only_a: int
    only_b: int
    depths: list[DepthFacts]
    rbo: float | None = Field(description="Rank-biased overlap with p = 0.9; null where both lists are empty")
    matched_by: str = Field(description="“id”, or “content” where ids do not tell what is the same picture")
    milliseconds: float
