"""Explore: a subset of the collection as pictures, rows and counts."""

from dataclasses import replace

import streamlit as st

from core.collection.catalog import Catalog
from core.query.english import sentence
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.chartboard import show_charts
from ui.edit import edit_form, edit_undo_bar
from ui.export import export_button
from ui.filters import asked_question, filters
from ui.looks import looks, looks_box
from ui.order import order_box
from ui.querybar import query_bar
from ui.question import draw_again, images, page_number, remember, seed_box, seed_number, without_terms
from ui.resources import current
from ui.results import PAGE_ROWS, SMALL_TILE_PX, pager, show_gallery
from ui.selection import selected_ids, selection_bar
from ui.style import heading
from ui.table import show_table
from ui.took import took
from ui.views import view_undo_bar, views_bar
from ui.welcome import nothing_yet, welcome
from ui.words import number, share

GALLERY, TABLE, CHARTS, RANDOM = VIEWS = ("Gallery", "Table", "Charts", "Ten at random")
RANDOM_IMAGES = 10


def explore() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    asked = asked_question(catalog)
    filters(catalog, asked)
    recipe = without_terms(asked)
    matching = catalog.count(recipe.where)
    heading(sentence(replace(recipe, order=None, sample=False), catalog.columns), answer(catalog, recipe, matching))
    if catalog.count_all == 0:
        nothing_yet(name)
        return
    query_bar(workspace, name, catalog, recipe)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        view = choose_view()
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="order"):
            if view in (GALLERY, TABLE):
                order_box(catalog, recipe)
            elif view == RANDOM:
                seed_box()
                st.button("Draw again", icon=":material/casino:", on_click=draw_again, type="tertiary")
            if view != CHARTS:
                looks_box(catalog)
            views_bar(workspace, name, catalog, recipe)
            edit_form(workspace, name, catalog, recipe, selected_ids())
            export_button(workspace, name, recipe, matching, selected_ids())
    edit_undo_bar(workspace, name)
    view_undo_bar(workspace, name, catalog)
    if matching == 0:
        st.info("No image matches. Take a condition away above or in the sidebar.", icon=":material/filter_alt_off:")
    if view == CHARTS:
        show_charts(catalog, recipe)
    elif matching == 0:
        return
    elif view == RANDOM:
        show_random(workspace, catalog, name, recipe)
    else:
        show_page(workspace, catalog, name, recipe, matching, view)


def answer(catalog: Catalog, recipe: Recipe, matching: int) -> str:
    """How many images the question finds."""
    if not recipe.where.conditions:
        return images(matching)
    part = share(matching, catalog.count_all)
    return f"{number(matching)} of {images(catalog.count_all)}, exact · {part}"


def show_random(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """Ten images of the result and all that is known about them."""
    drawn = replace(recipe, sample=True, limit=RANDOM_IMAGES, seed=seed_number())
    result = workspace.searcher(name, catalog).run(drawn)
    show_gallery(workspace, catalog, name, result.hits, key="ten images", tile_px=SMALL_TILE_PX)
    show_table(catalog, result.hits, looks(catalog).columns, "ten rows", None)
    st.caption(f"Drawn with seed {drawn.seed}: the same link shows the same images.")
    took(result.timings)


def show_page(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, matching: int, view: str) -> None:
    """One page of the result as pictures or rows."""
    pages = -(-matching // PAGE_ROWS)
    offset = min(page_number(), pages - 1) * PAGE_ROWS
    result = workspace.searcher(name, catalog).run(replace(recipe, sample=False, limit=PAGE_ROWS), offset)
    if view == TABLE:
        show_table(catalog, result.hits, looks(catalog).columns, "rows", recipe.order)
        with st.container(key="selection"):
            selection_bar(workspace, name)
    else:
        show_gallery(workspace, catalog, name, result.hits, key="explore images")
    pager(matching, len(result.hits))
    took(result.timings)


def choose_view() -> str:
    """Gallery, table, charts or ten random images; kept in the URL."""
    asked = st.query_params.get("view", GALLERY)
    st.session_state["view"] = asked if asked in VIEWS else GALLERY

    def changed() -> None:
        view = st.session_state["view"] or GALLERY
        remember(view=None if view == GALLERY else view)

    st.segmented_control("View", VIEWS, key="view", on_change=changed, label_visibility="collapsed", required=True)
    return str(st.session_state["view"] or GALLERY)


explore()
