"""Time against the size of the collection."""

from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace


def show_scale(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """Time against the size of the collection."""
