"""How the command prints: tables for people on a terminal, JSON for programs, progress on standard error."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.errors import VitrineError

if TYPE_CHECKING:
    from core.ingest.ledger import Ledger
    from core.ingest.pipeline import Report

LEDGER_LINES = (
    ("Rows read", "rows_read"),
    ("  with an image", "rows_matched"),
    ("  without image", "rows_without_image"),
    ("  rejected", "rows_rejected"),
    ("  (repaired before use)", "rows_repaired"),
    ("Image files found", "files_found"),
    ("  added", "images_added"),
    ("  updated", "images_updated"),
    ("  unchanged", "images_unchanged"),
    ("  unreadable", "unreadable"),
    ("  id taken by another source", "ids_taken"),
    ("  deleted here before", "deleted_before"),
    ("Images without row", "images_without_row"),
    ("Metadata updated", "metadata_updated"),
    ("Groups of byte-identical images", "duplicate_groups"),
    ("Other files, ignored", "ignored_files"),
)


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False, default=str))


def print_error(error: VitrineError) -> None:
    """What, why, what next, on standard error."""
    console = Console(stderr=True, highlight=False)
    console.print(f"[bold red]Error:[/] {escape(error.title)}", soft_wrap=True)
    for line in (error.detail, error.hint):
        if line:
            console.print(f"       {escape(line)}", soft_wrap=True)


def print_records(records: Sequence[Mapping[str, Any]], empty: str) -> None:
    """A table, or a line that says there is nothing."""
    console = Console(highlight=False)
    if not records:
        console.print(empty, soft_wrap=True)
        return
    if not console.is_terminal:
        _print_lines(records)
        return
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for name, value in records[0].items():
        justify: Literal["left", "right"] = "right" if isinstance(value, int | float) else "left"
        shown.add_column(name[:1].upper() + name[1:], justify=justify, overflow="fold", no_wrap=name == "variable")
    for record in records:
        shown.add_row(*(_cell(value) for value in record.values()))
    console.print(shown)


def _print_lines(records: Sequence[Mapping[str, Any]]) -> None:
    """A header and a line a record, with tabs between, as other programs of a pipe read them."""
    lines = [list(records[0]), *(list(record.values()) for record in records)]
    for line in lines:
        print("\t".join(" ".join(str("" if value is None else value).split()) for value in line))


def print_ledger(ledger: "Ledger", exported: Path | None = None) -> None:
    """The totals of an ingest, and what its entries say."""
    console = Console(highlight=False)
    console.print(f"[bold]Ledger[/] of {escape(ledger.source)}, {ledger.at}")
    if ledger.table:
        console.print(f"Table: {escape(ledger.table)}")
    summary = ledger.summary()
    shown = Table(box=None, show_header=False, pad_edge=False)
    shown.add_column()
    shown.add_column(justify="right")
    for label, key in LEDGER_LINES:
        shown.add_row(label, f"{summary[key]:,}")
    console.print(shown)
    for note in ledger.notes:
        console.print(escape(note))
    problems = ledger.counts.problems()
    console.print("The totals reconcile." if not problems else f"[red]The totals do not reconcile: {problems}[/]")
    speed = f"{summary['images_per_second']:,.0f} images/s, peak memory {summary['peak_rss_mb']:,.0f} MB"
    console.print(f"{ledger.seconds:,.1f} s, {speed}")
    if exported is not None:
        console.print(f"{len(ledger.entries):,} entries written to {escape(str(exported))}")
    elif ledger.entries:
        console.print(
            f"{len(ledger.entries):,} entries tell of single rows and files: vitrine ledger --export FILE.csv"
        )


@contextmanager
def progress_bar() -> Iterator["Report"]:
    """A bar on standard error while an ingest runs; silent when that is not a terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from core.ingest.pipeline import Progress as State

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Starting", total=None)

        def report(state: State) -> None:
            bar.update(task, description=state.stage, completed=state.done, total=state.total or None)

        yield report


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else escape("" if value is None else str(value))
