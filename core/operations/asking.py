"""A person's own SQL, for every front end: what it costs is recorded as of any other question."""

from core.collection.catalog import Catalog
from core.console.limits import Limits
from core.console.run import Table, run_sql
from core.query.recipe import Recipe
from core.workspace import Workspace


def ask_sql(
    space: Workspace, name: str, statement: str, recipe: Recipe, limits: Limits, catalog: Catalog | None = None
) -> Table:  # fmt: skip
    """Run one reading statement over a collection, at the version of a catalog or else at its latest."""
    catalog = catalog or space.catalog(name)
    with space.timings.work("sql", name, statement) as done:
        table = run_sql(catalog, space.searcher(name, catalog), statement, recipe, limits)
        done.rows = len(table.rows)
    return table
