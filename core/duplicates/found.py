"""Groups of duplicates, kept as places in the order of ingest: a million images take a few megabytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog, Places, Row
from core.duplicates.pairs import Whole
from core.duplicates.request import DuplicatesRequest

BLOCK_GROUPS = 2_000  # read at a time


@dataclass(frozen=True)
class Member:
    """One image of a group."""

    row: Row
    kept: bool
    distance: float  # from the kept one: bits that differ, or 1 less the cosine similarity
    copy: bool  # an earlier image of the group has the same bytes


@dataclass(frozen=True)
class Group:
    """Images that count as the same: the kept one, then the others by how near they are to it."""

    number: int  # from 1, the largest first
    size: int  # images in it
    contents: int  # different files among them
    members: tuple[Member, ...]  # the first of them, as many as were asked for

    @property
    def kept(self) -> Member:
        return self.members[0]


@dataclass(frozen=True)
class Duplicates:
    """The answer to a request, at one version of a collection."""

    request: DuplicatesRequest
    version: int
    compared: int  # images that pass the filter and can be compared
    left_out: int  # images that pass it and cannot, as they have no hash or vector
    places: Places  # of the images in groups: group after group, the largest first, in each the kept one first
    starts: Whole  # where each group begins among them, and the end
    distances: npt.NDArray[np.float32]  # of each from its group's kept one
    copies: npt.NDArray[np.bool_]  # whether an earlier image of its group has the same bytes
    milliseconds: float  # that finding them took

    @property
    def groups(self) -> int:
        return len(self.starts) - 1

    @property
    def images(self) -> int:
        """In groups."""
        return len(self.places)

    @property
    def others(self) -> int:
        """Images that could go: all but one of each group."""
        return self.images - self.groups

    @property
    def largest(self) -> int:
        """Images in the largest group."""
        return int(self.starts[1]) if self.groups else 0


def groups(
    catalog: Catalog, found: Duplicates, first: int = 0, count: int | None = None, most: int | None = None
) -> tuple[Group, ...]:
    """Some of the groups, with all that is known about their images; `most` is how many of each are read."""
    last = found.groups if count is None else min(found.groups, first + count)
    spans = [(int(found.starts[number]), int(found.starts[number + 1])) for number in range(first, last)]
    read = [range(start, stop if most is None else min(stop, start + most)) for start, stop in spans]
    at = [place for part in read for place in part]
    ids = dict(zip(at, _ids(catalog, found.places[at]), strict=True)) if at else {}
    rows = {row.id: row for row in catalog.rows(list(ids.values()))}

    def members(part: range) -> tuple[Member, ...]:
        return tuple(
            Member(rows[ids[place]], place == part.start, float(found.distances[place]), bool(found.copies[place]))
            for place in part
        )

    return tuple(
        Group(number + 1, stop - start, int((~found.copies[start:stop]).sum()), members(part))
        for number, (start, stop), part in zip(range(first, last), spans, read, strict=True)
    )


def every_group(catalog: Catalog, found: Duplicates) -> Iterator[Group]:
    """All of them, however many, some at a time in memory."""
    for first in range(0, found.groups, BLOCK_GROUPS):
        yield from groups(catalog, found, first, BLOCK_GROUPS)


def kept_ids(catalog: Catalog, found: Duplicates, numbers: Sequence[int] | None = None) -> list[str]:
    """The images that are kept in some groups, by their places from 0, or in all: one of each."""
    firsts = found.starts[:-1] if numbers is None else found.starts[list(numbers)]
    return _ids(catalog, found.places[firsts])


def other_ids(catalog: Catalog, found: Duplicates, numbers: Sequence[int] | None = None) -> list[str]:
    """The images of some groups, or of all, that could go."""
    chosen = range(found.groups) if numbers is None else numbers
    parts = [found.places[int(found.starts[number]) + 1 : int(found.starts[number + 1])] for number in chosen]
    return _ids(catalog, np.concatenate(parts)) if parts else []


def _ids(catalog: Catalog, places: Places) -> list[str]:
    """The ids at some places, in their order."""
    asked = f"SELECT {catalog.place}, id FROM images WHERE {catalog.place} IN (SELECT unnest(?))"
    held = dict(catalog.select(asked, (places.tolist(),)))
    return [held[place] for place in places.tolist()]
