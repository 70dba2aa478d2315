"""`vitrine bench` and `vitrine lab`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import BackgroundOption, CollectionOption, JsonOption, WhereOption
from core.settings import Settings

OutOption = Annotated[Path | None, typer.Option(help="Also write the figures to this JSON file.")]


def add_lab(app: typer.Typer) -> None:
    """Add the commands that measure."""
    app.command()(bench)
    app.add_typer(lab, name="lab")


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


lab = typer.Typer(no_args_is_help=True, help="Measure a collection: time against limits and sizes, and ways to store.")


@lab.command()
def limits(
    collection: CollectionOption,
    where: WhereOption = None,
    text: Annotated[str | None, typer.Option(help="Also ask for images like these words.")] = None,
    limit: Annotated[
        list[int] | None, typer.Option(min=0, help="Images asked for, 0 for all; may be repeated.")
    ] = None,
    repetitions: Annotated[int, typer.Option(min=1, max=100, help="How often each is measured.")] = 3,
    seconds: Annotated[float, typer.Option(help="Leave out any step of which one round takes longer.")] = 60.0,
    processing: Annotated[
        bool, typer.Option("--processing/--no-processing", help="Also read, decode, augment and encode each image.")
    ] = True,
    out: OutOption = None,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure a question's time against the number of images it asks for."""
    from cli.lab import asked_limits, measure

    settings = Settings.load()
    asked = asked_limits(settings, collection, where, text)
    given = {"repetitions": repetitions, "seconds": seconds, "processing": processing}
    if limit:
        given["limits"] = limit  # type: ignore[assignment]
    measure(settings, collection, "limits", {**asked, **given}, out, background, as_json)


@lab.command()
def scale(
    collection: CollectionOption,
    largest: Annotated[int, typer.Option(min=1_000, max=100_000_000, help="Images in the largest one.")] = 100_000,
    steps: Annotated[int, typer.Option(min=4, max=12, help="How many sizes.")] = 5,
    runs: Annotated[int, typer.Option(min=1, max=1_000, help="How often each question is asked.")] = 9,
    out: OutOption = None,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure answers at growing sizes of synthetic collections like this one, and fit how they grow."""
    from cli.lab import measure

    asked = {"largest": largest, "steps": steps, "runs": runs}
    measure(Settings.load(), collection, "scale", asked, out, background, as_json)


@lab.command()
def storage(
    collection: CollectionOption,
    images: Annotated[int, typer.Option(min=1, max=20_000, help="Images read at random in each round.")] = 1_000,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="How often.")] = 5,
    out: OutOption = None,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read images at random from loose files, one HDF5 file, one zip and a Lance table."""
    from cli.lab import measure

    measure(Settings.load(), collection, "storage", {"images": images, "rounds": rounds}, out, background, as_json)


@lab.command()
def estimate(
    collection: CollectionOption,
    assume: Annotated[
        list[str] | None, typer.Option("--assume", help="NAME=NUMBER instead of the usual; may be repeated.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Estimate what a million to a billion images would take, from the last measured sizes and stated assumptions."""
    from cli.lab import print_estimates

    print_estimates(Settings.load(), collection, assume or [], as_json)
