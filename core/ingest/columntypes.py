"""The type of a whole column, told from its text.

A column gets a type only when every value that is there fits it and none would change: "007" stays text, and so does
a number too long for its type. Only the empty string is missing; "NA", "null" and "None" are text.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

SAMPLE_ROWS = 200  # a column whose first values do not fit a type is not tried in full
EXACT_FLOAT = 2**53  # whole numbers beyond this lose digits as Float64

INTEGER = r"^(?:0|-?[1-9][0-9]{0,18})$"
NUMBER = r"^-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
MOMENT = DATE + r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
TRUE_WORDS = ("true", "yes")
FALSE_WORDS = ("false", "no")


def typed(texts: pl.Series) -> pl.Series:
    """The column as Int64, Float64, Boolean, Datetime("us", UTC without zone) or String; "" becomes missing."""
    values = present(texts)
    if values.null_count() == len(values):
        return values
    trimmed = values.str.strip_chars(" \t")
    sample = trimmed.drop_nulls().head(SAMPLE_ROWS)
    for attempt in (_integers, _numbers, _booleans, _moments):
        if attempt(sample) is not None and (found := attempt(trimmed)) is not None:
            return found
    return values


def typed_as(texts: pl.Series, kind: str) -> pl.Series | None:
    """The column as the Arrow type `kind`, one of READERS; None when a value does not fit it."""
    trimmed = texts.str.strip_chars(" \t")
    return READERS[kind](trimmed)


def present(texts: pl.Series) -> pl.Series:
    """The same column with missing instead of the empty string."""
    return pl.select(pl.when(texts != "").then(texts).alias(texts.name)).to_series()


def _complete(before: pl.Series, convert: Callable[[], pl.Series]) -> pl.Series | None:
    """The converted column, or None when a value that was there is lost or the conversion is refused."""
    try:
        after = convert()
    except pl.exceptions.PolarsError:
        return None
    return after if after.null_count() == before.null_count() else None


def _integers(texts: pl.Series) -> pl.Series | None:
    if not texts.str.contains(INTEGER).all():
        return None
    return _complete(texts, lambda: texts.cast(pl.Int64, strict=False))


def _numbers(texts: pl.Series) -> pl.Series | None:
    if not texts.str.contains(NUMBER).all():
        return None
    numbers = _complete(texts, lambda: texts.cast(pl.Float64, strict=False))
    if numbers is None or not numbers.is_finite().all():
        return None
    whole = numbers.filter(texts.str.contains(r"^-?[0-9]+$"))
    return numbers if (whole.abs() <= EXACT_FLOAT).all() else None


def _booleans(texts: pl.Series) -> pl.Series | None:
    words = texts.str.to_lowercase()
    if not words.is_in(TRUE_WORDS + FALSE_WORDS).all():
        return None
    return words.is_in(TRUE_WORDS)


def _moments(texts: pl.Series) -> pl.Series | None:
    if not texts.str.contains(MOMENT).all():
        return None
    spelled = texts.str.replace(" ", "T", literal=True).str.replace("Z$", "+00:00")
    spelled = spelled.str.replace("(T[0-9:.]+[+-][0-9]{2})([0-9]{2})$", "${1}:${2}")
    spelled = spelled.str.replace(DATE + "$", "${0}T00:00").str.replace("T([0-9]{2}:[0-9]{2})($|[+-])", "T${1}:00${2}")
    zoned = spelled.str.replace("([+-][0-9]{2}:[0-9]{2})$", "").str.len_bytes() < spelled.str.len_bytes()
    spelled = pl.select(pl.when(zoned).then(spelled).otherwise(spelled + "+00:00").alias(texts.name)).to_series()

    def convert() -> pl.Series:
        moments = spelled.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)
        return moments.dt.replace_time_zone(None)

    return _complete(texts, convert)


def _floats(texts: pl.Series) -> pl.Series | None:
    return _complete(texts, lambda: texts.cast(pl.Float64, strict=False))


READERS: Mapping[str, Callable[[pl.Series], pl.Series | None]] = MappingProxyType(
    {"int64": _integers, "double": _floats, "bool": _booleans, "timestamp[us]": _moments}
)
