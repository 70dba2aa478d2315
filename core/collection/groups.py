"""What a chart counts apart: the values or ranges of one column, and the SQL that tells which one a row is in.

A range holds its lower edge and not its upper one, but for the last range of a column and for single values, which
hold both. Edges are compared exactly as a condition compares them, so a bar and the condition made of it have the same
rows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from core.collection.catalog import Catalog
from core.query.columns import Column, Kind
from core.query.recipe import Between, Condition, Not, OneOf, Value
from core.query.sql import quote

RANGE_KINDS = (Kind.NUMBER, Kind.YEAR, Kind.DATE)
EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)

Edge = int | float | datetime


@dataclass(frozen=True)
class Values:
    """The rows that have one of these values; None stands for a missing one."""

    values: tuple[Value | None, ...]


@dataclass(frozen=True)
class Others:
    """The rows that have a value which is not listed."""

    listed: tuple[Value, ...]
    count: int  # different values


@dataclass(frozen=True)
class Span:
    """The rows whose value lies in a range."""

    low: Edge
    high: Edge
    closed: bool  # `high` belongs to it

    @property
    def last(self) -> Edge:
        """The largest value in it."""
        return self.high if self.closed else before(self.high)


Group = Values | Others | Span
MISSING = Values((None,))


@dataclass(frozen=True)
class Bars:
    """The ranges of one column, and SQL that numbers a row's range from 0; NULL where its value is missing."""

    spans: tuple[Span, ...]
    expression: str
    counted: str = (
        ""  # SQL of a map whose values are the ranges' counts in order: quicker, where nothing else is grouped
    )


def condition_of(column: str, group: Group) -> Condition:
    """The condition that asks for a group's rows."""
    match group:
        case Values(values):
            return OneOf(column, values)
        case Others(listed):
            return Not(OneOf(column, (*listed, None)))
        case Span(low):
            return Between(column, low, group.last)


def before(edge: Edge) -> Edge:
    """The largest value below an edge, of its own type."""
    if isinstance(edge, datetime):
        return edge - MICROSECOND
    return edge - 1 if isinstance(edge, int) else math.nextafter(edge, -math.inf)


def limits(catalog: Catalog, name: str) -> tuple[Any, Any]:
    """The least and the largest value of a column in the whole collection; None where it has none."""
    quoted = quote(name)

    def make() -> tuple[Any, ...]:
        return catalog.select(f"SELECT min({quoted}), max({quoted}) FROM images")[0]

    low, high = catalog.remembered(f"limits of {name}", make)
    return low, high


def bars_of(catalog: Catalog, column: Column, bins: int, most_years: int | None = None) -> Bars:
    """A range column in equally wide ranges; years, and whole numbers of few different values, each alone.

    With `most_years`, years that span more than so many are put together too.
    """
    quoted = quote(column.name)
    low, high = limits(catalog, column.name)
    if low is None:
        return Bars((), "NULL::USMALLINT")
    if isinstance(low, datetime):
        bars = _whole_bars(f"epoch_us({quoted})", _since(low), _since(high), bins, single=False)
        spans = (Span(_moment(span.low), _moment(span.high), span.closed) for span in bars.spans)
        return replace(bars, spans=tuple(spans))
    if isinstance(low, int):
        years = column.kind is Kind.YEAR and (most_years is None or high - low < most_years)
        return _whole_bars(quoted, low, high, bins, single=years or high - low < 2 * bins)
    return _even_bars(quoted, low, high, bins)


def _whole_bars(value: str, low: int, high: int, bins: int, *, single: bool) -> Bars:
    """Ranges of whole numbers, computed without rounding; with `single` one for each number."""
    if single:
        return Bars(tuple(Span(one, one, True) for one in range(low, high + 1)), f"({value}::HUGEINT - {low})::BIGINT")
    count, span = max(1, min(bins, high - low)), max(1, high - low)
    edges = [low - (-k * span // count) for k in range(count)]
    return _searched(value, [*edges, high])


def _even_bars(value: str, low: float, high: float, bins: int) -> Bars:
    """Equally wide ranges of fractions; halves, because the range of all doubles is no double."""
    half = (high / 2 - low / 2) / bins
    edges = [low + k * half + k * half for k in range(bins)]
    if not all(below < above for below, above in pairwise([*edges, high])):
        edges = [low]  # too narrow for doubles to tell apart
    return _searched(f"{value}::DOUBLE", [*edges, high])


def _searched(value: str, edges: list[Any]) -> Bars:
    """Ranges between edges; DuckDB's histogram takes the largest value of each."""
    ends = [before(edge) for edge in edges[1:-1]] + [edges[-1]]
    bounds = ", ".join(_literal(end) for end in ends)
    return Bars(
        _spans(edges), _numbered(value, [_literal(edge) for edge in edges[:-1]]), f"histogram({value}, [{bounds}])"
    )


def _numbered(value: str, edges: Sequence[str]) -> str:
    """SQL that numbers the range a value is in, by halving: exact, and quicker than a division."""

    def search(first: int, last: int) -> str:
        if first == last:
            return f"{first}::USMALLINT"
        middle = (first + last + 1) // 2
        return f"CASE WHEN {value} < {edges[middle]} THEN {search(first, middle - 1)} ELSE {search(middle, last)} END"

    return f"CASE WHEN {value} IS NOT NULL THEN {search(0, len(edges) - 1)} END"


def _spans(edges: list[Any]) -> tuple[Span, ...]:
    last = len(edges) - 2
    return tuple(Span(low, high, place == last) for place, (low, high) in enumerate(pairwise(edges)))


def _literal(number: float) -> str:
    """A whole number or finite double letter for letter; DuckDB reads a fraction without exponent as a decimal."""
    text = repr(number)
    return f"({text if isinstance(number, int) or 'e' in text else text + 'e0'})"


def _since(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _moment(microseconds: Any) -> datetime:
    return EPOCH + timedelta(microseconds=int(microseconds))
