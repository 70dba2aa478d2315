"""Search: images like some words, like a dropped picture, or like one of the collection."""

from dataclasses import replace

import streamlit as st

from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.alike import alike_box
from ui.export import export_button
from ui.filters import asked_question, filters
from ui.looks import looks, looks_box
from ui.picture import take_in_picture, uploader
from ui.question import draw_again, seed_number
from ui.relevance import show_relevance
from ui.resources import current
from ui.results import SMALL_TILE_PX, show_gallery
from ui.searchbox import accuracy_box, limit_box, nothing_found, search_box
from ui.selection import selected_ids
from ui.style import heading
from ui.synonyms import synonym_bar
from ui.table import show_table
from ui.terms import adder, take_in_added, terms_bar
from ui.took import took
from ui.welcome import nothing_yet, welcome

RANDOM_IMAGES = 12


def search() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    recipe = asked_question(catalog)
    take_in_picture(workspace, recipe)
    take_in_added(workspace, recipe)
    if catalog.count_all == 0:
        heading("Search")
        nothing_yet(name)
        return
    if recipe.terms:
        with st.container(horizontal=True, vertical_alignment="center"):
            search_box(recipe, catalog.count_all)
            adder()
            with st.popover("By a picture", icon=":material/image_search:"):
                uploader()
        filters(catalog, recipe)
        show_result(workspace, catalog, name, recipe)
    else:
        heading("Search by words or by a picture")
        with st.container(horizontal=True, vertical_alignment="center"):
            search_box(recipe, catalog.count_all)
            adder()
        uploader()
        filters(catalog, recipe)
        show_examples(workspace, catalog, name, recipe)


def show_result(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """The hits, best first, under the sentence that they answer."""
    with st.container(key="pictures"):  # there with and without pictures, so that what follows keeps its place
        terms_bar(workspace, name, recipe)
    waiting = "Searching …" if workspace.encoder_is_loaded(name) else "Loading the encoder, once …"
    with st.spinner(waiting, show_time=True):
        searcher = workspace.searcher(name, catalog)
        result = searcher.run(replace(recipe, order=None, sample=False))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        heading(result.sentence, result.summary)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            limit_box(recipe)
            alike_box(recipe)
            accuracy_box(recipe, catalog)
            looks_box(catalog)
            export_button(workspace, name, recipe, result.matching, selected_ids())
    synonym_bar(workspace, name, catalog, searcher, recipe)
    if not result.hits:
        nothing_found(recipe, result.matching)
        return
    show_relevance(searcher, recipe, result)
    show_gallery(workspace, catalog, name, result.hits, key="search images")
    with st.expander("As a table"):
        show_table(catalog, result.hits, looks(catalog).columns, "hits", None)
    took(result.timings)


def show_examples(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """Some images to begin with: each finds more like it."""
    drawn = replace(recipe, sample=True, limit=RANDOM_IMAGES, seed=seed_number(), order=None, threshold=None)
    result = workspace.searcher(name, catalog).run(drawn)
    if not result.hits:
        nothing_found(drawn, result.matching)
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("Or begin with one of these: “More like this” is below each picture.", width="content")
        st.button("Draw again", icon=":material/casino:", on_click=draw_again, type="tertiary")
    show_gallery(workspace, catalog, name, result.hits, key="examples", tile_px=SMALL_TILE_PX)


search()
