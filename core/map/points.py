"""What is drawn of a map: every image where they are few, else some of every place, and how many lie where.

A place of the map is a cell of a grid. Each occupied cell keeps at least one image, and dense ones the square root of
what they have, so that a lone image stays and a crowd still looks like one; which are kept depends on the seed alone.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog, lined_up
from core.collection.mapped import MapFact
from core.collection.planner import is_held
from core.map.make import sampled_vectors
from core.map.plane import components, flat, framed
from core.map.request import LEAST_IMAGES
from core.query.area import Corner, bounds, sides
from core.query.recipe import All
from core.query.sql import quote
from core.timing import step

MOST_DRAWN = 20_000
MOST_PREVIEWED = 20_000  # images that a map which is not stored is made of, where not all vectors fit into memory
CELLS = 256  # of the finest grid, across and up
BACKDROP = 160  # cells of the drawing of how many lie where
FOUND_SHARE = 0.75  # of what is drawn is the result, where the rest needs the others
HALF = 10.0  # a map reaches from -HALF to HALF

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Plane:
    """Where images lie."""

    places: Numbers  # in the order of ingest
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    fact: MapFact | None  # None for a preview, which is not stored
    images: int  # of the collection

    @cached_property
    def key(self) -> str:
        """Which map this is: an area that was drawn on it means other images on any other one."""
        if self.fact is not None:
            return self.fact.area
        digest = hashlib.sha256(self.places.tobytes())
        digest.update(self.x.tobytes() + self.y.tobytes())
        return f"preview-{digest.hexdigest()[:10]}"

    @property
    def without(self) -> int:
        """Images of the collection that have no place on a stored map, because they came later or have no vector."""
        return self.images - len(self.places) if self.fact is not None else 0

    @property
    def left_out(self) -> int:
        """Images that a preview leaves out, because it is made of a sample."""
        return self.images - len(self.places) if self.fact is None else 0


@dataclass(frozen=True)
class Drawn:
    """Indexes into a plane of what is drawn."""

    found: Numbers  # of the result
    rest: Numbers  # of all other images
    matching: int  # images of the result that have a place
    backdrop: npt.NDArray[np.int64] | None  # images by cell, up then across; None where every image is drawn

    @property
    def count(self) -> int:
        return len(self.found) + len(self.rest)


def plane_of(catalog: Catalog) -> Plane | None:
    """The stored map, else a preview by principal components; None where there are too few vectors for one."""
    found: Plane | None = catalog.remembered("map", lambda: _stored(catalog) if catalog.map else _preview(catalog))
    return found


def _stored(catalog: Catalog) -> Plane:
    assert catalog.map is not None
    x, y = quote(catalog.map.x), quote(catalog.map.y)
    there = f"{x} IS NOT NULL AND {y} IS NOT NULL"
    found = catalog.arrays(f"SELECT {catalog.place} AS place, {x} AS x, {y} AS y FROM images WHERE {there} ORDER BY 1")
    return Plane(found["place"].astype(np.int64), found["x"], found["y"], catalog.map, catalog.count_all)


def _preview(catalog: Catalog) -> Plane | None:
    with step("preview of the map"):
        every = is_held(catalog.count_all, catalog.encoder.dimension)
        rowids, vectors = sampled_vectors(catalog, catalog.count_all if every else MOST_PREVIEWED, seed=0)
        if len(vectors) < LEAST_IMAGES:
            return None
        flattened = framed(flat(components(vectors, 2).of(vectors)))
        places = lined_up(catalog.rowids_by_place, rowids)
        return Plane(places.astype(np.int64), flattened[:, 0], flattened[:, 1], None, catalog.count_all)


def drawn_of(catalog: Catalog, plane: Plane, found: Mask | None, most: int = MOST_DRAWN, seed: int = 0) -> Drawn:
    """What is drawn of a plane, `found` telling which images (by index into it) are the result; None for all."""
    with step("sample the map"):
        if found is None:
            every: Numbers = catalog.recent(
                f"drawn {most} {seed}", lambda: thinned(plane, np.arange(len(plane.places)), most, seed)
            )
            whole = len(every) == len(plane.places)
            return Drawn(every, np.empty(0, np.int64), len(plane.places), None if whole else _backdrop(catalog, plane))
        inside, outside = np.flatnonzero(found), np.flatnonzero(~found)
        room = max(most - len(outside), round(FOUND_SHARE * most))
        kept = thinned(plane, inside, room, seed)
        rest = thinned(plane, outside, most - len(kept), seed)
        whole = len(kept) + len(rest) == len(plane.places)
        return Drawn(kept, rest, len(inside), None if whole else _backdrop(catalog, plane))


def matching(catalog: Catalog, plane: Plane, where: All) -> Mask | None:
    """Which images of a plane pass a filter; None for all."""
    return None if not where.conditions else at_places(plane, catalog.places(where))


def at_places(plane: Plane, places: npt.NDArray[Any]) -> Mask:
    """Which images of a plane are at these places in the order of ingest."""
    mask: Mask = np.isin(plane.places, places)
    return mask


def inside(plane: Plane, corners: tuple[Corner, ...]) -> Mask:
    """Which images of a plane lie in an area, by the arithmetic that a filter has."""
    left, right, bottom, top = bounds(corners)
    crossings = np.zeros(len(plane.x), np.int64)
    for side in sides(corners):
        beside = plane.x < side.x + side.slope * (plane.y - side.y)
        crossings += (plane.y >= side.low) & (plane.y < side.high) & beside
    boxed = (plane.x >= left) & (plane.x <= right) & (plane.y >= bottom) & (plane.y <= top)
    mask: Mask = boxed & (crossings % 2 == 1)
    return mask


def thinned(plane: Plane, among: Numbers, most: int, seed: int) -> Numbers:
    """At most so many of these indexes, some of every place; in order."""
    if len(among) <= most or most <= 0:
        return among[: max(most, 0)]
    size = CELLS
    while True:
        cells = _cell(plane.x[among], size) * size + _cell(plane.y[among], size)
        counts = np.bincount(cells, minlength=size * size)
        if int((counts > 0).sum()) <= most // 2 or size == 1:
            break
        size //= 2
    quotas = _quotas(counts, most)
    chance = np.random.default_rng(seed).permutation(len(among))
    order = np.lexsort((chance, cells))
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
    rank = np.arange(len(among)) - begins[cells[order]]
    kept: Numbers = np.sort(among[order[rank < quotas[cells[order]]]])
    return kept


def _quotas(counts: Numbers, most: int) -> Numbers:
    """How many images each cell keeps: at least one, else in proportion to the square root of what it has."""
    low, high, root = 0.0, float(most), np.sqrt(counts)
    for _ in range(40):
        middle = (low + high) / 2
        if np.minimum(np.maximum(np.floor(middle * root), counts > 0), counts).sum() > most:
            high = middle
        else:
            low = middle
    made: Numbers = np.minimum(np.maximum(np.floor(low * root), counts > 0), counts).astype(np.int64)
    return made


def _cell(values: npt.NDArray[np.float64], size: int) -> Numbers:
    found: Numbers = np.clip(((values + HALF) / (2 * HALF) * size).astype(np.int64), 0, size - 1)
    return found


def _backdrop(catalog: Catalog, plane: Plane) -> npt.NDArray[np.int64]:
    """Images by cell of the whole map, shape (up, across)."""

    def made() -> npt.NDArray[np.int64]:
        cells = _cell(plane.y, BACKDROP) * BACKDROP + _cell(plane.x, BACKDROP)
        return np.bincount(cells, minlength=BACKDROP * BACKDROP).reshape(BACKDROP, BACKDROP)

    found: npt.NDArray[np.int64] = catalog.remembered("map backdrop", made)
    return found
