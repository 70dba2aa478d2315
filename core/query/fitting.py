"""A condition in its columns' own types, so that both engines compare exactly what was asked.

DuckDB compares a BIGINT with a fraction as DOUBLE, which loses digits beyond 2^53; Lance refuses a fraction or a
number that the column cannot hold. Here a bound on whole numbers becomes the whole number next to it, and one on
fractions the fraction next to it, which asks for the same rows.
"""

import math
from datetime import UTC, datetime
from typing import assert_never

from core.errors import QueryError
from core.query.area import check_area
from core.query.columns import TAGS, Column, Columns, Kind, find_column
from core.query.patternread import read_pattern
from core.query.recipe import (
    MOST_DEPTH,
    All,
    Between,
    Condition,
    Contains,
    HasTag,
    Matches,
    Not,
    OneOf,
    Some,
    StartsWith,
    Value,
    Within,
)

TEXT_KINDS = (Kind.CATEGORY, Kind.TEXT)
NUMBER_KINDS = (Kind.NUMBER, Kind.YEAR)
RANGE_KINDS = (*NUMBER_KINDS, Kind.DATE)
LARGEST = 2**63  # beyond this no number is stored


def fitted(condition: Condition, columns: Columns, depth: int = 0) -> Condition:
    """The same condition in the columns' types; what the collection cannot answer is a QueryError."""
    if depth > MOST_DEPTH:
        raise QueryError("The filter is nested too deeply.", f"At most {MOST_DEPTH} levels are read.")
    match condition:
        case All(items):
            return All(tuple(fitted(item, columns, depth + 1) for item in items))
        case Some(items):
            return Some(tuple(fitted(item, columns, depth + 1) for item in items))
        case Not(item):
            return Not(fitted(item, columns, depth + 1))
        case OneOf(name, values):
            column = find_column(columns, name)
            return OneOf(name, tuple(kept for value in values for kept in _equal(column, value)))
        case Between(name, low, high):
            return _range(find_column(columns, name), low, high)
        case Contains(name, text) | StartsWith(name, text):
            _check_sought(find_column(columns, name), text)
            return condition
        case Matches(name, pattern):
            _check_sought(find_column(columns, name), pattern)
            read_pattern(pattern)
            return condition
        case HasTag(tag):
            _check_text(TAGS, tag)
            return condition
        case Within(corners, key):
            check_area(corners, key, columns)
            return Within(tuple((x + 0.0, y + 0.0) for x, y in corners), key)  # a zero below zero is less to Lance
        case _:
            assert_never(condition)


def _equal(column: Column, value: Value | None) -> tuple[Value | None, ...]:
    """The stored value that equals this one; empty when none can."""
    if value is None:
        return (None,)
    _check_value(column, value)
    if isinstance(value, datetime):
        return (_utc(column.name, value),)
    if isinstance(value, bool | str):
        return (value,)
    if not column.bits:
        return (float(value),) if float(value) == value else ()
    least, most = _limits(column)
    return (int(value),) if value == math.floor(value) and least <= value <= most else ()


def _range(column: Column, low: Value | None, high: Value | None) -> Condition:
    name = column.name
    if column.kind not in RANGE_KINDS:
        raise QueryError(f"“{name}” is a {column.kind} column and has no range.", "", "Choose values instead.")
    for bound in (low, high):
        if bound is not None:
            _check_value(column, bound)
    if column.kind is Kind.DATE:
        return Between(name, *(_utc(name, item) if isinstance(item, datetime) else None for item in (low, high)))
    first, last = (item if isinstance(item, int | float) else None for item in (low, high))
    if not column.bits:
        return Between(name, _fraction(first, math.inf), _fraction(last, -math.inf))
    least, most = _limits(column)
    bottom, top = (least if first is None else math.ceil(first)), (most if last is None else math.floor(last))
    if bottom > most or top < least:
        return Some()
    return Between(name, bottom if bottom > least else None, top if top < most else None)


def _fraction(bound: int | float | None, inward: float) -> float | None:
    """The double nearest to a bound on its inner side."""
    if bound is None:
        return None
    near = float(bound)
    outside = near < bound if inward > 0 else near > bound
    return math.nextafter(near, inward) if outside else near


def _limits(column: Column) -> tuple[int, int]:
    return -(2 ** (column.bits - 1)), 2 ** (column.bits - 1) - 1


def _check_value(column: Column, value: Value) -> None:
    name, kind = column.name, column.kind
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        Kind.CATEGORY: isinstance(value, str),
        Kind.TEXT: isinstance(value, str),
        Kind.BOOLEAN: isinstance(value, bool),
        Kind.DATE: isinstance(value, datetime),
        Kind.NUMBER: number,
        Kind.YEAR: number,
    }[kind]
    if isinstance(value, str):
        _check_text(name, value)
    if not fits:
        raise QueryError(f"“{str(value)[:80]}” is not a value for the {kind} column “{name}”.")
    if isinstance(value, float) and not math.isfinite(value):
        raise QueryError(f"“{name}” cannot be compared with {value}.")
    if isinstance(value, int) and not -LARGEST <= value < LARGEST:
        raise QueryError(f"“{name}” cannot be compared with so large a number.")


def _check_sought(column: Column, text: str) -> None:
    if column.kind not in TEXT_KINDS:
        raise QueryError(f"“{column.name}” is a {column.kind} column and holds no text.", "", "Use a range or values.")
    _check_text(column.name, text)


def _check_text(name: str, text: str) -> None:
    if "\0" in text:
        raise QueryError(f"A value for “{name}” holds a NUL character.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QueryError(f"A value for “{name}” holds half a character.")


def _utc(name: str, moment: datetime) -> datetime:
    """As stored: UTC without a zone."""
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise QueryError(f"“{name}” cannot be compared with {moment}.") from None
