"""One value of a filter's text in its column's own type, and back.

A text may stand for more than one value: 2026-01-01 is a whole day, 2026-01 a month, 2026 a year. So each is read as a
span, its first and last value, and every comparison follows from that: > means after the last, >= from the first on.
"""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TypeAlias

from core.errors import QueryError
from core.query.columns import Column, Kind
from core.query.fitting import LARGEST, RANGE_KINDS
from core.query.recipe import Between, Condition, OneOf, Some
from core.query.textparts import MISSING, RANGE, as_name, shown

Bound: TypeAlias = int | float | datetime
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
DATE = re.compile(r"([0-9]{4})(-[0-9]{2})?(-[0-9]{2})?")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
TICK = timedelta(microseconds=1)
DATE_WIDTHS = (4, 7, 10)  # characters of a year, a month, a day


def span(column: Column, text: str) -> tuple[Bound, Bound]:
    """The first and last value a text stands for; a fraction among whole numbers has its first above its last."""
    if column.kind is not Kind.DATE:
        return number_span(column, text)
    found = date_span(text)
    if found is None:
        raise QueryError(f"“{shown(text)}” is not a date.", "", f"“{shown(column.name)}” holds dates. {_ask(column)}")
    return found


def number_span(column: Column, text: str) -> tuple[int | float, int | float]:
    """A number, twice; for a fraction among whole numbers, the ones above and below."""
    whole = "whole numbers" if column.bits else "numbers"
    if not NUMBER.fullmatch(text):
        raise QueryError(
            f"“{shown(text)}” is not a number.", "", f"“{shown(column.name)}” holds {whole}. {_ask(column)}"
        )
    if not column.bits:
        if math.isinf(float(text)):
            raise QueryError(f"“{shown(text)}” is too large a number.", "", _ask(column))
        return float(text), float(text)
    exact = Decimal(text)
    if not -LARGEST <= exact < LARGEST:
        raise QueryError(f"“{shown(text)}” is too large a number.", "", _ask(column))
    return int(exact.to_integral_value(ROUND_CEILING)), int(exact.to_integral_value(ROUND_FLOOR))


def date_span(text: str) -> tuple[datetime, datetime] | None:
    """A moment, twice, or the first and last microsecond of a day, month or year; UTC without a zone."""
    try:
        if date := DATE.fullmatch(text):
            year, month, day = (int(part.lstrip("-")) if part else None for part in date.groups())
            assert year is not None
            first, last_month = datetime(year, month or 1, day or 1), month or 12
            last = datetime(year, last_month, day or _days(year, last_month), 23, 59, 59, 999999)
            return first, last
        if MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
            return moment, moment
    except (ValueError, OverflowError):
        pass
    return None


def _days(year: int, month: int) -> int:
    return 31 if month == 12 else (datetime(year, month + 1, 1) - TICK).day


def _ask(column: Column) -> str:
    name = as_name(column.name)
    if column.kind is Kind.DATE:
        return f"Write a day, {name}=2026-01-31, or a moment, {name}>=2026-01-31T12:30."
    low, high = (2010, 2012) if column.kind is Kind.YEAR else (10, 12)
    return f"Write one such as {name}={high}, or a range such as {name}={low}..{high}."


def equal(column: Column, text: str, *, quoted: bool = False) -> OneOf | Between:
    """The column has the value a text stands for; bare, it may be ? or a range."""
    name = column.name
    if text == MISSING and not quoted:
        return OneOf(name, (None,))
    if column.kind is Kind.BOOLEAN:
        return OneOf(name, (_boolean(column, text),))
    if column.kind not in RANGE_KINDS:
        return OneOf(name, (text,))
    if RANGE in text and not quoted:
        return _range(column, text)
    first, last = span(column, text)
    if backwards(first, last):
        raise QueryError(f"“{shown(name)}” holds whole numbers, so none is {shown(text)}.", "", _ask(column))
    return OneOf(name, (first,)) if first == last else Between(name, first, last)


