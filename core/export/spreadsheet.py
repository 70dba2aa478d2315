"""Records as CSV that a spreadsheet opens without running any of it."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.collection.storage import storing
from core.errors import InputError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # as OWASP lists them


def csv_text(records: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Records as CSV; a text that a spreadsheet would run as a formula gets an apostrophe in front."""
    lines = [csv_line(columns)]
    lines += [csv_line([record.get(column) for column in columns]) for record in records]
    return "".join(lines)


def write_csv(records: Iterable[Mapping[str, Any]], columns: Sequence[str], path: Path) -> None:
    """Records as a CSV file, UTF-8."""
    if path.is_dir():
        raise InputError(f"{path} is a folder.", "", f"Name a file: {path / 'table.csv'}")
    with storing(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(csv_text(records, columns), encoding="utf-8")


def csv_line(values: Sequence[object]) -> str:
    """One line that ends in a bare newline; a carriage return inside a value is quoted as much as a newline is."""
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerow([_cell(value) for value in values])
    return target.getvalue().removesuffix("\r\n") + "\n"


def _cell(value: object) -> object:
    """What stands in one cell: dates in ISO 8601, lists as JSON, nothing for a missing value.

    A text that could run gets an apostrophe in front, and so does one that already looks as if it had got one.
    """
    if isinstance(value, str) and value.lstrip("'").startswith(FORMULA_STARTS):
        return "'" + value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else value
