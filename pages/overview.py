"""Overview: what is in the collection, at a glance."""

import streamlit as st

from core.query.recipe import Recipe, Words
from ui.health import show_health
from ui.question import link_to, remember
from ui.resources import current
from ui.results import SEARCH_PAGE, SMALL_TILE_PX, show_charts, show_gallery
from ui.welcome import welcome
from ui.words import number

RANDOM_IMAGES = 12
MOST_CHARTS = 6


def overview() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    st.title(name, anchor=False)
    if catalog.count_all == 0:
        st.info("This collection has no images yet. Add some on the Collection page.", icon=":material/info:")
        return
    search_box(name, catalog.count_all)
    seed = int(st.query_params.get("seed", "0")) if st.query_params.get("seed", "0").isdecimal() else 0
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    left.subheader(f"Twelve of {number(catalog.count_all)} images, at random", anchor=False)
    right.button("Draw again", icon=":material/casino:", on_click=lambda: remember(seed=str(seed + 1)), width="stretch")
    result = workspace.searcher(name).run(Recipe(limit=RANDOM_IMAGES, sample=True, seed=seed))
    show_gallery(workspace, catalog, name, result.hits, key="random images", tile_px=SMALL_TILE_PX)
    st.subheader("What is in it", anchor=False)
    show_charts(catalog, Recipe(), MOST_CHARTS)
    st.subheader("Health", anchor=False)
    show_health(workspace, catalog, name)


def search_box(name: str, count: int) -> None:
    """The first thing the eye meets: words that lead to Search."""

    def search() -> None:
        text = st.session_state["overview search"].strip()
        if text:
            st.session_state["go"] = text

    st.text_input(
        "Search",
        key="overview search",
        placeholder=f"Search {number(count)} images: a red dress, blue running shoes …",
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=search,
    )
    if text := st.session_state.pop("go", None):
        st.switch_page(SEARCH_PAGE, query_params=link_to(Recipe(terms=(Words(text),)), name))


overview()
