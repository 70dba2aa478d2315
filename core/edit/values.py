"""A value that a person gave for a column, as the column stores it."""

import math
import re
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from core.errors import InputError

MOST_TEXT = 100_000  # characters
MOST_SHOWN = 80
WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
WORDS = {"yes": True, "true": True, "no": False, "false": False}


def typed_value(field: pa.Field, label: str, value: Any) -> Any:
    """The value in the column's own type, or an InputError that says what is expected; texts are read."""
    if pa.types.is_boolean(field.type):
        return _boolean(label, value)
    if pa.types.is_temporal(field.type):
        return _moment(label, value)
    if pa.types.is_integer(field.type):
        return _whole(label, value, field.type.bit_width)
    if pa.types.is_floating(field.type):
        return _number(label, value)
    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        return _text(label, value)
    raise InputError(f"“{label}” cannot be edited.", "Its values are neither text nor numbers, dates, or yes and no.")


def _boolean(label: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in WORDS:
        return WORDS[value.strip().lower()]
    raise _unfit(label, value, "yes or no")


def _moment(label: str, value: Any) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise _unfit(label, value, "a date such as 2012-05-01, or 2012-05-01T14:30") from None
    if not isinstance(value, datetime):
        raise _unfit(label, value, "a date such as 2012-05-01, or 2012-05-01T14:30")
    try:
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    except OverflowError:
        raise _unfit(label, value, "a date of the years 1 to 9999") from None


def _whole(label: str, value: Any, bits: int) -> int:
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _unfit(label, value, "a whole number")
    most = 2 ** (bits - 1)
    if not -most <= value < most:
        raise _unfit(label, value, f"a whole number from {-most} to {most - 1}")
    return value


def _number(label: str, value: Any) -> float:
    if isinstance(value, str):
        try:
            value = int(value) if WHOLE.fullmatch(value.strip()) else float(value)
        except ValueError:
            raise _unfit(label, value, "a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unfit(label, value, "a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _unfit(label, value, "a finite number")
    if isinstance(value, int) and int(number) != value:
        raise _unfit(label, value, "a number of at most 15 digits")
    return number


def _text(label: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _unfit(label, value, "text")
    if not value:
        raise InputError(f"“{label}” cannot be set to an empty text.", "That is no value.", "Clear the column instead.")
    if len(value) > MOST_TEXT:
        raise InputError(f"The text for “{label}” is too long.", f"At most {MOST_TEXT:,} characters are kept.")
    if "\0" in value or not is_whole(value):
        raise InputError(f"The text for “{label}” cannot be stored.", "It holds half a character or a zero.")
    return value


def is_whole(text: str) -> bool:
    """Whether no half of a surrogate pair is in it, which could not be stored."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _unfit(label: str, value: Any, expected: str) -> InputError:
    shown = str(value) if is_whole(str(value)) else "that"
    shown = shown if len(shown) <= MOST_SHOWN else f"{shown[:MOST_SHOWN]}…"
    return InputError(f"“{label}” cannot be set to “{shown}”.", f"Expected is {expected}.", "Give another value.")
