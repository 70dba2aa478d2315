"""`vitrine timings`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption
from core.settings import Settings


def add_timings(app: typer.Typer) -> None:
    """Add the command that tells what answers cost."""
    app.command()(timings)


def timings(
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Only of this collection.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as query, search or page.")] = None,
    slowest: Annotated[bool, typer.Option("--slowest", help="List the slowest, else the latest.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="How many are listed: 20, or all into a file.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write them to this file, .csv or .parquet.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what answers and work cost: percentiles by kind, and the latest or slowest with their steps."""
    from cli.timings import show_timings, write
    from core.timings.record import known_kinds
    from core.timings.store import Wanted

    wanted = Wanted(known_kinds(kind), collection, limit=limit, slowest=slowest)
    if out is not None:
        write(Settings.load(), wanted, out, as_json)
    else:
        show_timings(Settings.load(), wanted, as_json)
