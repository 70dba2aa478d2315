"""Overview: what is in the collection, at a glance."""

import streamlit as st

from core.query.recipe import Recipe, Words
from ui.chartboard import show_charts
from ui.errors import plain
from ui.health import show_health
from ui.places import EXPLORE, SEARCH
from ui.question import draw_again, images, link_to, seed_number
from ui.resources import current
from ui.results import SMALL_TILE_PX, show_gallery
from ui.welcome import nothing_yet, welcome
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
    st.title(plain(name), anchor=False)
    if catalog.count_all == 0:
        nothing_yet(name)
        return
    search_box(name, catalog.count_all)
    recipe = Recipe(limit=RANDOM_IMAGES, sample=True, seed=seed_number())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        shown = min(RANDOM_IMAGES, catalog.count_all)
        st.subheader(f"{shown} of {images(catalog.count_all)}, at random", anchor=False, width="content")
        st.button("Draw again", icon=":material/casino:", on_click=draw_again, type="tertiary")
    result = workspace.searcher(name, catalog).run(recipe)
    show_gallery(workspace, catalog, name, result.hits, key="random images", tile_px=SMALL_TILE_PX)
    st.subheader("What is in it", anchor=False)
    show_charts(catalog, Recipe(), MOST_CHARTS, leads_to=EXPLORE)
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
        st.switch_page(SEARCH, query_params=link_to(Recipe(terms=(Words(text),)), name))


overview()
