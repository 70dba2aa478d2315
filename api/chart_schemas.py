"""What the API takes and gives about charts."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Text

MOST_GROUPS = 200


class CrossTabBody(BaseModel):
    """Two columns to count against each other."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"first": "gender", "second": "season", "where": "year>2012", "top": 10}]},
    )

    first: Text = Field(max_length=1_000, description="Column whose groups go down")
    second: Text = Field(max_length=1_000, description="Column whose groups go across")
    where: Text = Field("", max_length=60_000, description="Filter, as typed (gender=Men) or as in a link")
    top: int = Field(20, strict=True, ge=1, le=MOST_GROUPS, description="Classes listed of each; the rest are “others”")
    bins: int = Field(12, strict=True, ge=1, le=MOST_GROUPS, description="Ranges of a numeric or date column")


class TrendBody(BaseModel):
    """A column of years or dates to count along, and the classes to tell apart."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"along": "year", "by": "season"}]})

    along: Text = Field(max_length=1_000, description="Column of years or dates")
    by: Text | None = Field(None, max_length=1_000, description="Column of classes; everything together if left out")
    where: Text = Field("", max_length=60_000, description="Filter, as typed (gender=Men) or as in a link")
    top: int = Field(6, strict=True, ge=1, le=MOST_GROUPS, description="Classes listed; the rest are “others”")


class Group(BaseModel):
    """What one row or column of a table of counts stands for."""

    is_: Literal["value", "range", "others", "missing"] = Field(alias="is")
    value: str | bool | None = Field(None, description="Of a single value")
    low: int | float | str | None = Field(None, description="Of a range")
    high: int | float | str | None = None
    closed: bool | None = Field(None, description="Whether “high” belongs to the range")
    others: int | None = Field(None, description="Different values that are not listed")
    where: str = Field(description="The filter that asks for its images, as in a link")


class Side(BaseModel):
    """One column of a table of counts."""

    column: str
    label: str
    kind: str
    groups: list[Group]


class CrossTable(BaseModel):
    """How often the values of two columns come together."""

    first: Side
    second: Side
    counts: list[list[int]] = Field(description="In the result; a list for each group of the first column")
    totals: list[list[int]] = Field(description="In the whole collection")


class TrendTable(BaseModel):
    """Counts over time."""

    unit: Literal["year", "month", "day", "span"]
    times: Side
    classes: Side | None = Field(description="null where everything is counted together")
    counts: list[list[int]] = Field(description="In the result; a list for each class")
    totals: list[list[int]] = Field(description="In the whole collection")
