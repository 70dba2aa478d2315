"""How often the values of two columns come together, in the result and in the whole collection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.collection.catalog import Catalog
from core.collection.groups import CLASS_KINDS, MISSING, RANGE_KINDS, Bars, Group, Others, Values, bars_of
from core.errors import QueryError
from core.query.columns import Column, Kind, find_column
from core.query.recipe import Recipe
from core.query.sql import quote

TOP = 20
BINS = 12
MOST_YEARS = 40  # years that span more are put together

Axis = tuple[Column, Bars | None, int]
"""A column, its ranges or None for one of classes, and how many classes are listed."""


@dataclass(frozen=True)
class Side:
    """One of the two columns: what stands in its rows or columns."""

    column: str
    label: str
    kind: Kind
    groups: tuple[Group, ...]  # classes by frequency, ranges in order; then the others, then the missing


@dataclass(frozen=True)
class CrossTab:
    """Counts of every pair of groups; the first column's down, the second's across."""

    first: Side
    second: Side
    counts: tuple[tuple[int, ...], ...]  # in the result
    totals: tuple[tuple[int, ...], ...]  # in the whole collection


def cross_tab(catalog: Catalog, recipe: Recipe, first: str, second: str, top: int = TOP, bins: int = BINS) -> CrossTab:
    """Counts of two columns: of each its most frequent classes in the result, or its ranges.

    A column against itself, or one of free text, is a QueryError.
    """
    down, across = (find_column(catalog.columns, name) for name in (first, second))
    if down.name == across.name:
        raise QueryError(f"“{down.label}” cannot be counted against itself.", "", "Choose two columns.")
    sides = ((down, ranges(catalog, down, bins), top), (across, ranges(catalog, across, bins), top))
    return paired(catalog, recipe, *sides)


def ranges(catalog: Catalog, column: Column, bins: int = BINS) -> Bars | None:
    """The ranges of a column; None for one of classes."""
    if column.kind in CLASS_KINDS:
        return None
    if column.kind in RANGE_KINDS:
        return bars_of(catalog, column, bins, MOST_YEARS)
    raise QueryError(f"“{column.label}” has no classes to count.", "It is free text.", "Choose another column.")


def paired(catalog: Catalog, recipe: Recipe, down: Axis, across: Axis) -> CrossTab:
    """Counts of two columns in one pass over the table."""
    cells = _cells(catalog, recipe, down, across)
    first = _side(*down, {(row[0], row[2]) for row in cells})
    second = _side(*across, {(row[1], row[3]) for row in cells})
    found = {(row[0], row[1]): (row[4], row[5]) for row in cells}
    places = _places(second, across[2])
    table = [[found.get((place, other), (0, 0)) for other in places] for place in _places(first, down[2])]
    counts = tuple(tuple(count for count, _ in row) for row in table)
    totals = tuple(tuple(total for _, total in row) for row in table)
    return CrossTab(first, second, counts, totals)


def _cells(catalog: Catalog, recipe: Recipe, down: Axis, across: Axis) -> list[tuple[Any, ...]]:
    """Place down, place across, value down, value across, count, total; a place is NULL where the value is missing."""
    sql = catalog.where(recipe.where)
    expressions = [quote(column.name) if bars is None else bars.expression for column, bars, _ in (down, across)]
    parts = [
        f"counted AS MATERIALIZED (SELECT {expressions[0]} AS v0, {expressions[1]} AS v1, "
        f"count(*) FILTER (WHERE {sql.text}) AS n, count(*) AS t FROM images GROUP BY ALL)"
    ]
    joins, shown = "", []
    for side, (_, bars, top) in enumerate((down, across)):
        if bars is not None:
            shown.append((f"v{side}", "NULL"))
            continue
        parts.append(
            f"rank{side} AS (SELECT v{side} AS value, row_number() OVER "
            f"(ORDER BY sum(n) DESC, sum(t) DESC, v{side}::VARCHAR) - 1 AS place "
            f"FROM counted WHERE v{side} IS NOT NULL GROUP BY v{side})"
        )
        joins += f" LEFT JOIN rank{side} ON v{side} = rank{side}.value"
        place = f"CASE WHEN v{side} IS NOT NULL THEN least(rank{side}.place, {int(top)}) END"
        shown.append((place, f"CASE WHEN rank{side}.place < {int(top)} THEN v{side} END"))
    (place0, value0), (place1, value1) = shown
    return catalog.select(
        f"WITH {', '.join(parts)} SELECT {place0} AS p0, {place1} AS p1, {value0} AS x0, {value1} AS x1, "
        f"sum(n)::BIGINT, sum(t)::BIGINT FROM counted{joins} GROUP BY ALL",
        sql.parameters,
    )


def _side(column: Column, bars: Bars | None, top: int, seen: set[tuple[int | None, Any]]) -> Side:
    groups: list[Group] = list(bars.spans) if bars is not None else []
    if bars is None:
        named = dict(sorted((place, value) for place, value in seen if place is not None and place < top))
        groups += [Values((value,)) for value in named.values()]
        if any(place == top for place, _ in seen):
            groups.append(Others(tuple(named.values()), column.distinct - len(named)))
    if any(place is None for place, _ in seen):
        groups.append(MISSING)
    return Side(column.name, column.label, column.kind, tuple(groups))


def _places(side: Side, top: int) -> Sequence[int | None]:
    """What the query calls each group of a side."""
    return [
        None if group == MISSING else top if isinstance(group, Others) else place
        for place, group in enumerate(side.groups)
    ]
