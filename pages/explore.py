"""Explore: a subset of the collection as pictures, rows and counts."""

from dataclasses import replace

import streamlit as st

from core.query.english import sentence
from core.query.recipe import Recipe
from ui.errors import plain
from ui.filters import filters
from ui.question import images, page_number, question, remember, without_terms
from ui.resources import current
from ui.results import PAGE_ROWS, SMALL_TILE_PX, pager, show_charts, show_gallery, show_table, took
from ui.welcome import welcome
from ui.words import number, share

VIEWS = ("Gallery", "Table", "Charts", "Ten at random")
RANDOM_IMAGES = 10


def explore() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    recipe = without_terms(filters(catalog, question()))
    matching = catalog.count(recipe.where)
    st.title(plain(sentence(replace(recipe, order=None), catalog.columns)), anchor=False)
    st.markdown(
        f"**{number(matching)} of {images(catalog.count_all)}**, exact · {share(matching, catalog.count_all)}"
        if recipe.where.conditions
        else f"**{images(matching)}**"
    )
    view = choose_view()
    if matching == 0:
        st.info("No image matches. Take a filter away in the sidebar.", icon=":material/filter_alt_off:")
        return
    searcher = workspace.searcher(name)
    if view == "Charts":
        show_charts(catalog, recipe)
    elif view == "Ten at random":
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.caption(f"Seed {recipe.seed}: the same seed draws the same images.")
        right.button("Draw again", icon=":material/casino:", on_click=redraw, args=(recipe,), width="stretch")
        result = searcher.run(replace(recipe, sample=True, limit=RANDOM_IMAGES))
        show_gallery(workspace, catalog, name, result.hits, key="ten images", tile_px=SMALL_TILE_PX)
        show_table(catalog, result.hits)
    else:
        pages = -(-matching // PAGE_ROWS)
        offset = min(page_number(), pages - 1) * PAGE_ROWS
        result = searcher.run(replace(recipe, limit=PAGE_ROWS), offset)
        if view == "Table":
            show_table(catalog, result.hits)
        else:
            show_gallery(workspace, catalog, name, result.hits, key="explore images")
        pager(matching, len(result.hits))
        took(result.timings.total)


def choose_view() -> str:
    """Gallery, table, charts or ten random images; kept in the URL."""
    asked = st.query_params.get("view", VIEWS[0])
    st.session_state["view"] = asked if asked in VIEWS else VIEWS[0]

    def changed() -> None:
        view = st.session_state["view"] or VIEWS[0]
        remember(view=None if view == VIEWS[0] else view)

    st.segmented_control("View", VIEWS, key="view", on_change=changed, label_visibility="collapsed", required=True)
    return str(st.session_state["view"] or VIEWS[0])


def redraw(recipe: Recipe) -> None:
    """Another seed."""
    remember(seed=str(recipe.seed + 1))


explore()