def one_of_several(conditions: Sequence[OneOf | Between]) -> Condition:
    """Any of several values and ranges of one column, the values first."""
    values = [value for item in conditions if isinstance(item, OneOf) for value in item.values]
    ranges = [item for item in conditions if isinstance(item, Between)]
    return Some((*([OneOf(conditions[0].column, tuple(values))] if values else []), *ranges))


def _boolean(column: Column, text: str) -> bool:
    if text.casefold() in BOOLEANS:
        return BOOLEANS[text.casefold()]
    name = as_name(column.name)
    raise QueryError(f"“{shown(text)}” is neither true nor false.", "", f"Write {name}=true or {name}=false.")


def _range(column: Column, text: str) -> Between:
    start, _, end = text.partition(RANGE)
    first = span(column, start) if start else (None, None)
    last = span(column, end) if end else (None, None)
    if backwards(first[0], last[1]) and backwards(first[1], last[0]):  # not so for 1.2..1.8 among whole numbers
        raise QueryError(f"The range {shown(text)} ends before it begins.", "", "The smaller bound comes first.")
    return Between(column.name, first[0], last[1])


def compared(column: Column, sign: str, text: str) -> Condition:
    """The column's value is >, >=, < or <= a text's; strict bounds become the nearest value beyond."""
    first, last = span(column, text)
    bound = {">": after(last), ">=": first, "<": before(first), "<=": last}[sign]
    if bound is None:
        return Some()
    return Between(column.name, low=bound) if sign in (">", ">=") else Between(column.name, high=bound)


def after(bound: Bound) -> Bound | None:
    """The next value of the bound's type; None after the largest."""
    if isinstance(bound, datetime):
        return bound + TICK if bound < datetime.max else None
    if isinstance(bound, int):
        return bound + 1 if bound + 1 < LARGEST else None
    return math.nextafter(bound, math.inf) if math.isfinite(math.nextafter(bound, math.inf)) else None


def before(bound: Bound) -> Bound | None:
    """The value of the bound's type in front of it; None before the least."""
    if isinstance(bound, datetime):
        return bound - TICK if bound > datetime.min else None
    if isinstance(bound, int):
        return bound - 1 if bound > -LARGEST else None
    return math.nextafter(bound, -math.inf) if math.isfinite(math.nextafter(bound, -math.inf)) else None


def backwards(low: Bound | None, high: Bound | None) -> bool:
    """Whether nothing lies between two bounds of one type; None is open."""
    if isinstance(low, datetime) or isinstance(high, datetime):
        return isinstance(low, datetime) and isinstance(high, datetime) and low > high
    return low is not None and high is not None and low > high


def value_text(value: Bound | bool) -> str:
    """A number, moment or boolean as it is written in a filter, which `span` reads as exactly that."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.microsecond:
            return value.isoformat().rstrip("0")
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    return str(value) if isinstance(value, int) else repr(value).removesuffix(".0").replace("e+", "e")


def low_text(value: Bound) -> str:
    """The shortest text whose span begins with a value."""
    return next((text for text, (first, _) in _spans(value) if first == value), value_text(value))


def high_text(value: Bound) -> str:
    """The shortest text whose span ends with a value."""
    return next((text for text, (_, last) in _spans(value) if last == value), value_text(value))


def span_text(low: Bound, high: Bound) -> str | None:
    """The shortest text of a year, month or day from one moment to another; None when there is none."""
    return next((text for text, found in _spans(low) if found == (low, high)), None)


def _spans(value: Bound) -> list[tuple[str, tuple[datetime, datetime]]]:
    """The year, month and day a moment lies in."""
    if not isinstance(value, datetime):
        return []
    texts = [value.isoformat()[:width] for width in DATE_WIDTHS]
    return [(text, found) for text in texts if (found := date_span(text)) is not None]
