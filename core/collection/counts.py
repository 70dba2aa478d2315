"""Counts over a catalog: facets that follow the filter, histograms, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from core.collection.catalog import Catalog
from core.errors import QueryError
from core.query.columns import Kind, find_column
from core.query.recipe import Recipe
from core.query.sql import quote

FACET_KINDS = (Kind.CATEGORY, Kind.BOOLEAN)
RANGE_KINDS = (Kind.NUMBER, Kind.YEAR, Kind.DATE)
BINS = 24
MOST_GROUPED = 30  # columns counted in one pass
EPOCH = datetime(1970, 1, 1)


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


def facet_counts(catalog: Catalog, recipe: Recipe) -> list[FacetCounts]:
    """Counts of every category column under the recipe's filter; a column ignores its own choice."""
    names = [column.name for column in catalog.of_kind(*FACET_KINDS)]
    if not names:
        return []
    chosen = [name for name in names if recipe.without(name) != recipe]
    rest = [name for name in names if name not in chosen]
    counts = _grouped(catalog, recipe, rest)
    for name in chosen:
        counts |= _grouped(catalog, recipe.without(name), [name])
    totals = catalog.remembered("facet totals", lambda: _grouped(catalog, Recipe(), names))
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
    return _facet(catalog, column, _grouped(catalog, recipe, [column]).get(column, {}), totals.get(column, {}))


def histogram(catalog: Catalog, recipe: Recipe, name: str, bins: int = BINS) -> Histogram:
    """The distribution of a range column in the result, with the whole collection's beside it.

    Years, and whole numbers of few different values, get a bar each; everything else equally wide bins.
    """
    column = find_column(catalog.columns, name)
    if column.kind not in RANGE_KINDS:
        raise QueryError(
            f"“{column.label}” has no histogram.", f"It is a {column.kind} column, without order.", "Ask for its facet."
        )
    quoted = quote(column.name)
    sql = catalog.where(recipe.where)
    low, high = catalog.select(f"SELECT min({quoted}), max({quoted}) FROM images")[0]
    missing = catalog.select(f"SELECT count(*) FROM images WHERE {quoted} IS NULL AND {sql.text}", sql.parameters)[0][0]
    if low is None:
        return Histogram(name, column.label, column.kind, (), missing)
    if isinstance(low, datetime):
        first, last = (_microseconds(moment) for moment in (low, high))
        counted = _bins(catalog, f"epoch_us({quoted})", sql.text, sql.parameters, first, last, bins)
        made = tuple(Bin(_moment(a), _moment(b), inside, total) for a, b, inside, total in counted)
        return Histogram(name, column.label, column.kind, made, missing)
    whole = isinstance(low, int) and high - low < 2 * bins
    width_one = column.kind is Kind.YEAR or whole
    count = int(high - low) + 1 if width_one else bins
    made = tuple(
        Bin(*figures) for figures in _bins(catalog, quoted, sql.text, sql.parameters, low, high, count, whole=width_one)
    )
    return Histogram(name, column.label, column.kind, made, missing)


def missing_counts(catalog: Catalog) -> list[tuple[str, int]]:
    """Label and number of rows without a value, for each of a person's columns."""
    return [(catalog.columns[name].label, catalog.columns[name].missing) for name in catalog.metadata]


def _facet_names(catalog: Catalog) -> list[str]:
    return [column.name for column in catalog.of_kind(*FACET_KINDS)]


def _grouped(catalog: Catalog, recipe: Recipe, names: Sequence[str]) -> dict[str, dict[str | bool | None, int]]:
    """One pass over the table for every column at once."""
    if len(names) > MOST_GROUPED:
        rest = _grouped(catalog, recipe, names[MOST_GROUPED:])
        return _grouped(catalog, recipe, names[:MOST_GROUPED]) | rest
    if not names:
        return {}
    sql = catalog.where(recipe.where)
    listed = ", ".join(quote(name) for name in names)
    sets = ", ".join(f"({quote(name)})" for name in names)
    rows = catalog.select(
        f"SELECT GROUPING_ID({listed}), {listed}, count(*) FROM images WHERE {sql.text} "
        f"GROUP BY GROUPING SETS ({sets})",
        sql.parameters,
    )
    # GROUPING_ID has a bit for each column that the row is not grouped by, the first column's the highest.
    by_id = {(1 << len(names)) - 1 - (1 << (len(names) - 1 - place)): place for place in range(len(names))}
    counts: dict[str, dict[str | bool | None, int]] = {name: {} for name in names}
    for grouping, *values, count in rows:
        place = by_id[grouping]
        counts[names[place]][values[place]] = count
    return counts


def _facet(
    catalog: Catalog, name: str, counts: dict[str | bool | None, int], totals: dict[str | bool | None, int]
) -> FacetCounts:
    values = [ValueCount(value, counts.get(value, 0), total) for value, total in totals.items()]
    values.sort(key=lambda item: (-item.count, -item.total, str(item.value)))
    return FacetCounts(name, catalog.columns[name].label, tuple(values))


def _bins(
    catalog: Catalog,
    expression: str,
    where: str,
    parameters: Sequence[object],
    low: float,
    high: float,
    count: int,
    *,
    whole: bool = False,
) -> list[tuple[float, float, int, int]]:
    edges, place, own = (
        _whole_bars(expression, low, high, count, single=whole)
        if isinstance(low, int) and isinstance(high, int)
        else _even_bars(expression, low, high, count)
    )
    last = len(edges) - 1
    rows = catalog.select(
        f"SELECT least({place}, ?), count(*) FILTER (WHERE {where}), count(*) FROM images "
        f"WHERE {expression} IS NOT NULL GROUP BY 1",
        (*own, last, *parameters),
    )
    found = {number: (inside, total) for number, inside, total in rows}
    ends = edges if whole else [*edges[1:], high]
    return [(edges[k], ends[k], *found.get(k, (0, 0))) for k in range(len(edges))]


Bars = tuple[list[float], str, tuple[float, ...]]  # lower edges, SQL that numbers a value's bar, its parameters


def _whole_bars(expression: str, low: int, high: int, count: int, *, single: bool) -> Bars:
    """Bars of whole numbers, computed without rounding; with `single` one for each number."""
    count = count if single else max(1, min(count, high - low))
    span = count if single else max(1, high - low)
    edges: list[float] = [low - (-k * span // count) for k in range(count)]
    return edges, f"(({expression}::HUGEINT - ?) * ? // ?)::BIGINT", (low, count, span)


def _even_bars(expression: str, low: float, high: float, count: int) -> Bars:
    """Equally wide bars of fractions; halves, because the range of all doubles is no double."""
    half = (high / 2 - low / 2) / count
    edges = [low + k * half + k * half for k in range(count)]
    if not all(below < above for below, above in pairwise([*edges, high])):
        edges, half = [low], 1.0  # too narrow for doubles to tell apart
    return edges, f"floor(({expression} / 2 - ?::DOUBLE / 2) / ?)::BIGINT", (low, half)


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _moment(microseconds: float) -> datetime:
    return EPOCH + timedelta(microseconds=int(microseconds))
