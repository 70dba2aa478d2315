"""What a model is called, what it is told and what it gives; and values checked against that."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import InputError, NotFoundError, near_names

MOST_TEXTS = 1_000  # in one list
LONGEST_TEXT = 200  # characters
NO_TEXT = frozenset(("Cc", "Cs", "Cn"))  # categories of control characters, half characters, and none at all


@dataclass(frozen=True)
class Parameter:
    """One thing that a model may be told."""

    name: str
    kind: str  # "texts", "yes-no" or "number"
    about: str  # one sentence
    default: Any = None  # None where it has to be given
    least: float = 0.0  # of a number, or of how many texts
    most: float = 1.0


@dataclass(frozen=True)
class Output:
    """One value that a model gives for each picture."""

    name: str
    kind: str  # "text", "texts", "number" or "numbers by text"
    about: str  # one sentence


@dataclass(frozen=True)
class ModelFact:
    """One model, as a list shows it."""

    name: str
    title: str
    about: str  # what it tells and what from, a sentence or two
    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    needs_encoder: bool = False  # the collection's
    tag_prefix: str = ""  # of the tags it writes where no other is asked for


def check_parameters(fact: ModelFact, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter of a model with its value, given or default; whatever does not fit is an InputError."""
    known = {item.name: item for item in fact.parameters}
    for name in given:
        if name not in known:
            hint = near_names(str(name)[:80], known)
            raise InputError(f"The model “{fact.name}” has no parameter “{str(name)[:80]}”.", "", hint)
    found = {}
    for item in fact.parameters:
        value = given.get(item.name, item.default)
        if value is None:
            raise InputError(f"The model “{fact.name}” needs “{item.name}”.", item.about)
        found[item.name] = _checked(fact.name, item, value)
    return found


def named(name: str, facts: Mapping[str, ModelFact]) -> ModelFact:
    """The model of that name, or a NotFoundError with near names."""
    if name in facts:
        return facts[name]
    raise NotFoundError(f"There is no model “{name[:80]}”.", "", near_names(name[:80], facts))


def _checked(model: str, item: Parameter, value: Any) -> Any:
    if item.kind == "yes-no" and isinstance(value, bool):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if item.kind == "number" and number and item.least <= value <= item.most:
        return float(value)
    if item.kind == "texts" and isinstance(value, list | tuple) and all(isinstance(text, str) for text in value):
        return _texts(model, item, value)
    wanted = {
        "yes-no": "true or false",
        "number": f"a number from {item.least:g} to {item.most:g}",
        "texts": "a list of words or phrases",
    }[item.kind]
    raise InputError(f"“{item.name}” of the model “{model}” is not {wanted}.", f"It is {str(value)[:80]}.", item.about)


def is_text(text: str) -> bool:
    """Whether a word or phrase can be used: not empty, not too long, and without control characters.

    What is not seen can be part of a word, such as the joiners of Persian and of emoji, and soft hyphens.
    """
    return 0 < len(text) <= LONGEST_TEXT and not any(unicodedata.category(letter) in NO_TEXT for letter in text)


def _texts(model: str, item: Parameter, value: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Words and phrases on one line each, no two the same."""
    texts = tuple(" ".join(text.split()) for text in value)
    wrong = next((text for text in texts if not is_text(text)), None)
    if wrong is not None:
        detail = f"“{ascii(wrong)[1:61]}” cannot be used: each has 1 to {LONGEST_TEXT} characters that can be printed."
        raise InputError(f"“{item.name}” of the model “{model}” cannot be used.", detail)
    if len({text.casefold() for text in texts}) < len(texts):
        twice = next(text for text in texts if [other.casefold() for other in texts].count(text.casefold()) > 1)
        raise InputError(f"“{item.name}” of the model “{model}” names “{twice}” twice.", "", "Name each one once.")
    if not item.least <= len(texts) <= MOST_TEXTS:
        detail = f"It has {len(texts):,}; from {item.least:g} to {MOST_TEXTS:,} can be used."
        raise InputError(f"“{item.name}” of the model “{model}” cannot be used.", detail, item.about)
    return texts
