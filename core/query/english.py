"""A recipe as one English sentence, the line above every result."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, assert_never

from core.query.columns import Columns, Kind
from core.query.recipe import (
    Alike,
    All,
    Between,
    Condition,
    Contains,
    HasTag,
    ImageId,
    Matches,
    Not,
    OneOf,
    Recipe,
    Some,
    StartsWith,
    Term,
    Upload,
    Value,
    Within,
    Words,
)

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\s]+")
MOST_VALUES = 4
MOST_CHARACTERS = 80  # of one value
Sought: TypeAlias = Contains | StartsWith | Matches | HasTag
FOUND: Mapping[type[Sought], str] = {
    Contains: "contains",
    StartsWith: "begins with",
    Matches: "matches",
    HasTag: "include",
}
NOT_FOUND: Mapping[type[Sought], str] = {
    Contains: "does not contain",
    StartsWith: "does not begin with",
    Matches: "does not match",
    HasTag: "do not include",
}


def sentence(recipe: Recipe, columns: Columns) -> str:
    """What the recipe asks for, such as “Images whose year is 2013 or later, most like “red shoe””."""
    if _settled(recipe.where) is False:
        return "No images"
    conditions = [condition_words(item, columns) for item in recipe.where.conditions if _settled(item) is None]
    what = "Images" if conditions else "All images"
    if recipe.sample and not recipe.terms:
        what = f"{recipe.limit:,} random image{'s' if recipe.limit != 1 else ''}"
    if conditions:
        what += f" whose {_listed(conditions, 'and')}"
    if recipe.terms:
        wanted = [_term(term) for term in recipe.terms if term.weight >= 0]
        unwanted = [_term(replace(term, weight=-term.weight)) for term in recipe.terms if term.weight < 0]
        what += f", most like {_listed(wanted, 'and')}" if wanted else ""
        what += f", unlike {_listed(unwanted, 'and')}" if unwanted else ""
        what += _hashed(recipe)
        if recipe.threshold is not None:
            what += f", similarity at least {recipe.threshold:.2f}"
    elif recipe.order is not None and not recipe.sample:
        direction = "from high to low" if recipe.order.descending else "from low to high"
        what += f", by {spoken(_label(recipe.order.column, columns))} {direction}"
    return what


HASHES = {
    Alike.PHASH: "by perceptual hash",
    Alike.DHASH: "by difference hash",
    Alike.PHASH_FIRST: "among those whose perceptual hash is near",
    Alike.DHASH_FIRST: "among those whose difference hash is near",
}


def _hashed(recipe: Recipe) -> str:
    """How a hash has its part in what is alike; nothing where meaning alone counts."""
    if recipe.alike is Alike.MEANING:
        return ""
    bits = "" if recipe.bits is None else f" (at most {recipe.bits} of 64 bits differ)"
    return f", {HASHES[recipe.alike]}{bits}"


def spoken(label: str) -> str:
    """A column's label as words: masterCategory becomes “master category”."""
    words = " ".join(part for part in CAMEL.split(label) if part)
    return (words if words.isupper() else words.lower()) or label


def condition_words(condition: Condition, columns: Columns) -> str:
    """One condition as words without a leading subject."""
    settled = _settled(condition)
    if settled is not None:
        return "anything" if settled else "nothing"
    match condition:
        case OneOf(name, values):
            return f"{spoken(_label(name, columns))} is {_listed([_value(value) for value in _short(values)], 'or')}"
        case Between(name, low, high):
            return f"{spoken(_label(name, columns))} is {_range(low, high, _in_time(name, columns))}"
        case Contains() | StartsWith() | Matches() | HasTag():
            return _found(condition, columns, FOUND)
        case Within():
            return "place on the map is inside the drawn area"
        case Not(Within()):
            return "place on the map is not inside the drawn area"
        case Not(Contains() | StartsWith() | Matches() | HasTag() as item):
            return _found(item, columns, NOT_FOUND)
        case Not(OneOf(name, (None,))):
            return f"{spoken(_label(name, columns))} is known"
        case Not(OneOf(name, values)):
            return f"{spoken(_label(name, columns))} is not {_listed([_value(v) for v in _short(values)], 'or')}"
        case Not(item):
            return f"not ({condition_words(item, columns)})"
        case All(items):
            return _grouped(items, columns, "and")
        case Some(items):
            return _grouped(items, columns, "or")
        case _:
            assert_never(condition)


def _found(condition: Sought, columns: Columns, words: Mapping[type[Sought], str]) -> str:
    said = words[type(condition)]
    match condition:
        case HasTag(tag):
            return f"tags {said} “{_inert(tag)}”"
        case Contains(name, text) | StartsWith(name, text) | Matches(name, text):
            return f"{spoken(_label(name, columns))} {said} “{_inert(text)}”"
        case _:
            assert_never(condition)


def _grouped(items: tuple[Condition, ...], columns: Columns, word: str) -> str:
    parts = [condition_words(item, columns) for item in items if _settled(item) is None]
    return parts[0] if len(parts) == 1 else f"({_listed(parts, word)})"


def _settled(condition: Condition) -> bool | None:
    """Whether it holds for every row or, False, for none, as its groups alone tell; None where the rows decide."""
    match condition:
        case OneOf(_, ()):
            return False
        case Not(item):
            inner = _settled(item)
            return None if inner is None else not inner
        case All(items) | Some(items):
            found = [_settled(item) for item in items]
            if (isinstance(condition, Some)) in found:
                return isinstance(condition, Some)
            return None if None in found else isinstance(condition, All)
    return None


def _short(values: tuple[Value | None, ...]) -> tuple[Value | None, ...]:
    if len(values) <= MOST_VALUES:
        return values
    return (*values[: MOST_VALUES - 1], f"one of {len(values) - MOST_VALUES + 1} others")


def _term(term: Term) -> str:
    match term:
        case Words(text, weight):
            words = f"“{_inert(text)}”"
        case ImageId(id, weight, box):
            words = f"{'' if box is None else 'part of '}image {_inert(id)}"
        case Upload(_, weight, box):
            words = f"{'' if box is None else 'part of '}the given picture"
        case _:
            assert_never(term)
    return words if weight == 1.0 else f"{weight:g} × {words}"


def _label(name: str, columns: Columns) -> str:
    return columns[name].label if name in columns else name


def _value(value: Value | None) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        whole_day = value.time() in (datetime.min.time(), datetime.max.time())  # from its beginning, or to its end
        return value.date().isoformat() if whole_day else value.isoformat(" ", "seconds")
    if isinstance(value, str):
        return _inert(value) or "“”"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _inert(text: str) -> str:
    """A person's text on one line and of bearable length."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"


def _range(low: Value | None, high: Value | None, in_time: bool) -> str:
    if low is not None and high is not None:
        return _value(low) if low == high else f"{_value(low)} to {_value(high)}"
    if low is not None:
        return f"{_value(low)} or later" if in_time else f"at least {_value(low)}"
    if high is not None:
        return f"{_value(high)} or earlier" if in_time else f"at most {_value(high)}"
    return "known"


def _in_time(name: str, columns: Columns) -> bool:
    return name in columns and columns[name].kind in (Kind.YEAR, Kind.DATE)


def _listed(parts: list[str], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
