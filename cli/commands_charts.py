"""`vitrine counts`."""

from typing import Annotated

import typer

from cli.options import CollectionOption, JsonOption, WhereOption
from core.errors import InputError
from core.settings import Settings


def add_charts(app: typer.Typer) -> None:
    """Add the command that counts."""
    app.command()(counts)


def counts(
    column: Annotated[str, typer.Argument(help="Column to count by.")],
    collection: CollectionOption,
    second: Annotated[str | None, typer.Argument(help="Another column to count against it.")] = None,
    where: WhereOption = None,
    top: Annotated[int, typer.Option(min=1, max=200, help="Classes listed; the rest are counted as others.")] = 20,
    bins: Annotated[int, typer.Option(min=1, max=200, help="Ranges of a column of numbers or dates.")] = 12,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Count the images of each class, year or range of one column, or of two against each other."""
    from cli.counting import print_counts
    from core.workspace import Workspace

    if as_csv and as_json:
        raise InputError("Either CSV or JSON can be printed.", "", "Leave --csv or --json out.")
    space = Workspace.open(Settings.load())
    form = "csv" if as_csv else "json" if as_json else "table"
    print_counts(space, collection, (column, second), where, (top, bins), form)
