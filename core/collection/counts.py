"""Counts over a catalog: facets that follow the filter, histograms, and what is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log

from core.collection import groups
from core.collection.catalog import Catalog
from core.errors import QueryError
from core.query.columns import CLASS_KINDS, Column, Kind, find_column
from core.query.recipe import All, OneOf, Recipe
from core.query.sql import quote

FACET_KINDS = CLASS_KINDS
RANGE_KINDS = groups.RANGE_KINDS
BINS = 24
MOST_GROUPED = 30  # packs counted in one pass


@dataclass(frozen=True)
class ValueCount:
    """How often one value occurs."""

    value: str | bool | None  # None is missing
    count: int  # in the result
    total: int  # in the whole collection


@dataclass(frozen=True)
class FacetCounts:
    """The values of one column, most frequent in the result first."""

    column: str
    label: str
    values: tuple[ValueCount, ...]


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram; `high` belongs to it only in the last bar, or where it equals `low`."""

    low: float | datetime
    high: float | datetime
    count: int
    total: int


@dataclass(frozen=True)
class Histogram:
    """The distribution of one numeric, year or date column."""

    column: str
    label: str
    kind: Kind
    bins: tuple[Bin, ...]
    missing: int  # rows of the result without a value


Counts = dict[str, dict[str | bool | None, int]]  # by column and value


def facet_counts(
    catalog: Catalog,
    recipe: Recipe,
    names: Sequence[str] | None = None,
    less: Callable[[Recipe, str], Recipe] = Recipe.without,
) -> list[FacetCounts]:
    """Counts of every category column, or of those named, under the recipe's filter; a column ignores its own choice.

    `less` gives the recipe less its choice in a column.
    """
    every = _facet_names(catalog)
    names = every if names is None else names
    if not names:
        return []
    chosen = [name for name in names if less(recipe, name) != recipe]
    rest = [name for name in names if name not in chosen]
    totals = catalog.remembered("facet totals", lambda: _grouped(catalog, Recipe(), every))
    counts = _counted(catalog, recipe, rest, totals)
    for name in chosen:
        counts |= _counted(catalog, less(recipe, name), [name], totals)
    return [_facet(catalog, name, counts.get(name, {}), totals.get(name, {})) for name in names]


def class_counts(catalog: Catalog, recipe: Recipe, name: str) -> FacetCounts:
    """Counts of one category column in the result itself, its own choice included."""
    found = find_column(catalog.columns, name)
    if found.kind not in FACET_KINDS:
        raise QueryError(
            f"“{found.label}” has no facet.", f"It is a {found.kind} column.", "Ask for its histogram, or search in it."
        )
    column = found.name
    totals = catalog.remembered("facet totals", lambda: _grouped(catalog, Recipe(), _facet_names(catalog)))
    return _facet(catalog, column, _counted(catalog, recipe, [column], totals)[column], totals.get(column, {}))


def histogram(catalog: Catalog, recipe: Recipe, name: str, bins: int = BINS) -> Histogram:
    """The distribution of a range column in the result, with the whole collection's beside it.

    Years, and whole numbers of few different values, get a bar each; everything else equally wide bins.
    """
    column = find_column(catalog.columns, name)
    if column.kind not in RANGE_KINDS:
        raise QueryError(
            f"“{column.label}” has no histogram.", f"It is a {column.kind} column, without order.", "Ask for its facet."
        )
    bars = groups.bars_of(catalog, column, bins)
    whole = Recipe()
    totals = (
        catalog.remembered(f"bars of {column.name}", lambda: _bar_counts(catalog, whole, column, bars))
        if bins == BINS
        else _bar_counts(catalog, whole, column, bars)
    )
    counts = totals if not recipe.where.conditions else _bar_counts(catalog, recipe, column, bars)
    made = (Bin(span.low, span.high, counts.get(k, 0), totals.get(k, 0)) for k, span in enumerate(bars.spans))
    return Histogram(name, column.label, column.kind, tuple(made), counts.get(None, 0))


def _bar_counts(catalog: Catalog, recipe: Recipe, column: Column, bars: groups.Bars) -> dict[int | None, int]:
    """The rows in each range, by its number; None stands for those without a value."""
    sql = catalog.where(recipe.where)
    if not bars.counted:
        asked = f"SELECT {bars.expression}, count(*) FROM images WHERE {sql.text} GROUP BY 1"
        return dict(catalog.select(asked, sql.parameters))
    asked = f"SELECT {bars.counted}, count(*) - count({quote(column.name)}) FROM images WHERE {sql.text}"
    found, missing = catalog.select(asked, sql.parameters)[0]
    return {**dict(enumerate((found or {}).values())), None: missing}


def missing_counts(catalog: Catalog) -> list[tuple[str, int]]:
    """Label and number of rows without a value, for each of a person's columns."""
    return [(catalog.columns[name].label, catalog.columns[name].missing) for name in catalog.metadata]


def _facet_names(catalog: Catalog) -> list[str]:
    return [column.name for column in catalog.of_kind(*FACET_KINDS)]


def _counted(catalog: Catalog, recipe: Recipe, names: Sequence[str], totals: Counts) -> Counts:
    """Counts under a recipe's filter; where there is none they are known."""
    if recipe.where.conditions:
        return _grouped(catalog, recipe, names)
    return {name: totals.get(name, {}) for name in names}


def _grouped(catalog: Catalog, recipe: Recipe, names: Sequence[str]) -> Counts:
    """One pass over the table for every column at once."""
    packs = [pack for pack in catalog.packs if any(column.name in names for column in pack.columns)]
    sql = catalog.where(recipe.where)
    counts: Counts = {}
    for start in range(0, len(packs), MOST_GROUPED):
        together = packs[start : start + MOST_GROUPED]
        listed = ", ".join(pack.name for pack in together)
        found = catalog.arrays(
            f"SELECT GROUPING_ID({listed}) AS grouping, coalesce({listed}) AS number, count(*) AS rows FROM images "
            f"WHERE {sql.text} GROUP BY GROUPING SETS ({', '.join(f'({pack.name})' for pack in together)})",
            sql.parameters,
        )
        for place, pack in enumerate(reversed(together)):
            # GROUPING_ID has a bit for each number that the row is not grouped by, the last one's the lowest.
            own = found["grouping"] == (1 << len(together)) - 1 - (1 << place)
            counts.update(pack.counts(found["number"][own], found["rows"][own]))
    return {name: counts[name] for name in names}


def _facet(
    catalog: Catalog, name: str, counts: dict[str | bool | None, int], totals: dict[str | bool | None, int]
) -> FacetCounts:
    values = [ValueCount(value, counts.get(value, 0), total) for value, total in totals.items()]
    values.sort(key=lambda item: (-item.count, -item.total, str(item.value)))
    return FacetCounts(name, catalog.columns[name].label, tuple(values))


def nearest_share(catalog: Catalog, share: float) -> All | None:
    """The one value of any column whose share of the images is nearest to the wanted one; None where there is none."""
    values = [
        (abs(log(one.total / catalog.count_all / share)), column.name, one.value)
        for column in catalog.of_kind(Kind.CATEGORY)
        for one in class_counts(catalog, Recipe(), column.name).values
        if one.value is not None and 0 < one.total < catalog.count_all
    ]
    if not values:
        return None
    _, column, value = min(values, key=lambda one: (one[0], one[1], str(one[2])))
    return All((OneOf(column, (value,)),))
