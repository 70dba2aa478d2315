"""The formats of an exported table, each written page by page."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.export.columns import Field
from core.export.spreadsheet import csv_line
from core.export.workbook import opened_workbook

Write = Callable[[Sequence[Sequence[Any]]], object]
"""Takes the next rows, each with one value a field."""


@dataclass(frozen=True)
class Format:
    """One kind of table."""

    suffix: str
    about: str  # for a person who chooses
    opened: Callable[[Path, Sequence[Field]], AbstractContextManager[Write]]


@contextmanager
def _csv(path: Path, fields: Sequence[Field]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_line([field.header for field in fields]))
        yield lambda rows: file.writelines(map(csv_line, rows))


@contextmanager
def _jsonl(path: Path, fields: Sequence[Field]) -> Iterator[Write]:
    headers = [field.header for field in fields]
    with path.open("w", encoding="utf-8", newline="") as file:
        yield lambda rows: file.writelines(json_line(dict(zip(headers, row, strict=True))) for row in rows)


@contextmanager
def _parquet(path: Path, fields: Sequence[Field]) -> Iterator[Write]:
    schema = pa.schema([pa.field(field.header, field.type) for field in fields])

    def write(rows: Sequence[Sequence[Any]]) -> None:
        columns = [pa.array([row[place] for row in rows], field.type) for place, field in enumerate(fields)]
        writer.write_table(pa.table(columns, schema=schema))

    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield write


def json_line(record: dict[str, Any]) -> str:
    """One record as a line of JSON: dates in ISO 8601, null for what is missing or no number."""
    return json.dumps({name: _plain(value) for name, value in record.items()}, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


FORMATS = {
    "csv": Format(".csv", "opens in any spreadsheet", _csv),
    "parquet": Format(".parquet", "keeps every column's type", _parquet),
    "jsonl": Format(".jsonl", "one JSON object an image", _jsonl),
    "xlsx": Format(".xlsx", "an Excel workbook", opened_workbook),
}
