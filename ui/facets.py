"""All categories of a collection as lists of values to tick or to leave out, with how many images each has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.component import component, noted, seen_turn, take_in, turns_after

MOST_LINKS = 20  # remembered with what they have


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


def facets(items: Sequence[Facet], *, key: str) -> None:
    """Show the facets. The page owns the choices, and has taken in what a person did (`FacetChanges`) before."""
    component("facets")(
        key=key,
        data={"key": key, "facets": [listing(item) for item in items], "turn": seen_turn(key)},
        on_turns_change=noted,
    )


class FacetChanges:
    """What a person did in the facets since the page last took it in, oldest first; read before anything is shown.

    The link has a change before the browser hears that it is done. The next click may come with an earlier link all the
    same; the changes that such a link lacks, which the browser still sends, then count again.
    """

    def __init__(self, key: str, link: Mapping[str, str]) -> None:
        self._key, self._link = key, _as_key(link)
        sent = (st.session_state.get(key) or {}).get("turns")
        self._turns = turns_after(sent, seen_turn(key))
        if self._turns:
            self._turns = turns_after(sent, self._held().get(self._link, seen_turn(key)))

    @property
    def found(self) -> list[FacetChange]:
        """The changes that make sense."""
        return [change for change in map(change_of, self._turns) if change is not None]

    def done(self, link: Mapping[str, str]) -> None:
        """Remember that they are done, and that the link has them now."""
        if not self._turns:
            return
        first, last = int(self._turns[0]["turn"]), int(self._turns[-1]["turn"])
        held = {self._link: first - 1, **self._held(), _as_key(link): last}
        st.session_state[self._memory] = dict(list(held.items())[-MOST_LINKS:])
        take_in(self._key, last)

    def _held(self) -> dict[str, int]:
        """The number of the last change that each of the latest links has."""
        held: dict[str, int] = st.session_state.get(self._memory, {})
        return held

    @property
    def _memory(self) -> str:
        return f"{self._key}:links"


def _as_key(link: Mapping[str, str]) -> str:
    return json.dumps(sorted(link.items()))


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
