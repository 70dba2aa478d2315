"""What the API takes and gives about saved views and comparisons."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.recipe_schemas import RecipeBody
from api.schemas import Text
from core.views import MOST_DESCRIPTION, MOST_NAME


class ViewFacts(BaseModel):
    """One view."""

    name: str = Field(examples=["Women's red dresses"])
    description: str
    example: bool = Field(description="Shipped; can be neither changed nor deleted")
    english: str = Field(description="The question as a sentence")
    recipe: dict[str, Any] = Field(description="The question as a link's parameters; `text_form` is what people type")
    problem: str = Field(description="Why the collection cannot answer it any more; empty while it can")
    created: str | None = Field(description="UTC, ISO 8601; null of an example")
    changed: str | None
    who: str = Field(description="Saved it last; empty where nobody knows")
    version: str = Field(description="Another one after every change: send it as If-Match; empty of an example")
    link: str = Field(description="The dashboard's page that shows it")


class ViewList(BaseModel):
    """A collection's views by name, and then the examples."""

    views: list[ViewFacts]
    deleted: list[ViewFacts] = Field(description="Those whose deletion can be undone, latest first")
    damaged: list[str] = Field(description="Files that cannot be read, and are left as they are")


class ViewBody(BaseModel):
    """A view to keep. Of one that exists, what is left out stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"description": "For the spring issue", "recipe": {"where": "gender=Women articleType=Dresses"}},
                {"name": "Another name"},
            ]
        },
    )

    name: Text | None = Field(None, max_length=4 * MOST_NAME, description="Its new name")
    description: Text | None = Field(None, max_length=2 * MOST_DESCRIPTION)
    recipe: RecipeBody | None = None


class CompareBody(BaseModel):
    """Two questions; {} is every image."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"a": {"where": "gender=Men"}, "b": {"where": "gender=Women"}}]},
    )

    a: RecipeBody = Field(default_factory=lambda: RecipeBody.model_validate({}))
    b: RecipeBody = Field(default_factory=lambda: RecipeBody.model_validate({}))


class SideFacts(BaseModel):
    """One of the two."""

    english: str
    count: int = Field(description="Images")
    exact: bool


class LiftFacts(BaseModel):
    """One value in both."""

    value: str | bool | None = Field(description="null is missing")
    a: int
    b: int
    share_a: float = Field(description="Of A's images, 0 to 1")
    share_b: float
    lift: float | None = Field(description="share_a / share_b; null where B has none")
    score: float = Field(description="Log-odds ratio in standard errors; above 0 where it is A's")


class FacetLiftFacts(BaseModel):
    """One category column, the values that tell A and B apart best first."""

    column: str
    label: str
    asked: bool = Field(description="Whether A or B filters by it")
    values: list[LiftFacts]


class PairBinFacts(BaseModel):
    """One bar; `high` belongs to it only in the last bar, or where it equals `low`."""

    low: int | float | str
    high: int | float | str
    a: int
    b: int


class PairHistogramFacts(BaseModel):
    """One numeric, year or date column, over the same bars in both."""

    column: str
    label: str
    kind: str
    asked: bool
    bins: list[PairBinFacts]
    missing_a: int
    missing_b: int


class ComparisonFacts(BaseModel):
    """Two questions side by side."""

    a: SideFacts
    b: SideFacts
    of: int = Field(description="Images of the collection")
    both: int
    only_a: int
    only_b: int
    facets: list[FacetLiftFacts]
    ranges: list[PairHistogramFacts]
    milliseconds: float
