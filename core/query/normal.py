"""The plainest condition that holds for the same rows.

A group in a group of its own kind joins it, a group of one is that one, ranges that one AND asks of a column become one
range, and what holds for every row or for none is All() or Some().
"""

from typing import assert_never

from core.query.columns import Columns
from core.query.fitting import fitted
from core.query.recipe import All, Between, Condition, Contains, HasTag, Matches, Not, OneOf, Some, StartsWith, Within
from core.query.textvalues import Bound, backwards


def normalised(where: All, columns: Columns) -> All:
    """The plainest filter with the same meaning, in the columns' types; what cannot be answered is a QueryError."""
    return as_all(simplified(fitted(where, columns)))


def as_all(condition: Condition) -> All:
    """The condition as a recipe's filter."""
    return condition if isinstance(condition, All) else All((condition,))


def simplified(condition: Condition) -> Condition:
    """The plainest condition with the same meaning; the same again for what it returns."""
    match condition:
        case OneOf(_, values):
            return condition if values else Some()
        case Between(_, low, high):
            return Some() if backwards(low, high) else condition
        case Contains() | StartsWith() | Matches() | HasTag() | Within():
            return condition
        case Not(item):
            return _opposite(simplified(item))
        case All(items):
            return _every([simplified(item) for item in items])
        case Some(items):
            return _any([simplified(item) for item in items])
        case _:
            assert_never(condition)


def _opposite(item: Condition) -> Condition:
    match item:
        case Not(inner):
            return inner
        case All(()):
            return Some()
        case Some(()):
            return All()
    return Not(item)


def _every(items: list[Condition]) -> Condition:
    flat = [part for item in items for part in (item.conditions if isinstance(item, All) else (item,))]
    if Some() in flat:
        return Some()
    joined = _joined(flat)
    return joined[0] if len(joined) == 1 else All(tuple(joined))


def _any(items: list[Condition]) -> Condition:
    flat = [part for item in items for part in (item.conditions if isinstance(item, Some) else (item,))]
    if All() in flat:
        return All()
    return flat[0] if len(flat) == 1 else Some(tuple(flat))


def _joined(items: list[Condition]) -> list[Condition]:
    """The same, with each column's ranges in its first one, save those that have nothing in common with it."""
    kept: list[Condition] = []
    places: dict[str, int] = {}
    for item in items:
        if not isinstance(item, Between):
            kept.append(item)
        elif item.column not in places:
            places[item.column] = len(kept)
            kept.append(item)
        elif (both := _common(kept[places[item.column]], item)) is not None:
            kept[places[item.column]] = both
        else:
            kept.append(item)
    return kept


def _common(first: Condition, second: Between) -> Between | None:
    """What two ranges on one column have in common; None when that is nothing."""
    assert isinstance(first, Between)
    low, high = _higher(first.low, second.low), _lower(first.high, second.high)
    return None if backwards(low, high) else Between(first.column, low, high)


def _higher(first: Bound | None, second: Bound | None) -> Bound | None:
    if first is None or second is None:
        return second if first is None else first
    return first if backwards(first, second) else second


def _lower(first: Bound | None, second: Bound | None) -> Bound | None:
    if first is None or second is None:
        return second if first is None else first
    return second if backwards(first, second) else first
