"""Compare: two views side by side, how many images each has, what they share, and what tells them apart."""

import streamlit as st

from core.collection.catalog import Catalog
from core.compare import Comparison, compare
from core.errors import VitrineError
from core.query.recipe import Recipe
from core.views import Views
from core.workspace import Workspace
from ui.compare import show_distinctive, show_overlap, show_pairs, show_sides
from ui.errors import plain, show_error
from ui.places import EXPLORE
from ui.question import question
from ui.resources import current
from ui.results import took
from ui.style import heading
from ui.welcome import nothing_yet, welcome

EVERYTHING, QUESTION, VIEW = "everything", "question", "view:"
Choices = dict[str, tuple[str, Recipe]]  # name and recipe, by the word that the link has for it


def compare_page() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    if catalog.count_all == 0:
        heading("Compare two views")
        nothing_yet(name)
        return
    choices = choices_of(workspace, catalog, name)
    if len(choices) == 1:
        heading("Compare two views")
        st.info("There is no view yet. Filter on Explore and save one there.", icon=":material/bookmarks:")
        st.page_link(EXPLORE, label="Go to Explore", icon=":material/filter_alt:")
        return
    first, second = chosen("a", choices, list(choices)[1]), chosen("b", choices, EVERYTHING)
    names = choices[first][0], choices[second][0]
    heading(f"{names[0]} beside {names[1]}")
    choose(choices, first, second)
    try:
        with st.spinner("Comparing …", show_time=True):
            found = compare(catalog, workspace.searcher(name, catalog), choices[first][1], choices[second][1])
    except VitrineError as error:
        show_error(error)
        return
    show(found, names)


def show(found: Comparison, names: tuple[str, str]) -> None:
    """Counts, overlap, what is distinctive, and a chart for every column."""
    show_sides(found, names)
    if not found.a.count and not found.b.count:
        st.info("Neither finds an image.", icon=":material/filter_alt_off:")
        return
    show_overlap(found, names)
    if not found.a.count or not found.b.count:
        st.info("One of them finds no image, so there is nothing to compare.", icon=":material/filter_alt_off:")
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("What tells them apart", anchor=False, width="content")
        asked = st.toggle("Also columns that they filter by", key="asked columns")
    show_distinctive(found, asked=asked)
    st.caption(
        "Most certain first: how much more frequent a value is, against what chance would do. The number beside a bar "
        "is how many times as frequent it is in the first."
    )
    st.subheader("Column by column", anchor=False)
    st.caption("Shares of each one's own images.")
    show_pairs(found)
    took(found.milliseconds)


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


compare_page()
