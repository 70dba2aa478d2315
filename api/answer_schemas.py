"""What the API gives to a question: its images, or how many there are of what."""

from typing import Any

from pydantic import BaseModel, Field

from api.schemas import StepTime


class Row(BaseModel):
    """One image of an answer."""

    id: str
    score: float | None = Field(None, description="Cosine similarity, -1 to 1; only with similarity terms")
    bits: int | None = Field(None, description="How many of the hash's 64 bits differ, where a hash is compared")
    parts: list[float] | None = Field(None, description="What each of several terms adds to the score, in their order")
    metadata: dict[str, Any]
    thumbnail: str = Field(description="Its address")


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
