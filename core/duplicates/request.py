"""What is asked about duplicates: by what images count as the same, how strictly, which of them, and which is kept.

The usual thresholds rest on product photos, many of which are alike and yet of different things.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from core.answers import read_recipe
from core.collection.catalog import Catalog
from core.errors import InputError
from core.query.recipe import All

E = TypeVar("E", bound=StrEnum)
EVERYTHING = All()


class How(StrEnum):
    """By what images count as the same."""

    IDENTICAL = "identical"  # the same bytes
    PHASH = "phash"  # nearly the same coarse light and dark
    DHASH = "dhash"  # nearly the same steps from left to right
    VECTOR = "vector"  # nearly the same direction of the encoder's vectors


class Keep(StrEnum):
    """Which image of a group is kept."""

    MOST_PIXELS = "most-pixels"  # of several the one that comes first
    FIRST = "first"  # ingested: of the earliest batch, and of one batch the one with the lowest id
    LAST = "last"


@dataclass(frozen=True)
class Scale:
    """The thresholds that make sense for one way."""

    low: float
    high: float
    usual: float
    step: float


BITS = Scale(0, 16, 2, 1)  # bits that may differ, of 64
SCALES: Mapping[How, Scale] = MappingProxyType(
    {How.PHASH: BITS, How.DHASH: BITS, How.VECTOR: Scale(0.8, 1, 0.99, 0.005)}  # least cosine similarity
)


@dataclass(frozen=True)
class DuplicatesRequest:
    """One question about duplicates."""

    how: How = How.IDENTICAL
    threshold: float = 0  # most differing bits, or least cosine similarity; no matter for identical ones
    keep: Keep = Keep.MOST_PIXELS
    where: All = All()  # only images that pass count


def duplicates_request(
    how: str = How.IDENTICAL, threshold: float | None = None, keep: str = Keep.MOST_PIXELS, where: All = EVERYTHING
) -> DuplicatesRequest:
    """A request from plain values, or an InputError; a threshold that is left out is the usual one."""
    way = _named(How, how, "compared")
    kept = _named(Keep, keep, "kept")
    scale = SCALES.get(way)
    if scale is None:
        return DuplicatesRequest(way, 0, kept, where)
    threshold = scale.usual if threshold is None else threshold
    whole = way is How.VECTOR or float(threshold).is_integer()
    if not (math.isfinite(threshold) and scale.low <= threshold <= scale.high and whole):
        what = "a cosine similarity" if way is How.VECTOR else "a whole number of bits"
        raise InputError(
            f"{threshold:g} is no threshold for “{way.value}”.",
            f"It is {what} from {scale.low:g} to {scale.high:g}.",
            f"The usual one is {scale.usual:g}.",
        )
    return DuplicatesRequest(way, float(threshold), kept, where)


def read_duplicates_request(
    catalog: Catalog, how: str, threshold: float | None, keep: str, where: str | None
) -> DuplicatesRequest:  # fmt: skip
    """As `duplicates_request`, with the filter as people type it or as it stands in a link; none means every image."""
    wanted = read_recipe({"where": where}, catalog).where if where else EVERYTHING
    return duplicates_request(how, threshold, keep, wanted)


def _named(kind: type[E], text: str, word: str) -> E:
    try:
        return kind(text)
    except ValueError:
        listed = ", ".join(kind)
        raise InputError(f"“{text[:40]}” does not say what is {word}.", "", f"Write one of {listed}.") from None
