"""What this workspace's answers cost: over time, by kind, and the slowest with their recipes."""

from core.collection.catalog import Catalog
from core.query.recipe import Recipe
from core.workspace import Workspace


def show_live(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """What this workspace's answers cost."""
