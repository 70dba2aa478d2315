"""Why a value cannot be used for a parameter, in plain words."""

import math
from typing import Any

from core.augment.parameters import Kind, ParameterFact
from core.augment.steps import most_of

NUMERIC = (Kind.WHOLE, Kind.NUMBER, Kind.RANGE, Kind.NUMBERS)


def explain(fact: ParameterFact, value: Any) -> str:
    """What is wrong with a value by what is known of its parameter; empty where that is nothing."""
    if value is None:
        return "" if fact.nullable else "It cannot be left empty."
    if isinstance(value, list) and None in value and fact.length == 2:
        return "Fill in both numbers."
    if isinstance(value, str) and fact.kind in (*NUMERIC, Kind.VALUE):
        return "It cannot be read as JSON." if fact.kind is Kind.VALUE else "It is a number, or numbers in brackets."
    numbers = _numbers(value)
    if fact.kind in NUMERIC and numbers is not None:
        said = next((said for number in numbers if (said := _one(fact, number))), "")
        if said or fact.kind in (Kind.WHOLE, Kind.NUMBER):
            return said
        if fact.kind is Kind.RANGE and len(numbers) == 2 and numbers[0] > numbers[1]:
            return f"The first number is larger than the second: {_said(numbers[0])} and {_said(numbers[1])}."
        if fact.length and len(numbers) not in (1, fact.length):
            return f"It takes {fact.length} numbers, not {len(numbers)}."
    if fact.kind is Kind.CHOICE and value not in fact.choices:
        return f"It is one of {', '.join(fact.words.get(item, str(item)) for item in fact.choices)}."
    if fact.kind is Kind.COLOUR and numbers is not None and not all(0 <= number <= 255 for number in numbers):
        return "A colour has numbers from 0 to 255."
    return ""


def bounds_words(fact: ParameterFact) -> str:
    """The numbers that can be used, such as “From 0 to 1”; empty where there are no bounds."""
    low = "" if fact.low is None else f"more than {_said(fact.low)}" if fact.low_open else _said(fact.low)
    high = "" if fact.high is None else f"less than {_said(fact.high)}" if fact.high_open else _said(fact.high)
    if low and high and not fact.low_open and not fact.high_open:
        return f"From {low} to {high}"
    words = [
        low if fact.low_open else f"at least {low}" if low else "",
        high if fact.high_open else f"at most {high}" if high else "",
    ]
    said = " and ".join(word for word in words if word)
    return said[:1].upper() + said[1:]


def _one(fact: ParameterFact, number: float) -> str:
    most = most_of(fact.name)
    if not math.isfinite(number) or abs(number) > most:
        return f"{_said(number)} is too much: numbers from -{most:,} to {most:,} can be used."
    if fact.whole and number != int(number):
        return f"It is a whole number, not {_said(number)}."
    below = fact.low is not None and (number < fact.low or (fact.low_open and number == fact.low))
    above = fact.high is not None and (number > fact.high or (fact.high_open and number == fact.high))
    return f"{bounds_words(fact)}, not {_said(number)}." if below or above else ""


def _numbers(value: Any) -> list[float] | None:
    """The numbers of a value that is one, or a list of them; None for anything else."""
    items = value if isinstance(value, list | tuple) else [value]
    if all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        return [item if isinstance(item, float) else float(item) if abs(item) < 2**63 else math.inf for item in items]
    return None


def _said(number: float) -> str:
    """A number in words; one with an exponent as it is typed."""
    return f"{number:,.10g}".replace("-", "−") if abs(number) < 1e15 else f"{number:g}"
