"""What answers cost as a table to take along: a row for each, its steps in columns of their own."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from core.collection.storage import storing
from core.errors import InputError
from core.export.spreadsheet import csv_text
from core.timings.record import Record, recipe_text, steps_text

STEPS = ("parse", "sql", "vectors", "fetch", "decode", "encode", "render")  # the others together are "other_ms"
SCHEMA: Mapping[str, Any] = {
    "id": pl.Int64,
    "at": pl.String,
    "kind": pl.String,
    "collection": pl.String,
    "english": pl.String,
    "recipe": pl.String,
    "first": pl.Int64,
    "rows": pl.Int64,
    "total": pl.Int64,
    "front": pl.String,
    "who": pl.String,
    "milliseconds": pl.Float64,
    **{f"{name}_ms": pl.Float64 for name in STEPS},
    "other_ms": pl.Float64,
    "steps": pl.String,
}
SUFFIXES = (".csv", ".parquet")


def as_csv(records: Sequence[Record]) -> str:
    """As CSV that a spreadsheet opens without running any of it."""
    return csv_text(_rows(records), list(SCHEMA))


def as_parquet(records: Sequence[Record]) -> bytes:
    """As a Parquet file."""
    target = io.BytesIO()
    pl.DataFrame(_rows(records), schema=SCHEMA, orient="row").write_parquet(target)
    return target.getvalue()


def write_timings(records: Sequence[Record], path: Path) -> None:
    """As a file, CSV or Parquet by its name."""
    if path.suffix.lower() not in SUFFIXES or path.is_dir():
        raise InputError(f"{path} is neither a CSV nor a Parquet file.", "", "Name a file.csv or a file.parquet.")
    data = as_parquet(records) if path.suffix.lower() == ".parquet" else as_csv(records).encode()
    with storing(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    return [_row(record) for record in records]


def _row(record: Record) -> dict[str, Any]:
    """A record in columns; of the outermost steps alone, so that they add up to no more than the whole."""
    spent: dict[str, float] = {}
    for item in record.steps:
        if item.depth == 0:
            spent[item.name] = spent.get(item.name, 0.0) + item.milliseconds
    known = sum(spent.get(name, 0.0) for name in STEPS)
    told = record.told()
    return {
        **{name: told[name] for name in SCHEMA if name in told},
        "recipe": recipe_text(record.recipe),
        **{f"{name}_ms": round(spent.get(name, 0.0), 3) for name in STEPS},
        "other_ms": round(max(0.0, record.milliseconds - known), 3),
        "steps": steps_text(record.steps),
    }
