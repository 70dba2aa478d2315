"""Changes to one place of a filter's tree, as a builder makes them.

A place is the way to it from the root: the numbers of the conditions to follow. The condition of a `Not` has number 0.
A filter stays what it was; every change is a new one.
"""

from collections.abc import Callable, Sequence

from core.errors import QueryError
from core.query.recipe import All, Condition, Not, Some

Path = Sequence[int]


def at(where: All, path: Path) -> Condition:
    """The condition at a place, or a QueryError where there is none."""
    found: Condition = where
    for number in path:
        parts = _parts(found)
        if not 0 <= number < len(parts):
            raise QueryError("That part of the filter is gone.", "The filter has changed meanwhile.", "Try again.")
        found = parts[number]
    return found


def replaced(where: All, path: Path, condition: Condition) -> All:
    """The filter with another condition at a place."""
    return _changed(where, path, lambda old: condition)


def removed(where: All, path: Path) -> All:
    """The filter less one condition; a group or a `Not` that is left empty goes with it."""
    if not path:
        return All()
    parent = at(where, path[:-1])
    at(where, path)
    rest = tuple(item for number, item in enumerate(_parts(parent)) if number != path[-1])
    if len(path) > 1 and not rest:
        return removed(where, path[:-1])
    assert isinstance(parent, All | Some)
    return replaced(where, path[:-1], type(parent)(rest))


def added(where: All, path: Path, condition: Condition) -> All:
    """The filter with one more condition in the group at a place; a condition that is no group becomes one of both."""
    return _changed(where, path, lambda old: _joined(old, condition, type(old) if isinstance(old, Some) else All))


def alternative(where: All, path: Path, condition: Condition) -> All:
    """The filter in which this condition will do as well as the one at a place."""
    return _changed(where, path, lambda old: _joined(old, condition, Some))


def negated(where: All, path: Path) -> All:
    """The filter with the opposite of the condition at a place."""
    return _changed(where, path, lambda old: old.condition if isinstance(old, Not) else Not(old))


def turned(where: All, path: Path) -> All:
    """The filter with “all of” in the place of “any of” in one group, or the other way round."""
    group = at(where, path)
    if not isinstance(group, All | Some):
        raise QueryError("Only a group has AND or OR.", "", "Choose a group.")
    return replaced(where, path, Some(group.conditions) if isinstance(group, All) else All(group.conditions))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    if isinstance(condition, All | Some):
        return condition.conditions
    return (condition.condition,) if isinstance(condition, Not) else ()


def _joined(old: Condition, condition: Condition, group: type[All] | type[Some]) -> Condition:
    held = old.conditions if isinstance(old, group) else (old,)
    return group((*held, condition))


def _changed(where: All, path: Path, change: Callable[[Condition], Condition]) -> All:
    """The filter with what `change` makes of one condition; the root stays an `All`."""
    at(where, path)
    new = _rebuilt(where, path, change)
    return new if isinstance(new, All) else All((new,))


def _rebuilt(condition: Condition, path: Path, change: Callable[[Condition], Condition]) -> Condition:
    if not path:
        return change(condition)
    first, rest = path[0], path[1:]
    if isinstance(condition, Not):
        return Not(_rebuilt(condition.condition, rest, change))
    assert isinstance(condition, All | Some)
    parts = tuple(
        _rebuilt(item, rest, change) if number == first else item for number, item in enumerate(condition.conditions)
    )
    return type(condition)(parts)
