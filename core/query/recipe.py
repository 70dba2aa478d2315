"""One question as a frozen value: filters, similarity terms, order, limit or sample, seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

MOST_DEPTH = 15  # levels of a filter; the engines' own parsers give up a little above twenty

Value: TypeAlias = str | int | float | bool | datetime


@dataclass(frozen=True)
class OneOf:
    """The column has one of these values; None among them means that the value is missing."""

    column: str
    values: tuple[Value | None, ...]


@dataclass(frozen=True)
class Between:
    """The column lies between two bounds, both included; None leaves a side open."""

    column: str
    low: int | float | datetime | None = None
    high: int | float | datetime | None = None


@dataclass(frozen=True)
class Contains:
    """The column's text contains these characters, whatever their case."""

    column: str
    text: str


@dataclass(frozen=True)
class StartsWith:
    """The column's text begins with these characters, whatever their case."""

    column: str
    text: str


@dataclass(frozen=True)
class Matches:
    """A regular expression, as `patternread.py` reads it, is found anywhere in the column's text."""

    column: str
    pattern: str


@dataclass(frozen=True)
class HasTag:
    """The image has this tag, letter for letter."""

    tag: str


@dataclass(frozen=True)
class Within:
    """The image has a place on the collection's map, and it is inside the area with these corners."""

    corners: tuple[tuple[float, float], ...]  # x and y, in order round the area; the last one joins the first
    map: str = ""  # key of the map that it was drawn on; empty for whichever there is


@dataclass(frozen=True)
class Not:
    """Every row for which the condition does not hold, rows with a missing value included."""

    condition: "Condition"


@dataclass(frozen=True)
class All:
    """Every one of the conditions holds; with none, every row."""

    conditions: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Some:
    """At least one of the conditions holds; with none, no row."""

    conditions: tuple["Condition", ...] = ()


Leaf: TypeAlias = OneOf | Between | Contains | StartsWith | Matches | HasTag | Within
Condition: TypeAlias = Leaf | Not | All | Some


@dataclass(frozen=True)
class Words:
    """Like what these words describe."""

    text: str
    weight: float = 1.0  # negative means unlike


@dataclass(frozen=True)
class Box:
    """A part of a picture: its edges as fractions of the picture's width and height, from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class ImageId:
    """Like an image of the collection, or like a part of it."""

    id: str
    weight: float = 1.0
    box: Box | None = None


@dataclass(frozen=True)
class Upload:
    """Like a picture that was given to the workspace, by the SHA-256 of its bytes, or like a part of it."""

    digest: str
    weight: float = 1.0
    box: Box | None = None


Term: TypeAlias = Words | ImageId | Upload


class Accuracy(StrEnum):
    """How similarity is looked for."""

    AUTO = "auto"  # exact where that is quick, else with hardly a miss
    EXACT = "exact"  # every vector that passes the filter is compared, however long it takes
    QUICK = "quick"  # through the index, with a few misses


class Alike(StrEnum):
    """What makes images alike."""

    MEANING = "meaning"  # what they show: the encoder's vectors
    PHASH = "phash"  # how they look: the bits of a perceptual hash that differ
    DHASH = "dhash"  # the same with a difference hash
    PHASH_FIRST = "phash-first"  # what they show, among those whose perceptual hash is near
    DHASH_FIRST = "dhash-first"  # the same with a difference hash


@dataclass(frozen=True)
class Order:
    """Sort by a column; ties and missing values come last, in the order of ingest."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Recipe:
    """One question; renders to SQL, a sentence, JSON and a URL."""

    where: All = All()
    terms: tuple[Term, ...] = ()
    threshold: float | None = None  # least similarity of a hit, -1 to 1
    accuracy: Accuracy = Accuracy.AUTO  # with terms only
    alike: Alike = Alike.MEANING  # anything else wants a picture among the terms
    bits: int | None = None  # of a hash's 64, how many may differ; None for as many as is usual
    order: Order | None = None  # without terms only
    limit: int = 50  # how many rows at the most
    sample: bool = False  # that many at random instead of the first
    seed: int = 0  # of the random sample

    def without(self, column: str) -> "Recipe":
        """The same question less the values or range it asks for, or leaves out, in one column; a text sought stays."""
        kept = tuple(item for item in self.where.conditions if chosen_column(item) != column)
        return replace(self, where=All(kept))

    def including(self, condition: Condition) -> "Recipe":
        """The same question with one more condition."""
        return replace(self, where=All((*self.where.conditions, condition)))

    def chosen(self, column: str) -> tuple[Value | None, ...]:
        """The values a top-level OneOf asks for in a column; empty when it does not."""
        found = (item.values for item in self.where.conditions if isinstance(item, OneOf) and item.column == column)
        return next(found, ())

    def excluded(self, column: str) -> tuple[Value | None, ...]:
        """The values that top-level conditions leave out of a column."""
        left_out = (item.condition for item in self.where.conditions if isinstance(item, Not))
        found = (item for item in left_out if isinstance(item, OneOf) and item.column == column)
        return tuple(dict.fromkeys(value for item in found for value in item.values))

    def bounds(self, column: str) -> Between | None:
        """The top-level range on a column."""
        found = (item for item in self.where.conditions if isinstance(item, Between) and item.column == column)
        return next(found, None)


def chosen_column(condition: Condition) -> str | None:
    """The column whose values or range a condition asks for or leaves out; None for texts, tags and groups."""
    if isinstance(condition, Not) and isinstance(condition.condition, OneOf):
        return condition.condition.column
    return condition.column if isinstance(condition, OneOf | Between) else None


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf of a condition tree, left to right."""
    if isinstance(condition, All | Some):
        for item in condition.conditions:
            yield from leaves(item)
    elif isinstance(condition, Not):
        yield from leaves(condition.condition)
    else:
        yield condition
