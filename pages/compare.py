"""Compare: two views by what they hold and what tells them apart, or two ranked lists side by side."""

import streamlit as st

from core.compare import Comparison, compare
from core.errors import VitrineError
from core.timing import collect
from ui.compare import show_distinctive, show_overlap, show_pairs, show_sides
from ui.comparechoice import EVERYTHING, LISTS, choices_of, choose, chosen, way_of_comparing
from ui.errors import show_error
from ui.places import EXPLORE
from ui.resources import current
from ui.sidebyside import side_by_side
from ui.style import heading
from ui.took import took
from ui.welcome import nothing_yet, welcome


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
    if way_of_comparing() == LISTS:
        heading("Two lists side by side")
        side_by_side(workspace, name, choices)
        return
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
        with st.spinner("Comparing …", show_time=True), collect() as timings:
            found = compare(catalog, workspace.searcher(name, catalog), choices[first][1], choices[second][1])
    except VitrineError as error:
        show_error(error)
        return
    show(found, names)
    took(timings, found.milliseconds)


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


compare_page()
