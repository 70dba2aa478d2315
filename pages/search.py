"""Search: images like some words, like a dropped picture, or like one of the collection."""

from dataclasses import replace

import streamlit as st

from core.query.recipe import Recipe, Upload, Words
from core.workspace import Workspace
from ui.errors import plain
from ui.filters import filters
from ui.question import ask, question
from ui.resources import current
from ui.results import show_gallery, show_table, took
from ui.terms import show_picture_term
from ui.welcome import welcome
from ui.words import number

LIMITS = (10, 25, 50, 100, 250, 500)
PICTURES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif"]


def search() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    recipe = question()
    search_box(recipe, catalog.count_all)
    picture_box(workspace, recipe)
    recipe = filters(catalog, recipe)
    if not recipe.terms:
        st.info(
            "Type what you look for, drop a picture, or pick “More like this” on any image.",
            icon=":material/search:",
        )
        return
    show_picture_term(workspace, name, recipe)
    waiting = "Searching …" if workspace.encoder_is_loaded else "Loading the encoder, once …"
    with st.spinner(waiting, show_time=True):
        result = workspace.searcher(name).run(recipe)
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    left.markdown(f"{plain(result.sentence)}: **{result.summary}**")
    with right:
        limit_box(recipe)
    if not result.hits:
        st.info("No image passes the filter. Take one away in the sidebar.", icon=":material/filter_alt_off:")
        return
    show_gallery(workspace, catalog, name, result.hits, key="search images")
    with st.expander("As a table"):
        show_table(catalog, result.hits)
    took(result.timings.total)


def search_box(recipe: Recipe, count: int) -> None:
    """The words to look for."""
    words = [term.text for term in recipe.terms if isinstance(term, Words)]
    st.session_state["search words"] = words[0] if words else ""

    def changed() -> None:
        text = st.session_state["search words"].strip()
        ask(replace(question(), terms=(Words(text),) if text else ()))

    st.text_input(
        "Search",
        key="search words",
        placeholder=f"Search {number(count)} images: a red dress, blue running shoes …",
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=changed,
    )


def picture_box(workspace: Workspace, recipe: Recipe) -> None:
    """Where a picture is dropped; it becomes the question."""

    def dropped() -> None:
        file = st.session_state.get("dropped picture")
        if file is not None:
            st.session_state["dropped bytes"] = file.getvalue()

    with st.expander("Search by a picture", icon=":material/image_search:", expanded=False):
        st.file_uploader(
            "Drop a picture", type=PICTURES, key="dropped picture", on_change=dropped, label_visibility="collapsed"
        )
    data = st.session_state.pop("dropped bytes", None)
    if data is not None:
        ask(replace(recipe, terms=(Upload(workspace.keep_upload(data)),)))
        st.rerun()


def limit_box(recipe: Recipe) -> None:
    """How many hits at the most."""
    st.session_state["limit"] = recipe.limit

    def changed() -> None:
        ask(replace(question(), limit=st.session_state["limit"]))

    options = sorted({*LIMITS, recipe.limit})
    st.selectbox("Show at most", options, key="limit", on_change=changed, format_func=number)


search()
