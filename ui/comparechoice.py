"""What is compared, and how: views, the present question or everything, by what they hold or as ranked lists."""

import streamlit as st

from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.views import Views
from core.workspace import Workspace
from ui.errors import plain
from ui.question import question

EVERYTHING, QUESTION, VIEW = "everything", "question", "view:"
HOLDINGS, LISTS = "holdings", "lists"
WAYS = {HOLDINGS: "What they hold", LISTS: "Side by side"}
Choices = dict[str, tuple[str, Recipe]]  # name and recipe, by the word that the link has for it


def way_of_comparing() -> str:
    """By what the images hold, or as ranked lists; kept in the URL."""

    def changed() -> None:
        st.query_params["way"] = st.session_state["way of comparing"]

    asked = str(st.query_params.get("way", HOLDINGS))
    st.session_state["way of comparing"] = asked if asked in WAYS else HOLDINGS
    chosen = st.segmented_control(
        "Compare by",
        list(WAYS),
        key="way of comparing",
        format_func=WAYS.__getitem__,
        on_change=changed,
        label_visibility="collapsed",
        required=True,
    )
    return str(chosen or HOLDINGS)


def choices_of(workspace: Workspace, catalog: Catalog, name: str) -> Choices:
    """Everything; the present question, where there is one; saved views and examples."""
    held = Views(workspace.folder, name, catalog.columns).listing()
    asked = question()
    found: Choices = {EVERYTHING: ("Everything", Recipe())}
    if asked.where.conditions or asked.terms:
        found[QUESTION] = ("The present question", asked)
    return found | {VIEW + view.name: (view.name, view.recipe) for view in (*held.views, *held.examples)}


def chosen(side: str, choices: Choices, otherwise: str) -> str:
    """What the link names for one side; a name that is gone is told."""
    asked = str(st.query_params.get(side, otherwise))
    if asked in choices:
        return asked
    gone = plain(asked.removeprefix(VIEW)[:100])
    st.warning(f"“{gone}” is not among the views; it may be deleted or renamed.", icon=":material/bookmark_remove:")
    return otherwise


def choose(choices: Choices, first: str, second: str) -> None:
    """Two boxes and a button that turns them round; kept in the URL."""

    def changed(side: str) -> None:
        st.query_params[side] = st.session_state[f"side {side}"]

    def turn() -> None:
        st.query_params.update({"a": second, "b": first})

    left, middle, right = st.columns([10, 1, 10], vertical_alignment="bottom")
    for place, side, value, label in ((left, "a", first, "First"), (right, "b", second, "Second")):
        st.session_state[f"side {side}"] = value
        place.selectbox(
            label,
            list(choices),
            key=f"side {side}",
            format_func=lambda key: choices[key][0],
            on_change=changed,
            args=(side,),
        )
    middle.button("", icon=":material/swap_horiz:", help="Turn them round", on_click=turn, key="turn sides")
