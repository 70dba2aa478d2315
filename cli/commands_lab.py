"""`vitrine bench`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption
from core.settings import Settings


def add_lab(app: typer.Typer) -> None:
    """Add the commands that measure."""
    app.command()(bench)


def bench(
    collection: Annotated[
        str | None, typer.Option("--collection", "-c", help="Measure this collection, or with --rows one like it.")
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(min=100, max=100_000_000, help="Measure so many made-up images in a temporary workspace."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, max=10_000, help="How often each question is asked.")] = 15,
    html: Annotated[Path | None, typer.Option(help="Also write a report with plots to this file.")] = None,
    compare: Annotated[
        Path | None, typer.Option(help="Show what changed since a run whose --json is in this file.")
    ] = None,
    baselines: Annotated[
        bool, typer.Option("--baselines/--no-baselines", help="Also measure other ways to answer the same.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Measure what answers cost on this machine: of a collection, or of any number of made-up images."""
    from cli.bench import Wanted, print_bench

    print_bench(Settings.load(), Wanted(collection, rows, rounds, html, compare, baselines), as_json)
