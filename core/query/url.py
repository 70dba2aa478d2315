"""A recipe as JSON and as URL parameters, both ways.

A condition is a list: ["gender", "in", ["Men"]], ["year", "between", 2013, null], ["name", "contains", "red"],
["name", "starts", "red"], ["name", "matches", "^red|blue$"], ["tag", "colour:red"], ["not", condition],
["and", condition, ...], ["or", condition, ...]; an area drawn on the map is ["within", [[0, 0], [2, 0], [1, 1.5]]] with
the map's key behind it. A date is {"date": "2012-05-01T00:00:00"}.

A similarity term is ["text", words, weight], ["like", id, weight] or ["image", digest, weight]; the last two may end
with the part of the picture that counts, [left, top, right, bottom] as fractions of its width and height.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar, assert_never

from core.errors import QueryError
from core.query.area import LISTED_HINT, check_corners
from core.query.recipe import (
    MOST_DEPTH,
    Accuracy,
    Alike,
    All,
    Between,
    Box,
    Condition,
    Contains,
    HasTag,
    ImageId,
    Matches,
    Not,
    OneOf,
    Order,
    Recipe,
    Some,
    StartsWith,
    Term,
    Upload,
    Value,
    Within,
    Words,
)

MOST_LIMIT = 10_000
MOST_WEIGHT = 1e6
MOST_TERMS = 32
MOST_CHARACTERS = 60_000
MOST_BITS = 64
E = TypeVar("E", bound=StrEnum)
HINT = "Build the filter on Explore and take it from the link there."
TERM_NAMES: Mapping[str, type[Words] | type[ImageId] | type[Upload]] = {
    "text": Words,
    "like": ImageId,
    "image": Upload,
}


def to_parameters(recipe: Recipe) -> dict[str, str]:
    """URL parameters; what has its default is left out."""
    values: dict[str, str] = {}
    if recipe.where.conditions:
        values["where"] = _dump([_condition_out(item) for item in recipe.where.conditions])
    if len(recipe.terms) == 1 and (only := _term_out(recipe.terms[0]))[2:] == [1.0]:
        values[str(only[0])] = str(only[1])
    elif recipe.terms:
        values["terms"] = _dump([_term_out(term) for term in recipe.terms])
    if recipe.threshold is not None:
        values["min"] = repr(recipe.threshold)
    if recipe.accuracy is not Accuracy.AUTO:
        values["accuracy"] = recipe.accuracy.value
    if recipe.alike is not Alike.MEANING:
        values["alike"] = recipe.alike.value
    if recipe.bits is not None:
        values["bits"] = str(recipe.bits)
    if recipe.order is not None:
        values["sort"] = ("-" if recipe.order.descending else "+") + recipe.order.column
    if recipe.limit != _default("limit"):
        values["n"] = str(recipe.limit)
    if recipe.sample:
        values["sample"] = "1"
    if recipe.seed != _default("seed"):
        values["seed"] = str(recipe.seed)
    return values


def from_parameters(values: Mapping[str, str]) -> Recipe:
    """Read URL parameters; anything that cannot be read is a QueryError, never a guess."""
    if sum(map(len, values.values())) > MOST_CHARACTERS:
        raise QueryError("The link is too long.", f"At most {MOST_CHARACTERS:,} characters are read.")
    if not all(map(_is_text, values.values())):
        raise QueryError("The link holds half a character.", "", HINT)
    where = All(tuple(_condition_in(item, 1) for item in _load_list(values["where"]))) if "where" in values else All()
    terms = tuple(_term_in(item) for item in _load_list(values["terms"])) if "terms" in values else ()
    terms += tuple(kind(values[name]) for name, kind in TERM_NAMES.items() if values.get(name))
    check_terms(len(terms))
    alike = _choice(Alike, "kind of likeness", values.get("alike") or Alike.MEANING.value)
    if values.get("bits") and alike is Alike.MEANING:
        hint = f"Say alike={Alike.PHASH.value} or another hash."
        raise QueryError("Bits are counted where a hash is compared.", "What images show has none.", hint)
    return Recipe(
        where=where,
        terms=terms,
        threshold=_number(values, "min", -1.0, 1.0),
        accuracy=_choice(Accuracy, "accuracy", values.get("accuracy") or Accuracy.AUTO.value),
        alike=alike,
        bits=_whole(values, "bits", 0, 0, MOST_BITS) if values.get("bits") else None,
        order=_order_in(values.get("sort", "")),
        limit=_whole(values, "n", int(_default("limit")), 1, MOST_LIMIT),
        sample=_whole(values, "sample", 0, 0, 1) == 1,
        seed=_whole(values, "seed", int(_default("seed")), 0, 2**31 - 1),
    )


def check_terms(count: int) -> None:
    """Refuse more terms than a search goes by."""
    if count > MOST_TERMS:
        raise QueryError("There are too many terms.", f"A search goes by at most {MOST_TERMS}.", "Leave some out.")


def to_json(recipe: Recipe) -> str:
    """The recipe as one JSON object of text values, the same words as the URL's."""
    return json.dumps(to_parameters(recipe), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Recipe:
    """The recipe of `to_json`."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError("The recipe is not JSON.", str(error)[:200]) from None
    if not isinstance(values, dict) or not all(isinstance(item, str) for item in values.values()):
        raise QueryError("A recipe is a JSON object of text values.")
    return from_parameters(values)


def _default(name: str) -> Any:
    return next(item.default for item in fields(Recipe) if item.name == name)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _load_list(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError("The link's filter cannot be read.", str(error)[:200], HINT) from None
    if not isinstance(value, list):
        raise QueryError("The link's filter cannot be read.", "It is not a list.", HINT)
    if not _is_text(_dump(value)):
        raise QueryError("The link's filter cannot be read.", "It holds half a character.", HINT)
    return value


def _is_text(text: str) -> bool:
    """Whether every character is whole; half of a pair cannot be stored, compared or shown."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _condition_out(condition: Condition) -> list[Any]:
    match condition:
        case OneOf(name, values):
            return [name, "in", [_value_out(value) for value in values]]
        case Between(name, low, high):
            return [name, "between", _value_out(low), _value_out(high)]
        case Contains(name, text):
            return [name, "contains", text]
        case StartsWith(name, text):
            return [name, "starts", text]
        case Matches(name, pattern):
            return [name, "matches", pattern]
        case HasTag(tag):
            return ["tag", tag]
        case Within(corners, key):
            return ["within", [list(corner) for corner in corners], *([key] if key else [])]
        case Not(item):
            return ["not", _condition_out(item)]
        case All(items):
            return ["and", *map(_condition_out, items)]
        case Some(items):
            return ["or", *map(_condition_out, items)]
        case _:
            assert_never(condition)


def _condition_in(data: Any, depth: int = 0) -> Condition:
    if depth > MOST_DEPTH:
        raise QueryError("The filter is nested too deeply.", f"At most {MOST_DEPTH} levels are read.")
    match data:
        case [str(name), "in", list(values)]:
            return OneOf(name, tuple(_value_in(value) for value in values))
        case [str(name), "between", low, high]:
            return Between(name, _bound_in(low), _bound_in(high))
        case [str(name), "contains", str(text)]:
            return Contains(name, text)
        case [str(name), "starts", str(text)]:
            return StartsWith(name, text)
        case [str(name), "matches", str(text)]:
            return Matches(name, text)
        case ["tag", str(tag)]:
            return HasTag(tag)
        case ["within", list(corners), *map] if len(map) < 2 and all(isinstance(key, str) for key in map):
            return Within(_corners_in(corners), *map)
        case ["not", list(item)]:
            return Not(_condition_in(item, depth + 1))
        case ["and", *items]:
            return All(tuple(_condition_in(item, depth + 1) for item in items))
        case ["or", *items]:
            return Some(tuple(_condition_in(item, depth + 1) for item in items))
    raise QueryError("A condition of the filter cannot be read.", _dump(data)[:200], HINT)


def _corners_in(data: list[Any]) -> tuple[tuple[float, float], ...]:
    for place, item in enumerate(data, 1):
        if not (isinstance(item, list) and len(item) == 2 and all(type(edge) in (int, float) for edge in item)):
            told = f"its corner {place} is {_dump(item)[:80]}, and a corner is a list of two numbers"
            raise QueryError(f"An area cannot be read: {told}.", "", LISTED_HINT)
    corners = tuple((_number_of(x), _number_of(y)) for x, y in data)
    check_corners(corners, LISTED_HINT)
    return corners


def _number_of(edge: int | float) -> float:
    try:
        return float(edge)
    except OverflowError:
        return math.inf


def _value_out(value: Value | None) -> Any:
    return {"date": value.isoformat()} if isinstance(value, datetime) else value


def _value_in(data: Any) -> Value | None:
    if data is None or isinstance(data, str | int) or (isinstance(data, float) and math.isfinite(data)):
        return data
    match data:
        case {"date": str(text)}:
            try:
                moment = datetime.fromisoformat(text)
                return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
            except (ValueError, OverflowError):
                pass
    raise QueryError("A value of the filter cannot be read.", _dump(data)[:200])


def _bound_in(data: Any) -> int | float | datetime | None:
    value = _value_in(data)
    if isinstance(value, str | bool):
        raise QueryError("A range needs numbers or dates.", _dump(data)[:200])
    return value


def _term_out(term: Term) -> list[Any]:
    name = next(name for name, kind in TERM_NAMES.items() if isinstance(term, kind))
    subject = term.text if isinstance(term, Words) else term.id if isinstance(term, ImageId) else term.digest
    box = None if isinstance(term, Words) else term.box
    return [name, subject, term.weight, *([] if box is None else [[box.left, box.top, box.right, box.bottom]])]


def _term_in(data: Any) -> Term:
    match data:
        case ["text", str(text), weight] if text and _is_weight(weight):
            return Words(text, float(weight))
        case [("like" | "image") as name, str(subject), weight, *box] if (
            subject and _is_weight(weight) and len(box) < 2
        ):
            kind = ImageId if name == "like" else Upload
            return kind(subject, float(weight), _box_in(box[0]) if box else None)
    raise QueryError("A similarity term cannot be read.", _dump(data)[:200])


def _is_weight(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= MOST_WEIGHT  # not what is no number either


def _box_in(data: Any) -> Box:
    if isinstance(data, list) and len(data) == 4 and all(type(edge) in (int, float) for edge in data):
        left, top, right, bottom = map(float, data)
        if 0 <= left < right <= 1 and 0 <= top < bottom <= 1:
            return Box(left, top, right, bottom)
    raise QueryError(
        "A part of a picture cannot be read.",
        _dump(data)[:200],
        "Write [left, top, right, bottom] as fractions of its width and height, such as [0, 0, 0.5, 1].",
    )


def _choice(kind: type[E], what: str, text: str) -> E:
    try:
        return kind(text)
    except ValueError:
        listed = ", ".join(kind)
        raise QueryError(f"The {what} cannot be read.", f"It is “{text[:40]}”.", f"Write one of {listed}.") from None


def _order_in(text: str) -> Order | None:
    if not text:
        return None
    if len(text) < 2 or text[0] not in "+- ":
        raise QueryError("The link's order cannot be read.", f"It is “{text[:40]}”.", "Write +COLUMN or -COLUMN.")
    return Order(text[1:], text[0] == "-")


def _number(values: Mapping[str, str], name: str, low: float, high: float) -> float | None:
    if not values.get(name):
        return None
    try:
        number = float(values[name])
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        raise QueryError(f"“{name}” must be a number from {low:g} to {high:g}.", f"It is “{values[name][:40]}”.")
    return number


def _whole(values: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    if not values.get(name):
        return default
    try:
        number = int(values[name])
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise QueryError(f"“{name}” must be a whole number from {low:,} to {high:,}.", f"It is “{values[name][:40]}”.")
    return number
