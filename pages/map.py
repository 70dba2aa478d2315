"""Map: the collection in two dimensions, what is alike close together; an area or a cluster is a filter."""

from dataclasses import replace

import streamlit as st

from core.collection.catalog import Catalog
from core.map.points import plane_of
from core.map.view import MapView, map_view
from core.query.english import sentence
from core.query.recipe import Recipe
from core.timing import collect
from core.workspace import Workspace
from ui.filters import asked_question, filters
from ui.mapjob import making, map_words, show_making, show_staleness
from ui.mapshow import areas_of, colour_box, most_drawn, open_clicked, show_map, take_in_events, without_area
from ui.places import EXPLORE, SEARCH
from ui.question import ask, images, link_to
from ui.resources import current
from ui.results import SMALL_TILE_PX, show_gallery
from ui.style import heading
from ui.took import took
from ui.welcome import nothing_yet, welcome
from ui.words import number, share

SHOWN = 24  # images of the result below the map


def map_page() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    asked = asked_question(catalog)
    if catalog.count_all == 0:
        heading("Map")
        nothing_yet(name)
        return
    with st.spinner("Looking at the vectors …", show_time=True):
        plane = plane_of(catalog)
    recipe, opened = take_in_events(catalog, asked, plane)
    filters(catalog, recipe)
    if plane is None:
        heading("Map")
        st.info("A map needs at least three images with a vector.", icon=":material/scatter_plot:")
        return
    head = st.container()
    with st.container(horizontal=True, vertical_alignment="center", key="map-tools"):
        colour = colour_box(catalog, recipe)
        making(workspace, name, catalog)
        if areas_of(recipe):
            st.button("Clear the area", icon=":material/close:", on_click=ask, args=(without_area(recipe),))
    show_making(workspace, name)
    searcher = workspace.searcher(name, catalog)
    with st.spinner("Drawing the map …", show_time=True), collect() as timings:
        view = map_view(catalog, searcher, recipe, colour, most_drawn())
    assert view is not None  # the plane is there
    with head:
        heading(sentence(replace(recipe, order=None, sample=False), catalog.columns), answer(catalog, recipe, view))
    show_staleness(plane, catalog)
    show_map(workspace, name, catalog, recipe, view)
    st.caption(map_words(plane, view.drawn.count))
    show_result(workspace, catalog, name, recipe, view)
    took(timings)
    open_clicked(workspace, name, opened)


def answer(catalog: Catalog, recipe: Recipe, view: MapView) -> str:
    """How many images the question finds, and how many of them the map has."""
    if not recipe.where.conditions and not recipe.terms:
        return images(view.matching)
    part = f"{number(view.matching)} of {images(catalog.count_all)} · {share(view.matching, catalog.count_all)}"
    lacking = view.matching - view.drawn.matching
    return part + (f" · {number(lacking)} not on the map" if lacking else "")


def show_result(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, view: MapView) -> None:
    """The first images of the result, once there is a question."""
    if not recipe.where.conditions and not recipe.terms:
        st.caption("Draw round some points to filter by them. Click one to see it in full.")
        return
    if view.matching == 0:
        st.info("No image matches. Take a condition away in the sidebar.", icon=":material/filter_alt_off:")
        return
    hits = view.hits[:SHOWN]
    if not recipe.terms:
        hits = workspace.searcher(name, catalog).run(replace(recipe, limit=SHOWN, sample=False)).hits
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        more = view.matching > len(hits)
        st.subheader(f"First {number(len(hits))}" if more else images(len(hits)), anchor=False, width="content")
        st.page_link(
            SEARCH if recipe.terms else EXPLORE,
            label="All of them on Search" if recipe.terms else "All of them on Explore",
            icon=":material/arrow_forward:",
            query_params=link_to(recipe, name),
        )
    show_gallery(workspace, catalog, name, hits, key="map images", tile_px=SMALL_TILE_PX)


map_page()
