"""Concepts: words for every image, chosen from a vocabulary and previewed before anything is written."""

import streamlit as st

from core.collection.catalog import Catalog
from core.query.english import sentence
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.concepts import (
    Chosen,
    choose_labels,
    choose_threshold,
    choose_vocabulary,
    label_bars,
    label_pictures,
    outlook,
    previewed,
    tag_button,
)
from ui.filters import asked_question, filters
from ui.jobs import show_jobs
from ui.question import without_terms
from ui.resources import current
from ui.style import heading
from ui.welcome import nothing_yet, welcome


def concepts() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    if catalog.count_all == 0:
        heading("Concepts")
        nothing_yet(name)
        return
    asked = asked_question(catalog)
    filters(catalog, asked)
    recipe = without_terms(asked)
    heading("Give every image the words that fit it", subject(catalog, recipe))
    chosen = choose_vocabulary(catalog)
    if chosen is not None:
        show_preview(workspace, catalog, name, recipe, chosen)
    else:
        show_jobs(workspace)


def subject(catalog: Catalog, recipe: Recipe) -> str:
    """Which images are meant, where the filter leaves some out."""
    return sentence(recipe, catalog.columns) if recipe.where.conditions else ""


def show_preview(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, chosen: Chosen) -> None:
    """What would be given at which threshold, on a sample, and the button that does it."""
    if not catalog.count(recipe.where):
        st.info("No image passes the filter. Take one away in the sidebar.", icon=":material/filter_alt_off:")
        return
    found = previewed(workspace, catalog, name, chosen.labels, recipe)
    if not found.ids:
        st.info("These images have no vectors yet. Make them on the Collection page.", icon=":material/info:")
        return
    found = choose_labels(found, chosen)
    least, most = choose_threshold(found)
    given = found.chosen(least, most)
    st.markdown(outlook(found, given))
    tag_button(workspace, name, recipe, chosen, found, least, most)
    show_jobs(workspace)
    counts = found.counts(given)
    left, right = st.columns([2, 3], gap="large")
    with left:
        label_bars(counts)
    with right:
        label_pictures(workspace, catalog, name, found, counts, given)


concepts()
