"""`vitrine bench`: what answers cost here, of an own collection or of any number of made-up images."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from cli.output import print_json, print_records, progress_bar
from core.collection.storage import storing
from core.errors import InputError
from core.lab.bench import BenchRequest, Source, run_bench
from core.lab.compare import Comparison, compare, read_bench
from core.lab.costs import measure
from core.lab.sources import source_of
from core.lab.stages import BASELINES
from core.settings import Settings
from core.workspace import Workspace

ENDED = 143  # the exit code of a command that was asked to end


@dataclass(frozen=True)
class Wanted:
    """What the command was given."""

    collection: str | None
    rows: int | None
    rounds: int
    html: Path | None
    compare: Path | None
    baselines: bool


def print_bench(settings: Settings, wanted: Wanted, as_json: bool) -> None:
    """Measure and print."""
    if wanted.rows is None:
        _print_costs(settings, wanted, as_json)
        return
    before = None if wanted.compare is None else read_bench(wanted.compare)
    source: Source | None = None
    if wanted.collection is not None:
        source = source_of(Workspace.open(settings), wanted.collection)
    baselines = BASELINES if wanted.baselines else ()
    with progress_bar() as report, _ended_by_a_signal():
        run = run_bench(BenchRequest(wanted.rows, source, baselines, wanted.rounds), report)
    comparison = None if before is None else compare(before, run)
    if wanted.html is not None:
        from core.lab.report import html_report

        with storing("the report"):
            wanted.html.write_text(html_report(run, comparison), encoding="utf-8")
    if as_json:
        print_json(run if comparison is None else {**run, "comparison": comparison.told()})
    else:
        _print_run(run, comparison)


def _print_costs(settings: Settings, wanted: Wanted, as_json: bool) -> None:
    """Print what an own collection's answers cost as it is."""
    if wanted.collection is None:
        hint = "Give --rows 1000000 for made-up images, or --collection NAME for a collection of yours."
        raise InputError("What is to be measured?", "", hint)
    if wanted.html is not None or wanted.compare is not None:
        raise InputError("A report and a comparison are made with --rows alone.", "", "Add --rows, such as 100000.")
    space = Workspace.open(settings)
    name = space.collection(wanted.collection).name
    costs = measure(space, name, wanted.rounds)
    images = space.catalog(name).count_all
    if as_json:
        print_json({"collection": name, "images": images, "milliseconds": [asdict(cost) for cost in costs]})
        return
    shown = [
        {
            "question": cost.question,
            "median ms": f"{cost.median:.1f}",
            "p95 ms": f"{cost.p95:.1f}",
            "least ms": f"{cost.least:.1f}",
        }
        for cost in costs
    ]
    print_records(shown, "")


def _print_run(run: Mapping[str, Any], comparison: Comparison | None) -> None:
    machine = run["machine"]
    typer.echo(f"{run['rows']:,} images on {machine['cores']} cores, {machine['processor']}; {run['seconds']:,.0f} s.")
    shown = []
    for name, value in run["figures"].items():
        line = {"figure": name, "vitrine": f"{value:,.4g}"}
        for baseline, held in run["baselines"].items():
            line[baseline] = f"{held[name]:,.4g}" if isinstance(held.get(name), int | float) else ""
        shown.append(line)
    print_records(shown, "")
    for baseline, held in run["baselines"].items():
        if reason := held.get("absent") or held.get("failed"):
            typer.echo(f"{baseline}: {reason}")
    if comparison is not None:
        _print_comparison(comparison)


def _print_comparison(comparison: Comparison) -> None:
    console = Console(highlight=False)
    for note in comparison.notes:
        console.print(escape(note), soft_wrap=True)
    lines = [
        {
            "figure": one.figure,
            "before": f"{one.old:,.4g}",
            "now": f"{one.new:,.4g}",
            "ratio": "" if one.ratio is None else f"{one.ratio:.2f}",
            "": one.verdict,
        }
        for one in comparison.changes
    ]
    print_records(lines, "The two runs have no figure in common.")
    names = ", ".join(one.figure for one in comparison.regressions)
    console.print(f"Regressions: {names}." if names else "No regression.", soft_wrap=True)


@contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    """A command that is asked to end takes its temporary workspace along, as one that Ctrl-C stops does."""

    def end(*_: object) -> None:
        raise SystemExit(ENDED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
