"""How often the values of two columns come together, in the result and in the whole collection."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.collection.groups import MISSING, RANGE_KINDS, Bars, Group, Others, Values, bars_of
from core.collection.packs import code_of, values_of
from core.errors import QueryError
from core.query.columns import CLASS_KINDS, Column, Kind, find_column
from core.query.recipe import All, Recipe
from core.query.sql import quote

TOP = 20
BINS = 12
MOST_YEARS = 40  # years that span more are put together

Counted = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Axis:
    """A column, and what of it is told apart."""

    column: Column
    bars: Bars | None  # its ranges; None for one of classes
    top: int  # so many classes are listed

    @property
    def key(self) -> str:
        """SQL that is the same for rows that are counted together."""
        return self.column.code or quote(self.column.name) if self.bars is None else self.bars.expression

    @property
    def code(self) -> str:
        """SQL of 0 for a missing value, or of the class's or range's place from 1."""
        return code_of(self.column) if self.bars is None else f"coalesce(({self.bars.expression})::BIGINT + 1, 0)"

    @property
    def codes(self) -> int:
        """How many codes there are."""
        return 1 + len(values_of(self.column) if self.bars is None else self.bars.spans)


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
    sides = (Axis(column, ranges(catalog, column, bins), top) for column in (down, across))
    return paired(catalog, recipe, *sides)


def ranges(catalog: Catalog, column: Column, bins: int = BINS) -> Bars | None:
    """The ranges of a column; None for one of classes."""
    if column.kind in CLASS_KINDS:
        return None
    if column.kind in RANGE_KINDS:
        return bars_of(catalog, column, bins, MOST_YEARS)
    raise QueryError(f"“{column.label}” has no classes to count.", "It is free text.", "Choose another column.")


def paired(catalog: Catalog, recipe: Recipe, down: Axis, across: Axis) -> CrossTab:
    """Counts of two columns in one pass over the result; the whole collection's are remembered."""
    axes = (down, across)
    named = "pair " + " by ".join(axis.code for axis in axes)
    totals = catalog.recent(named, lambda: _table(catalog, All(), axes))
    counts = _table(catalog, recipe.where, axes) if recipe.where.conditions else totals
    first, rows = _side(down, counts.sum(axis=1), totals.sum(axis=1))
    second, columns = _side(across, counts.sum(axis=0), totals.sum(axis=0))
    return CrossTab(first, second, _cells(counts, rows, columns), _cells(totals, rows, columns))


def _table(catalog: Catalog, where: All, axes: tuple[Axis, Axis]) -> Counted:
    """Counts by the codes of both columns, int64, shape (codes down, codes across)."""
    sql = catalog.where(where)
    down, across = axes
    found = catalog.arrays(
        f"SELECT {down.code} AS down, {across.code} AS across, count(*) AS rows FROM images WHERE {sql.text} "
        f"GROUP BY {down.key}, {across.key}",
        sql.parameters,
    )
    table = np.zeros((down.codes, across.codes), np.int64)
    table[found["down"], found["across"]] = found["rows"]
    return table


def _side(axis: Axis, counts: Counted, totals: Counted) -> tuple[Side, list[Codes]]:
    """What a side tells apart, most frequent in the result first, and the codes that each of its groups holds."""
    column, bars, top = axis.column, axis.bars, axis.top
    groups: list[Group] = list(bars.spans) if bars is not None else []
    codes = [np.array([place + 1]) for place in range(len(groups))]
    if bars is None:
        values = (None, *values_of(column))
        seen = [int(code) for code in np.flatnonzero(totals) if code]
        seen.sort(key=lambda code: (-counts[code], -totals[code], str(values[code])))
        named = [values[code] for code in seen[:top]]
        groups += [Values((value,)) for value in named]
        codes += [np.array([code]) for code in seen[:top]]
        if seen[top:]:
            groups.append(Others(tuple(value for value in named if value is not None), len(seen) - top))
            codes.append(np.array(seen[top:]))
    if totals[0]:
        groups.append(MISSING)
        codes.append(np.array([0]))
    return Side(column.name, column.label, column.kind, tuple(groups)), codes


def _cells(table: Counted, rows: Sequence[Codes], columns: Sequence[Codes]) -> tuple[tuple[int, ...], ...]:
    """Sums over the codes of each pair of groups."""
    lines = [table[codes].sum(axis=0) for codes in rows]
    return tuple(tuple(int(line[codes].sum()) for codes in columns) for line in lines)
