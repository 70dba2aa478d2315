"""A recipe's result on the map: which images are drawn, where, and what each is coloured by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.errors import QueryError
from core.evaluation.vectors import stored_vectors
from core.map.points import MOST_DRAWN, Drawn, Mask, Numbers, Plane, at_places, drawn_of, matching, plane_of
from core.query.columns import CLASS_KINDS, Column, Kind, find_column
from core.query.fitting import RANGE_KINDS
from core.query.recipe import Recipe
from core.query.sql import quote
from core.search import Hit, Searcher

MOST_CLASSES = 8  # with a colour of their own; clusters have one each
SCORE = "similarity"  # what is coloured by is no column but how alike images are to the search


@dataclass(frozen=True)
class Colouring:
    """What each drawn image is coloured by."""

    column: str  # SCORE for the similarity to the search
    label: str
    kind: Kind
    classes: tuple[str, ...] = ()  # most frequent first
    codes: Numbers | None = None  # index of the class; how many there are for others, -1 for missing
    numbers: npt.NDArray[np.float64] | None = None  # NaN where missing; a moment is seconds since 1970


@dataclass(frozen=True)
class MapView:
    """A recipe's result on the map."""

    plane: Plane
    drawn: Drawn
    indexes: Numbers  # of what is drawn, into the plane: the result before the rest
    ids: tuple[str, ...]  # in that order
    colouring: Colouring | None  # in that order
    matching: int  # images of the result, with a place or without
    hits: tuple[Hit, ...]  # of a search


def map_view(
    catalog: Catalog,
    searcher: Searcher,
    recipe: Recipe,
    colour: str = "",
    most: int = MOST_DRAWN,
    seed: int = 0,
) -> MapView | None:
    """What is drawn of a recipe's result; None where there are too few vectors for a map."""
    plane = plane_of(catalog)
    if plane is None:
        return None
    mask, count, hits = _result(catalog, searcher, plane, recipe)
    drawn = drawn_of(catalog, plane, mask, most, seed)
    indexes = np.concatenate([drawn.found, drawn.rest])
    places = plane.places[indexes]
    colouring = _colouring(catalog, searcher, recipe, colour, places) if colour else None
    return MapView(plane, drawn, indexes, tuple(texts_at(catalog, places, "id")), colouring, count, hits)


def _result(
    catalog: Catalog, searcher: Searcher, plane: Plane, recipe: Recipe
) -> tuple[Mask | None, int, tuple[Hit, ...]]:
    """Which images of the plane are the result, how many images that is, and a search's hits."""
    if recipe.terms:
        found = searcher.run(replace(recipe, order=None, sample=False))
        rowids = [hit.row.rowid for hit in found.hits]
        rows = catalog.select(f"SELECT {catalog.place} FROM images WHERE _rowid IN (SELECT unnest(?))", (rowids,))
        return at_places(plane, np.array([row[0] for row in rows], np.int64)), len(found.hits), found.hits
    return matching(catalog, plane, recipe.where), catalog.count(recipe.where), ()


def colourable(catalog: Catalog) -> list[Column]:
    """The columns that a map can be coloured by, the map's own clusters first."""
    own = [column for column in catalog.of_kind(*CLASS_KINDS, *RANGE_KINDS) if column.distinct > 1]
    cluster = None if catalog.map is None else catalog.map.cluster
    return sorted(own, key=lambda column: column.name != cluster)


def texts_at(catalog: Catalog, places: Numbers, column: str) -> list[str]:
    """A column's values as text at places in the order of ingest, in the order of the places; "" where missing."""
    values = _values_at(catalog, places, f"{quote(find_column(catalog.columns, column).name)}::VARCHAR")
    return ["" if value is None else str(value) for value in values]


def _values_at(catalog: Catalog, places: Numbers, expression: str) -> list[Any]:
    sql = f"SELECT {catalog.place}, {expression} FROM images WHERE {catalog.place} IN (SELECT unnest(?::INTEGER[]))"
    known = dict(catalog.select(sql, (places.tolist(),)))
    return [known[place] for place in places.tolist()]


def _colouring(
    catalog: Catalog, searcher: Searcher, recipe: Recipe, name: str, places: Numbers
) -> Colouring | None:  # fmt: skip
    if name == SCORE and SCORE not in catalog.columns:
        return _by_score(catalog, searcher, recipe, places)
    column = find_column(catalog.columns, name)
    values = _values_at(catalog, places, quote(column.name))
    if column.kind in CLASS_KINDS:
        return _by_class(catalog, column, values)
    if column.kind in RANGE_KINDS:
        return Colouring(column.name, column.label, column.kind, numbers=np.array([_number(item) for item in values]))
    raise QueryError(f"A map cannot be coloured by “{column.label}”.", "It is free text.", "Choose classes or numbers.")


def _by_score(catalog: Catalog, searcher: Searcher, recipe: Recipe, places: Numbers) -> Colouring | None:
    """How alike each is to what is searched; None without a search."""
    if not recipe.terms:
        return None
    rowids = np.array(_values_at(catalog, places, "_rowid"), np.int64)
    scores = stored_vectors(catalog.dataset, rowids).vectors @ searcher.vector(recipe.terms)
    return Colouring(SCORE, "Similarity", Kind.NUMBER, numbers=scores.astype(np.float64))


def _by_class(catalog: Catalog, column: Column, values: Sequence[Any]) -> Colouring:
    quoted = quote(column.name)
    most = column.distinct if catalog.map and column.name == catalog.map.cluster else MOST_CLASSES
    grouped = f"SELECT {quoted}, count(*) FROM images WHERE {quoted} IS NOT NULL GROUP BY 1"
    counted = catalog.recent(
        f"most frequent of {column.name}", lambda: catalog.select(f"{grouped} ORDER BY 2 DESC, {quoted}::VARCHAR")
    )
    known = [value for value, _ in counted[:most]]
    number = {value: place for place, value in enumerate(known)}
    codes = [-1 if value is None else number.get(value, len(known)) for value in values]
    return Colouring(column.name, column.label, column.kind, tuple(map(class_text, known)), np.array(codes, np.int64))


def class_text(value: object) -> str:
    """A class as it is shown."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _number(value: Any) -> float:
    """A number or a moment (seconds since 1970) as a fraction; NaN where there is none."""
    if value is None:
        return math.nan
    return (value - datetime(1970, 1, 1)).total_seconds() if isinstance(value, datetime) else float(value)
