"""A recipe's filter as the short text that `parse_where` reads as the same filter, in normal form."""

from typing import assert_never

from core.query.area import AREA, area_text
from core.query.columns import Columns
from core.query.normal import as_all, normalised
from core.query.recipe import (
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
from core.query.textparts import MISSING, RANGE, TAG, as_name, as_value, as_word, quoted
from core.query.textvalues import Bound, after, before, high_text, low_text, span_text, value_text

NOTHING = "-()"  # no row; () alone is every row


def write_where(where: All, columns: Columns) -> str:
    """The filter's text, "" for every row; what the collection cannot answer is a QueryError."""
    plain = normalised(where, columns)
    if len(plain.conditions) == 1 and isinstance(plain.conditions[0], Some):
        return _either(plain.conditions[0])
    return _both(plain)


def _either(condition: Some) -> str:
    parts = [_both(as_all(item)) for item in condition.conditions]
    return " OR ".join(parts) if parts else NOTHING


def _both(condition: All) -> str:
    """Terms side by side; the first range of a column may be two of them, as these are read as one range again."""
    ranged: set[str] = set()
    parts: list[str] = []
    for item in condition.conditions:
        if isinstance(item, Between) and item.column not in ranged:
            ranged.add(item.column)
            parts += _range(item)
        else:
            parts.append(_term(item))
    return " ".join(parts)


def _term(condition: Condition) -> str:
    """One term, in parentheses where it would otherwise be several."""
    match condition:
        case OneOf(name, values):
            return f"{as_name(name)}={','.join(map(_value, values))}"
        case Between():
            parts = _range(condition)
            return parts[0] if len(parts) == 1 else f"({' '.join(parts)})"
        case Contains(name, text):
            return f"{as_name(name)}~{as_word(text)}"
        case StartsWith(name, text):
            return f"{as_name(name)}^={as_word(text)}"
        case Matches(name, pattern):
            return f"{as_name(name)}=~{as_word(pattern)}"
        case HasTag(tag):
            return TAG + as_value(tag)
        case Within(corners, key):
            return AREA + quoted(area_text(corners, key))
        case Not(item):
            return f"-{_term(item)}"
        case All():
            return f"({_both(condition)})"
        case Some(items):
            return f"({_either(condition)})" if items else NOTHING
        case _:
            assert_never(condition)


def _value(value: Value | None) -> str:
    if value is None:
        return MISSING
    return as_value(value) if isinstance(value, str) else value_text(value)


def _range(condition: Between) -> list[str]:
    """The shortest of: one term with both bounds, or a term for each."""
    name, low, high = as_name(condition.column), condition.low, condition.high
    if low is None and high is None:
        return [f"{name}={RANGE}"]
    terms = [name + _low(low)] if low is not None else []
    terms += [name + _high(high)] if high is not None else []
    if low is None or high is None:
        return terms
    one = f"{name}={span_text(low, high) or low_text(low) + RANGE + high_text(high)}"
    return terms if len(" ".join(terms)) < len(one) else [one]


def _low(bound: Bound) -> str:
    """The sign and value of a lower bound."""
    outside = before(bound)
    texts = [f">={low_text(bound)}", *([f">{high_text(outside)}"] if outside is not None else [])]
    return min(texts, key=len)


def _high(bound: Bound) -> str:
    """The sign and value of an upper bound."""
    outside = after(bound)
    texts = [f"<={high_text(bound)}", *([f"<{low_text(outside)}"] if outside is not None else [])]
    return min(texts, key=len)
