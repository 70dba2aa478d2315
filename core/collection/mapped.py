"""A collection's map: which of its columns hold it, and how it was made.

A map is three columns: two coordinates and the name of a cluster. What they are stands in their own metadata, under a
key that tells one map from another, and how the map was made in the table's. Only the columns of the key in the table's
metadata count, so a map is there as a whole or not at all, and a person's column of such a name is never taken for one.
"""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

import pyarrow as pa

MAP_KEY = "vitrine.map"
X, Y, CLUSTER = PARTS = ("x", "y", "cluster")
BESIDE = "new-"  # begins the name of a column of a map that does not count yet; no person's column has a hyphen
MAPPED = re.compile(r"map_(x|y|cluster)(_[0-9]+)?")  # no new column of a person is stored under such a name


@dataclass(frozen=True)
class MapFact:
    """How a collection's map was made."""

    key: str  # of its columns
    area: str  # of the areas drawn on it: the same for the same places of the same images
    method: str  # pca or umap
    clusters: int
    seed: int
    encoder: str  # that made the vectors, as `EncoderFact.to_text` has it
    at: str  # UTC, ISO 8601
    images: int  # that have a place
    fitted: int  # of these, how many the method itself placed; the others lie among their likes
    x: str  # names of the columns
    y: str
    cluster: str
    since: int = 0  # version of the collection that it was made of: events till then were about another map

    def to_text(self) -> str:
        """As kept in a collection's schema."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def names(self) -> tuple[str, str, str]:
        """The columns, in the order of PARTS."""
        return self.x, self.y, self.cluster


def part_of(field: pa.Field) -> tuple[str, str]:
    """Which part of which map a column is: "x", "y" or "cluster", and the map's key; both empty for any other."""
    text = (field.metadata or {}).get(MAP_KEY.encode(), b"").decode()
    part, _, key = text.partition(":")
    return (part, key) if part in PARTS else ("", "")


def part_metadata(part: str, key: str) -> dict[str, str]:
    """What a column's metadata says about the map."""
    return {MAP_KEY: f"{part}:{key}"}


def map_of(schema: pa.Schema) -> MapFact | None:
    """The map that a schema records and whose columns are all there."""
    text = (schema.metadata or {}).get(MAP_KEY.encode())
    with suppress(ValueError, TypeError):
        fact = MapFact(**json.loads(text)) if text else None
        if fact is not None and all(
            name in schema.names and part_of(schema.field(name)) == (part, fact.key)
            for part, name in zip(PARTS, fact.names(), strict=True)
        ):
            return fact
    return None


def map_columns(schema: pa.Schema) -> list[str]:
    """Every column that belongs to a map, finished or not."""
    return [field.name for field in schema if part_of(field)[0]]


def unfinished_columns(schema: pa.Schema) -> list[str]:
    """Every column of a map but those of the one that counts."""
    current = map_of(schema)
    counting = () if current is None else current.names()
    return [name for name in map_columns(schema) if name not in counting]


def is_behind(field: pa.Field, current: MapFact | None) -> bool:
    """Whether a column is none that people see as metadata: a coordinate, or a part of a map that does not count."""
    part, key = part_of(field)
    return bool(part) and (part != CLUSTER or current is None or (field.name, key) != (current.cluster, current.key))


def free_names(taken: Sequence[str]) -> tuple[str, str, str]:
    """Names for a map's columns that no other column has, whatever the case."""
    folded = {name.casefold() for name in taken}
    found = []
    for part in PARTS:
        name, number = f"map_{part}", 2
        while name in folded:
            name, number = f"map_{part}_{number}", number + 1
        found.append(name)
    return found[0], found[1], found[2]
