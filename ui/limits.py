"""Time against the number of images asked for."""

from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace


def show_limits(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """Time against the number of images asked for."""
