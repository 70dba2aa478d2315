"""Writes results to files a person can take along."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.collection.storage import storing

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(records: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Records as CSV; a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([_cell(record.get(column)) for column in columns])
    return target.getvalue()


def write_csv(records: Iterable[Mapping[str, Any]], columns: Sequence[str], path: Path) -> None:
    """Records as a CSV file, UTF-8."""
    with storing(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(csv_text(records, columns), encoding="utf-8")


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return "" if value is None else value
