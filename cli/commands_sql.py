"""`vitrine sql`."""

import sys
from dataclasses import asdict, replace
from typing import Annotated

import typer

from cli.commands_asking import RecipeOption
from cli.options import CollectionOption, JsonOption, WhereOption
from core.errors import InputError
from core.settings import Settings


def add_sql(app: typer.Typer) -> None:
    """Add the command that runs a person's own SQL."""
    app.command()(sql)


def sql(
    statement: Annotated[str, typer.Argument(help="SELECT … FROM images, or FROM result; - reads standard input.")],
    collection: CollectionOption,
    where: WhereOption = None,
    text: Annotated[str | None, typer.Option(help="Words that the images of result are most like.")] = None,
    recipe: RecipeOption = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="Most rows.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the rows as CSV.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run one reading SQL statement over the table images, and over result: what --where, --text or --recipe find."""
    from cli.asking import recipe_of
    from cli.output import print_json, print_records
    from core.console.limits import limits_of
    from core.export.spreadsheet import csv_text
    from core.operations.asking import ask_sql
    from core.workspace import Workspace

    if as_csv and as_json:
        raise InputError("An answer is either JSON or CSV.", "", "Leave --json or --csv out.")
    space = Workspace.open(Settings.load())
    asked = recipe_of(space, collection, recipe, {"where": where, "text": text})
    limits = limits_of(space.settings)
    limits = replace(limits, rows=min(limit or limits.rows, limits.rows))
    source = sys.stdin.read() if statement == "-" else statement
    table = ask_sql(space, collection, source, asked, limits)
    if as_json:
        print_json({**asdict(table), "summary": table.summary})
        return
    if as_csv:
        typer.echo(csv_text(table.records(), table.names), nl=False)
    else:
        print_records(table.records(), "No rows.")
    if table.cut or not as_csv:
        typer.echo(f"{table.summary}, {table.milliseconds:,.0f} ms", err=True)
