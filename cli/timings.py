"""What answers cost, as tables, as JSON, and as a file."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import typer

from cli.output import print_json, print_records
from core.export.timings import write_timings
from core.settings import Settings
from core.timings.figures import KindFigures, by_kind
from core.timings.record import Record
from core.timings.store import Wanted
from core.workspace import Workspace

LISTED = 20
MOST_STEPS = 4  # named on one line, the costliest first
NOTHING = "Nothing is recorded yet. Ask something: vitrine query -c NAME"


def show_timings(settings: Settings, wanted: Wanted, as_json: bool) -> None:
    """Print percentiles by kind, and single answers."""
    recorder = Workspace.open(settings).timings
    kinds = by_kind(recorder.points(replace(wanted, limit=None)))
    records = recorder.records(replace(wanted, limit=wanted.limit or LISTED))
    if as_json:
        print_json({"kinds": [asdict(one) for one in kinds], "timings": [record.told() for record in records]})
        return
    if kinds:
        print_records([_figures(one) for one in kinds], "")
        typer.echo("")
    print_records([_line(record) for record in records], NOTHING)


def write(settings: Settings, wanted: Wanted, out: Path, as_json: bool) -> None:
    """Write single answers to a file."""
    records = Workspace.open(settings).timings.records(wanted)
    write_timings(records, out)
    if as_json:
        print_json({"file": str(out), "rows": len(records)})
    else:
        typer.echo(f"{len(records):,} rows written to {out}")


def _figures(one: KindFigures) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "answers": one.count,
        "p50 ms": f"{one.p50:,.1f}",
        "p95 ms": f"{one.p95:,.1f}",
        "p99 ms": f"{one.p99:,.1f}",
        "slowest ms": f"{one.slowest:,.1f}",
    }


def _line(record: Record) -> dict[str, Any]:
    outer = sorted((item for item in record.steps if item.depth == 0), key=lambda item: -item.milliseconds)
    steps = ", ".join(f"{item.name} {item.milliseconds:,.1f}" for item in outer[:MOST_STEPS])
    return {
        "at": record.at[:19].replace("T", " "),
        "kind": record.kind,
        "collection": record.collection,
        "ms": f"{record.milliseconds:,.1f}",
        "rows": record.rows,
        "through": record.front,
        "asked": record.english,
        "steps, ms": steps,
    }
