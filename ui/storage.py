"""Time to read images, by how they are stored."""

from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace


def show_storage(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """Time to read images, by how they are stored."""
