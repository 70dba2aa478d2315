"""What a question needs to know about a collection's columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.errors import QueryError, near_names

TAGS = "tags"  # the stored column with an image's tags, a list of texts; no person's column is stored under this name


class Kind(StrEnum):
    """How a column is asked about; decided from its values, never from its name alone."""

    CATEGORY = "category"  # text with few distinct values: facets
    TEXT = "text"  # free text: contains
    NUMBER = "number"  # ranges, histograms
    YEAR = "year"  # whole numbers that are years: ranges, counts by year
    DATE = "date"  # points in time: ranges
    BOOLEAN = "boolean"  # yes or no: facets


CLASS_KINDS = (Kind.CATEGORY, Kind.BOOLEAN)  # counted by value


@dataclass(frozen=True)
class Column:
    """One column of a collection that a person can ask about."""

    name: str  # as stored
    label: str  # as the person's table has it
    kind: Kind
    distinct: int = 0  # different values, missing not counted
    missing: int = 0  # rows without a value
    bits: int = 0  # of a whole number as stored; 0 for every other type
    classes: tuple[str, ...] = ()  # the different values of a category, in the order of their codes
    code: str = ""  # SQL of the stored number of a category: 0 for a missing value, or its place among `classes` from 1
    axis: str = ""  # of a place on the collection's map: "x" or "y"; empty for every other column
    map: str = ""  # key of that map


Columns = Mapping[str, Column]


def find_column(columns: Columns, name: str) -> Column:
    """The column of that name, or a QueryError that lists the near ones."""
    if name in columns:
        return columns[name]
    raise QueryError(
        f"There is no column “{name}” in this collection.",
        "The filter was perhaps made for another collection.",
        near_names(name, columns),
    )
