"""Augment: a pipeline of changes, seen on images of the result, measured and applied to all of it."""

from collections.abc import Callable
from types import MappingProxyType

import streamlit as st

from core.augment.pipeline import Pipeline
from core.collection.catalog import Catalog
from core.query.english import sentence
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.apply import show_apply
from ui.effect import show_effect
from ui.filters import asked_question, filters
from ui.pipeline import pipeline_editor
from ui.pipelinelink import asked_pipeline
from ui.question import images, remember
from ui.resources import current
from ui.style import heading
from ui.variants import show_preview
from ui.welcome import nothing_yet, welcome

Show = Callable[[Workspace, Catalog, str, Recipe, Pipeline], None]
PREVIEW, EFFECT, APPLY = "Preview", "Effect on search", "Apply"
PARTS = MappingProxyType({PREVIEW: show_preview, EFFECT: show_effect, APPLY: show_apply})


def augment_page() -> None:
    """The page, from top to bottom."""
    workspace, name = current()
    if name is None:
        welcome(workspace)
        return
    catalog = workspace.catalog(name)
    if catalog.count_all == 0:
        heading("Augment")
        nothing_yet(name)
        return
    recipe = asked_question(catalog)
    filters(catalog, recipe)
    heading(sentence(recipe, catalog.columns), images(catalog.count(recipe.where)))
    editing, shown = st.columns([3, 5], gap="large")
    with editing:
        pipeline = pipeline_editor(asked_pipeline())
    with shown:
        PARTS[part_box()](workspace, catalog, name, recipe, pipeline)


def part_box() -> str:
    """Which part is shown; the link keeps it."""
    asked = st.query_params.get("part", PREVIEW)
    st.session_state["augment part"] = asked if asked in PARTS else PREVIEW

    def changed() -> None:
        remember(part=st.session_state["augment part"] or PREVIEW)

    chosen = st.segmented_control(
        "Part", list(PARTS), key="augment part", on_change=changed, label_visibility="collapsed", required=True
    )
    return str(chosen)


augment_page()
