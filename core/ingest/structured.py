"""Tables that carry structure of their own: JSON Lines and Parquet. Nested values become JSON text."""

import io
import json
from collections.abc import Iterable
from typing import BinaryIO

import polars as pl

from core.errors import TableError
from core.ingest.headers import LINE_COLUMN
from core.ingest.rows import MAX_COLUMNS, ColumnChunks, RowNote, TableRead, named, no_rows, shortened, text_series
from core.ingest.textform import text_form

SLICE_ROWS = 50_000  # rows of a nested column turned to JSON at a time


def read_jsonl(stream: BinaryIO, name: str) -> TableRead:
    """Read one JSON object a line; every column is text still, and a line that is no object is rejected."""
    form = text_form(stream, name)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=form.encoding, errors="replace", newline="\n")
    try:
        return _read_lines(text, name, form.notes)
    finally:
        text.detach()


def _read_lines(lines: Iterable[str], name: str, notes: tuple[str, ...]) -> TableRead:
    places: dict[str, int] = {}
    chunks = ColumnChunks([])
    rejected: list[RowNote] = []
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        found = _json_object(text)
        if isinstance(found, dict):
            chunks.add(number, _placed(found, places, chunks.headers, name))
        else:
            rejected.append(RowNote(number, None, *found))
    if not chunks.height:
        raise no_rows(name, _why_none(rejected))
    labels = named(chunks.headers, name)
    frame = chunks.frame().rename(dict(zip(map(str, range(len(labels))), labels, strict=True)))
    return TableRead(name, frame, labels, chunks.height + len(rejected), (), tuple(rejected), notes)


def read_parquet(stream: BinaryIO, name: str) -> TableRead:
    """Read a Parquet file; its types are kept, narrowed to the few that a collection stores."""
    try:
        source = pl.read_parquet(stream, use_statistics=False)
    except Exception as error:
        raise TableError(
            f"“{name}” cannot be read as Parquet.", shortened(str(error)), "Check that the file is complete."
        ) from error
    if not source.height:
        raise no_rows(name, "It has columns and no row.")
    binary = [column.name for column in source if column.dtype in (pl.Binary, pl.Object)]
    kept = [column for column in source.columns if column not in binary]
    labels = named(kept, name)
    columns = [_plain(source[column]).alias(stored) for stored, column in zip(labels, kept, strict=True)]
    lines = pl.Series(LINE_COLUMN, range(1, source.height + 1), dtype=pl.Int64)
    notes = tuple(f"Column “{column}” holds binary data and was left out." for column in binary)
    return TableRead(name, pl.DataFrame([*columns, lines]), labels, source.height, (), (), notes)


def _json_object(text: str) -> dict[str, object] | tuple[str, str]:
    """The object on one line, or the reason and detail of its rejection."""
    try:
        value = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        return "bad-json", f"This line is not JSON ({getattr(error, 'msg', 'nested too deeply')}): {shortened(text)}"
    if isinstance(value, dict):
        return value
    return "not-an-object", f"This line is JSON but no object with names and values: {shortened(text)}"


def _placed(found: dict[str, object], places: dict[str, int], headers: list[str], name: str) -> list[str | None]:
    """The object's values in column order; a name seen for the first time becomes a new column."""
    for key in found:
        if key not in places:
            places[key] = len(headers)
            headers.append(key)
    if len(headers) > MAX_COLUMNS:
        raise TableError(f"“{name}” has too many columns.", f"Its lines use more than {MAX_COLUMNS:,} names.")
    row: list[str | None] = [None] * len(headers)
    for key, value in found.items():
        row[places[key]] = _json_text(value)
    return row


def _json_text(value: object) -> str | None:
    if isinstance(value, str):
        return value.replace("\0", "")
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, default=str)


def _why_none(rejected: list[RowNote]) -> str:
    if not rejected:
        return "Every line is blank."
    return f"No line is a JSON object. Line {rejected[0].line}: {rejected[0].detail}"


def _plain(column: pl.Series) -> pl.Series:
    """The column as Int64, Float64, Boolean, Datetime("us", UTC without zone) or String; NaN is missing."""
    kind = column.dtype
    if kind == pl.Boolean:
        return column
    if kind.is_integer():
        return _whole(column)
    if kind.is_float() or kind.is_decimal():
        return column.cast(pl.Float64).fill_nan(None)
    if kind == pl.Date:
        return column.cast(pl.Datetime("us"))
    if isinstance(kind, pl.Datetime):
        moments = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if kind.time_zone else column
        return moments.cast(pl.Datetime("us"))
    return _text(column)


def _whole(column: pl.Series) -> pl.Series:
    numbers = column.cast(pl.Int64, strict=False)
    return numbers if numbers.null_count() == column.null_count() else column.cast(pl.String)


def _text(column: pl.Series) -> pl.Series:
    if column.dtype.is_nested():
        slices = (column[at : at + SLICE_ROWS].to_list() for at in range(0, len(column), SLICE_ROWS))
        return text_series(column.name, [_json_text(value) for values in slices for value in values])
    if column.dtype == pl.Duration:
        return text_series(column.name, [None if value is None else str(value) for value in column.to_list()])
    return column.cast(pl.String)
