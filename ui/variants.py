"""What a pipeline makes of some images."""

import streamlit as st

from core.augment.pipeline import Pipeline
from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace


def show_preview(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, pipeline: Pipeline) -> None:
    """Variants of some images of the result."""
    st.caption(f"{pipeline.name}, {catalog.count(recipe.where)} images of {name} in {workspace.folder.name}")
