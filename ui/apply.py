"""A pipeline applied to a whole result."""

import streamlit as st

from core.augment.pipeline import Pipeline
from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace


def show_apply(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, pipeline: Pipeline) -> None:
    """What to write, where to, and the job that does it."""
    st.caption(f"{pipeline.name}, {catalog.count(recipe.where)} images of {name} in {workspace.folder.name}")
