"""Duplicates: groups of images that are identical, or nearly, of which one each is kept."""

import streamlit as st

from core.collection.catalog import Catalog
from core.duplicates.find import find_duplicates
from core.duplicates.found import Duplicates
from core.duplicates.request import DuplicatesRequest, How
from core.duplicates.told import headline
from core.errors import VitrineError
from core.query.english import sentence
from core.query.recipe import Recipe
from core.timing import collect
from ui.duplicateacts import acts_bar, acts_undo_bar
from ui.duplicates import asked_duplicates, controls, show_groups, totals
from ui.errors import plain, show_error
from ui.filters import asked_question, filters
from ui.question import images
from ui.resources import current
from ui.selection import selection_bar
from ui.style import heading
from ui.took import took
from ui.welcome import nothing_yet, welcome


def duplicates() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    recipe = asked_question(catalog)
    filters(catalog, recipe)
    if catalog.count_all == 0:
        heading("Duplicates")
        nothing_yet(name)
        return
    asked = asked_duplicates(recipe.where)
    top = st.container()
    controls(asked)
    with collect() as timings:
        found = answer(catalog, asked)
    with top:
        heading("Duplicates" if found is None else headline(found), "" if found is None else totals(found))
        if asked.where.conditions:
            st.caption(f"Among: {plain(sentence(Recipe(where=asked.where), catalog.columns))}")
    acts_undo_bar(workspace, name)
    if found is None:
        return
    if found.left_out:
        lacks = "vector" if asked.how is How.VECTOR else "hash"
        st.caption(f"{images(found.left_out)} without a {lacks} cannot be compared.")
    if not found.groups:
        st.info(nothing_found(found), icon=":material/task_alt:" if found.compared else ":material/filter_alt_off:")
        return
    acts_bar(workspace, name, catalog, found)
    show_groups(workspace, catalog, name, found)
    with st.container(key="selection"):
        selection_bar(workspace, name)
    took(timings, found.milliseconds)


def answer(catalog: Catalog, asked: DuplicatesRequest) -> Duplicates | None:
    """The groups; None where they cannot be had, which is told."""
    try:
        with st.spinner(f"Comparing up to {images(catalog.count_all)} …", show_time=True):
            return find_duplicates(catalog, asked)
    except VitrineError as error:
        show_error(error)
        return None


def nothing_found(found: Duplicates) -> str:
    """What to do next where no group is found."""
    asked = found.request
    if not found.compared and not found.left_out:
        return "No image matches. Take a condition away in the sidebar."
    if asked.how is How.IDENTICAL:
        words = "No two images are identical. Try “Looks alike” for pictures that were saved anew or scaled."
    else:
        words = "No two different images are that near each other. Identical ones are under “Identical”."
    return words if not asked.where.conditions else f"{words} Only images that pass the filter are compared."


duplicates()
