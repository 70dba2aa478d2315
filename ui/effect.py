"""What a pipeline does to search."""

import streamlit as st

from core.augment.pipeline import Pipeline
from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace


def show_effect(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, pipeline: Pipeline) -> None:
    """How far the pipeline moves images from where search finds them."""
    st.caption(f"{pipeline.name}, {catalog.count(recipe.where)} images of {name} in {workspace.folder.name}")
