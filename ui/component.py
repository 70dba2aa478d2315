"""What the browser components share: their files, and what a person did that Python has not yet taken in.

A click reaches Python as a rerun, and a rerun may be cut short by the next click before it came to the component. So
the browser numbers what a person does ("turns"), keeps every turn until its number comes back with the data, and shows
its own state meanwhile: no click is lost and nothing on screen goes back and forth.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


@cache
def component(name: str) -> Callable[..., Any]:
    """Return the mounting command of one browser component, reading its files on first use only."""
    folder = Path(__file__).parent / "components"
    style = (folder / f"{name}.css").read_text(encoding="utf-8")
    script = (folder / f"{name}.js").read_text(encoding="utf-8")
    mount: Callable[..., Any] = st.components.v2.component(f"vitrine_{name}", css=style, js=script)
    return mount


def seen_turn(key: str) -> int:
    """Return the number of the last turn that Python took in from the component with this key."""
    return int(st.session_state.get(_memory(key), 0))


def take_in(key: str, turn: int) -> None:
    """Remember that every turn up to this one is done, so that it is not reported again."""
    st.session_state[_memory(key)] = max(turn, seen_turn(key))


def new_turns(key: str) -> list[dict[str, Any]]:
    """Return what a person did since the last turn taken in, oldest first.

    Read before the component is mounted, so that what is sent to the browser already contains it.
    """
    state = st.session_state.get(key)
    return turns_after(state.get("turns") if state else None, seen_turn(key))


def turns_after(sent: object, seen: int) -> list[dict[str, Any]]:
    """Return the turns with a number above `seen`, oldest first, and leave out whatever else a browser sends."""
    if not isinstance(sent, list):
        return []
    turns = [turn for turn in sent if isinstance(turn, dict) and isinstance(turn.get("turn"), int)]
    return sorted((turn for turn in turns if turn["turn"] > seen), key=lambda turn: int(turn["turn"]))


def noted() -> None:
    """Do nothing: a callback must exist for Streamlit to report an event, and the script reads the event itself."""


def _memory(key: str) -> str:
    return f"{key}:turn"
