"""A click on a chart as a new recipe: what was picked becomes a condition in place of the column's earlier choice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.collection.groups import EPOCH, MICROSECOND, Edge, Group, Others, Span, Values, condition_of
from core.query.recipe import All, Between, Condition, Not, OneOf, Recipe, Some, Value, chosen_column

Cell = tuple[Group, Group]
"""A group of a cross-tab's first column and one of its second."""


def pick_values(recipe: Recipe, column: str, values: Sequence[Value | None]) -> Recipe:
    """The recipe that asks for these values; None is a missing one."""
    return pick(recipe, column, [Values((value,)) for value in values])


def pick_range(recipe: Recipe, column: str, low: Edge, high: Edge, *, closed: bool = False) -> Recipe:
    """The recipe that asks for a range; without `closed` its upper edge is left out."""
    return pick(recipe, column, [Span(low, high, closed)])


def pick(recipe: Recipe, column: str, groups: Sequence[Group]) -> Recipe:
    """The recipe that asks for any of these groups; the same choice a second time takes it away again."""
    wanted = any_of(column, groups)
    rest = released(recipe, column)
    if wanted is None or own_choice(recipe, column) == (wanted,):
        return rest
    return rest.including(wanted)


def add_value(recipe: Recipe, column: str, value: Value | None) -> Recipe:
    """The recipe that asks for one more value of a column."""
    held = recipe.chosen(column)
    return recipe if value in held else released(recipe, column).including(OneOf(column, (*held, value)))


def pick_cells(recipe: Recipe, first: str, second: str, cells: Sequence[Cell]) -> Recipe:
    """The recipe that asks for cells of a cross-tab; the same ones a second time take them away again.

    Cells that fill a rectangle become one condition on each column, which is shown among the column's filters.
    """
    rest = released_cells(recipe, first, second)
    wanted = _cells_wanted(first, second, list(dict.fromkeys(cells)))
    held = tuple(item for item in recipe.where.conditions if item not in rest.where.conditions)
    return rest if held == wanted else replace(rest, where=All((*rest.where.conditions, *wanted)))


def released(recipe: Recipe, column: str) -> Recipe:
    """The recipe less the choice in one column that a chart, a facet or a range can make."""
    kept = tuple(item for item in recipe.where.conditions if picked_column(item) != column)
    return replace(recipe, where=All(kept))


def released_cells(recipe: Recipe, first: str, second: str) -> Recipe:
    """The recipe less the choice in two columns, alone or in pairs."""
    rest = released(released(recipe, first), second)
    kept = tuple(item for item in rest.where.conditions if not _is_cells(item, first, second))
    return replace(rest, where=All(kept))


def own_choice(recipe: Recipe, column: str) -> tuple[Condition, ...]:
    """The conditions by which a recipe chooses in one column."""
    return tuple(item for item in recipe.where.conditions if picked_column(item) == column)


def is_chosen(recipe: Recipe, column: str, group: Group) -> bool:
    """Whether the recipe's choice in a column takes in a group, or a part of it where it is a range."""
    return any(_takes_in(condition, group) for condition in own_choice(recipe, column))


def is_chosen_cell(recipe: Recipe, first: str, second: str, cell: Cell) -> bool:
    """Whether the recipe's choice in two columns takes in a cell; False where it chooses in neither."""
    pairs = [item for item in recipe.where.conditions if _is_cells(item, first, second)]
    if pairs:
        wanted = All(tuple(_pair(first, second, cell)))
        return any(isinstance(item, Some) and wanted in item.conditions for item in pairs)
    chosen = [(name, group) for name, group in zip((first, second), cell, strict=True) if own_choice(recipe, name)]
    return bool(chosen) and all(is_chosen(recipe, name, group) for name, group in chosen)


def any_of(column: str, groups: Sequence[Group]) -> Condition | None:
    """One condition for any of the groups: values together, ranges that touch as one; None without a group."""
    values = tuple(dict.fromkeys(value for group in groups if isinstance(group, Values) for value in group.values))
    parts: list[Condition] = [OneOf(column, values)] if values else []
    parts += [condition_of(column, span) for span in _joined([group for group in groups if isinstance(group, Span)])]
    parts += [condition_of(column, group) for group in groups if isinstance(group, Others)]
    return None if not parts else parts[0] if len(parts) == 1 else Some(tuple(parts))


def picked_column(condition: Condition) -> str | None:
    """The column that a condition as charts, facets and ranges make it chooses in; None for every other condition."""
    match condition:
        case Some(items):
            names = {picked_column(item) for item in items}
            return names.pop() if len(names) == 1 else None
        case _:
            return chosen_column(condition)


def _joined(spans: list[Span]) -> list[Span]:
    """The ranges in order, those that touch as one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda item: _place(item.low)):
        if joined and _touch(joined[-1], span):
            joined[-1] = Span(joined[-1].low, span.high, span.closed)
        else:
            joined.append(span)
    return joined


def _touch(below: Span, above: Span) -> bool:
    if below.high == above.low:
        return True
    return below.closed and isinstance(below.high, int) and below.high + 1 == above.low


def _place(edge: Edge) -> float:
    """Where an edge lies; moments in microseconds, exactly."""
    return (edge.replace(tzinfo=None) - EPOCH) // MICROSECOND if isinstance(edge, datetime) else edge


def _takes_in(condition: Condition, group: Group) -> bool:
    match condition:
        case OneOf(_, values):
            if isinstance(group, Span):
                return any(
                    _reaches(value, value, group) for value in values if isinstance(value, int | float | datetime)
                )
            return isinstance(group, Values) and all(value in values for value in group.values)
        case Between(_, low, high):
            return isinstance(group, Span) and _reaches(low, high, group)
        case Not(OneOf(_, values)):
            return isinstance(group, Others) or (
                isinstance(group, Values) and not any(value in values for value in group.values)
            )
        case Some(items):
            return any(_takes_in(item, group) for item in items)
        case _:
            return False


def _reaches(low: Edge | None, high: Edge | None, span: Span) -> bool:
    """Whether a closed range and a group's have a value in common."""
    return (low is None or _place(low) <= _place(span.last)) and (high is None or _place(high) >= _place(span.low))


def _cells_wanted(first: str, second: str, cells: Sequence[Cell]) -> tuple[Condition, ...]:
    if not cells:
        return ()
    downs, acrosses = (list(dict.fromkeys(cell[side] for cell in cells)) for side in (0, 1))
    if len(downs) * len(acrosses) == len(cells):
        sides = (any_of(first, downs), any_of(second, acrosses))
        return tuple(side for side in sides if side is not None)
    return (Some(tuple(All(tuple(_pair(first, second, cell))) for cell in cells)),)


def _pair(first: str, second: str, cell: Cell) -> list[Condition]:
    return [condition_of(name, group) for name, group in zip((first, second), cell, strict=True)]


def _is_cells(condition: Condition, first: str, second: str) -> bool:
    """Whether a condition is cells of the cross-tab of two columns, as a pick makes it."""
    if not isinstance(condition, Some) or not condition.conditions:
        return False
    return all(
        isinstance(item, All) and {picked_column(part) for part in item.conditions} == {first, second}
        for item in condition.conditions
    )
