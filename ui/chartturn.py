"""What follows a pick on a chart: another question, and a chart that has forgotten the pick."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.query.recipe import Recipe
from ui.question import ask, collection_name, link_to, question

TURNS = "chart turns"
LINK = "chart link"


def turned_key(name: str) -> str:
    """The key of a chart until it is picked from."""
    return f"chart {name} {st.session_state.get(TURNS, {}).get(name, 0)}"


def on_pick(recipe: Recipe, name: str, change: Callable[[Recipe], Recipe] | None, fresh: bool) -> None:
    """Ask the changed question; with `fresh` on another page, beginning with the recipe that the chart shows."""
    turns = dict(st.session_state.get(TURNS, {}))
    turns[name] = turns.get(name, 0) + 1
    st.session_state[TURNS] = turns
    if change is None:
        return
    if fresh:
        st.session_state[LINK] = link_to(change(recipe), collection_name() or "")
    else:
        ask(change(question()))


def leave(leads_to: Path | None) -> None:
    """Go where a pick leads; called while the page runs, because a callback cannot change the page."""
    link = st.session_state.pop(LINK, None)
    if link is not None and leads_to is not None:
        st.switch_page(leads_to, query_params=link)
