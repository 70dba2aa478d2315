"""The rows of a bundle's table as the collection had them: names, types and tags told by the manifest, not guessed."""

import csv
import io
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import polars as pl

from core.ingest.columntypes import READERS, present, typed, typed_as
from core.ingest.delimited import read_delimited
from core.ingest.headers import LINE_COLUMN, stored_names
from core.ingest.manifests import Bundle, BundleColumn
from core.ingest.rows import ColumnChunks, RowNote, TableRead, named, no_rows, shortened
from core.ingest.structured import read_jsonl, read_parquet
from core.ingest.tables import seekable, without_endless
from core.ingest.workbooks import read_workbook

MOMENT = "timestamp[us]"
TEXT_TYPES = ("string", "large_string")
DTYPES = {"int64": pl.Int64(), "double": pl.Float64(), "bool": pl.Boolean(), MOMENT: pl.Datetime("us")}
PROTECTED = r"^'+[=+\-@\t\r\n＝＋－＠]"  # how the export keeps a spreadsheet from running a text


@dataclass(frozen=True)
class BundleTable:
    """A bundle's table; each sequence has one value a row."""

    read: TableRead  # as it stands there: lines, what was mended, and every column still untyped
    ids: Sequence[str | None]
    files: Sequence[str | None]  # paths, from the table's folder
    tags: Sequence[tuple[str, ...]]
    placed: Mapping[str, str]  # header -> column of the frame


def read_bundle_table(data: Path | bytes, bundle: Bundle) -> BundleTable:
    """Read the table that a manifest speaks of; TableError when it cannot be read or lacks ids."""
    name = bundle.table.rsplit("/", 1)[-1]
    with seekable(data, name) as stream:
        read = _read(stream, name, bundle)
    placed: dict[str, str] = {}
    for stored, label in read.labels.items():
        placed[stored if label in placed else label] = stored
    ids = _texts(read.frame, placed.get(bundle.id_header))
    files = _texts(read.frame, placed.get(bundle.file_header or ""))
    tags, mended = _tags(_texts(read.frame, placed.get(bundle.tags_header or "")), ids, read)
    return BundleTable(replace(read, repaired=(*read.repaired, *mended)), ids, files, tags, placed)


def own_columns(
    table: BundleTable, bundle: Bundle, text_columns: Collection[str]
) -> tuple[pl.DataFrame, dict[str, str], list[str]]:
    """A person's own columns under their stored names, their headers, and notes.

    A column that the manifest does not know, because somebody added it to the table, is read like any other table's.
    """
    told = [column for column in bundle.own if column.header in table.placed]
    notes = [f"The table has no column “{column.header}” any more." for column in bundle.own if column not in told]
    known = {column.header for column in bundle.columns}
    added = [header for header in table.placed if header not in known]
    names = list(stored_names(["id", *(column.column for column in told), *added]))[1:]
    columns = []
    for name, column in zip(names, [*told, *(BundleColumn(header, "", "", header) for header in added)], strict=True):
        values = table.read.frame[table.placed[column.header]]
        as_text = name in text_columns or column.label in text_columns
        found = _typed(values, "string" if as_text else column.type)
        if found is None:
            found = typed(values.cast(pl.String))
            notes.append(f"Column “{column.label}” holds values of another type than the manifest says.")
        columns.append(found.alias(name))
    labels = dict(zip(names, [*(column.label for column in told), *added], strict=True))
    frame, endless = without_endless(pl.DataFrame(columns), labels)
    return frame, labels, notes + endless


def _read(stream: BinaryIO, name: str, bundle: Bundle) -> TableRead:
    if bundle.metadata == "parquet":
        return read_parquet(stream, name)
    if bundle.metadata == "jsonl":
        return read_jsonl(stream, name)
    if bundle.metadata == "xlsx":
        return read_workbook(stream, name, {column.header for column in bundle.columns if column.type == MOMENT})
    return _unprotected(_read_csv(stream, name))


def _read_csv(stream: BinaryIO, name: str) -> TableRead:
    """CSV to the letter, as the export writes it; mended like any other where somebody has changed it since."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        return _exact(text, name)
    except (csv.Error, UnicodeDecodeError, ValueError):
        pass
    finally:
        text.detach()
    return read_delimited(stream, name)


def _exact(text: io.TextIOWrapper, name: str) -> TableRead:
    lines = csv.reader(text, strict=True)
    headers: list[str] = next(lines, [])
    chunks = ColumnChunks(headers)
    start = lines.line_num + 1
    for fields in lines:
        if fields and len(fields) != len(headers):
            raise ValueError(f"{len(fields)} fields instead of {len(headers)}")
        if fields:
            chunks.add(start, fields)
        start = lines.line_num + 1
    labels = named(headers, name)
    if not chunks.height:
        raise no_rows(name, "It has a line of column names and nothing below it.")
    frame = chunks.frame().rename(dict(zip(map(str, range(len(labels))), labels, strict=True)))
    return TableRead(name, frame, labels, chunks.height, (), ())


def _unprotected(read: TableRead) -> TableRead:
    """The table without the apostrophes that the export set, in headers as in cells; an empty cell is missing."""
    frame = read.frame.with_columns(
        [_bare(present(column)) for column in read.frame if column.name != LINE_COLUMN]
    )  # fmt: skip
    headers = pl.Series("", list(read.labels.values()), pl.String)
    return replace(read, frame=frame, labels=dict(zip(read.labels, _bare(headers).to_list(), strict=True)))


def _bare(texts: pl.Series) -> pl.Series:
    text = pl.col(texts.name)
    bare = pl.when(text.str.contains(PROTECTED)).then(text.str.slice(1)).otherwise(text)
    return texts.to_frame().select(bare.alias(texts.name)).to_series()


def _typed(values: pl.Series, kind: str) -> pl.Series | None:
    """The column as an Arrow type, found from its values where no type is told; None when a value does not fit."""
    if kind in TEXT_TYPES:
        return values.cast(pl.String)
    if kind not in READERS:
        return typed(values) if values.dtype == pl.String else values
    if values.null_count() == len(values):
        return values.cast(DTYPES[kind])
    if values.dtype == pl.String:
        return typed_as(values, kind)
    try:
        return values.cast(DTYPES[kind])
    except pl.exceptions.PolarsError:
        return None


def _texts(frame: pl.DataFrame, column: str | None) -> list[str | None]:
    if column is None:
        return [None] * frame.height
    texts: list[str | None] = frame[column].cast(pl.String).to_list()
    return texts


def _tags(
    cells: Sequence[str | None], ids: Sequence[str | None], read: TableRead
) -> tuple[list[tuple[str, ...]], list[RowNote]]:
    """Each row's tags, and a note for each row whose cell is no JSON list of texts."""
    found: list[tuple[str, ...]] = []
    notes = []
    for cell, id, line in zip(cells, ids, read.frame[LINE_COLUMN].to_list(), strict=True):
        tags = _listed(cell)
        found.append(tags or ())
        if tags is None:
            detail = f"Its tags are no JSON list of texts and were left out: {shortened(cell or '')}"
            notes.append(RowNote(line, id, "tags", detail))
    return found, notes


def _listed(cell: str | None) -> tuple[str, ...] | None:
    if not cell:
        return ()
    try:
        tags = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        return None
    return tuple(dict.fromkeys(tag for tag in tags if tag))
