"""All categories of a collection as lists of values to tick or to leave out, with how many images each has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ui.component import component, new_turns, noted, seen_turn, take_in


@dataclass(frozen=True)
class FacetValue:
    """One value of a category."""

    value: str | None
    """None stands for images without a value."""
    count: int
    """Images under the current filter, this facet's own choice left aside."""
    total: int
    """Images in the whole collection."""


@dataclass(frozen=True)
class Facet:
    """One category column and what is chosen in it."""

    column: str
    label: str
    values: tuple[FacetValue, ...]
    chosen: tuple[str | None, ...]
    distinct: int
    """How many values exist; may be more than are listed."""
    excluded: tuple[str | None, ...] = ()
    """What is left out."""


@dataclass(frozen=True)
class FacetChange:
    """A new choice in one facet."""

    column: str
    chosen: tuple[str | None, ...]
    excluded: tuple[str | None, ...] = ()


def facets(items: Sequence[Facet], *, key: str) -> FacetChange | None:
    """Show the facets and return the oldest change that was not yet reported, or None.

    The page owns the choices. Counts in the other facets follow from a change, so a page applies it and reruns; should
    a second change have come in the meantime, that rerun reports it.
    """
    turns = new_turns(key)
    change = change_of(turns[0]) if turns else None
    turn = turns[0]["turn"] if turns else seen_turn(key)
    shown = [apply(item, change) for item in items]
    component("facets")(
        key=key, data={"key": key, "facets": [listing(item) for item in shown], "turn": turn}, on_turns_change=noted
    )
    take_in(key, turn)
    return change


def apply(facet: Facet, change: FacetChange | None) -> Facet:
    """Return the facet as it is after the change."""
    if change is None or change.column != facet.column:
        return facet
    return replace(facet, chosen=change.chosen, excluded=change.excluded)


def ordered(facet: Facet) -> list[FacetValue]:
    """Return the values as they are listed: marked ones first, then by count; a marked value without a row gets one."""
    listed = {item.value for item in facet.values}
    marked = (*facet.chosen, *facet.excluded)
    absent = [FacetValue(value, 0, 0) for value in marked if value not in listed]
    return sorted(
        [*facet.values, *absent],
        key=lambda item: (
            item.value not in marked,
            -item.count,
            -item.total,
            item.value is None,
            item.value or "",
        ),
    )


def listing(facet: Facet) -> dict[str, Any]:
    """Return what the browser needs to list one facet."""
    return {
        "column": facet.column,
        "label": facet.label,
        "values": [[item.value, item.count, item.total] for item in ordered(facet)],
        "chosen": list(facet.chosen),
        "excluded": list(facet.excluded),
        "distinct": max(facet.distinct, len(facet.values)),
    }


def change_of(turn: dict[str, Any]) -> FacetChange | None:
    """Return the change a browser reports, or None where it makes no sense."""
    column, chosen, excluded = turn.get("column"), turn.get("chosen"), turn.get("excluded", [])
    if not isinstance(column, str) or not isinstance(chosen, list) or not isinstance(excluded, list):
        return None
    return FacetChange(column, _values(chosen), _values(excluded))


def _values(sent: list[object]) -> tuple[str | None, ...]:
    return tuple(value for value in sent if value is None or isinstance(value, str))
