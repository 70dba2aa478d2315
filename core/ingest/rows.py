"""What reading a table leaves behind: its rows as a frame, and a note for every line that needed attention."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from core.errors import TableError
from core.ingest.headers import LINE_COLUMN, find_id_column, stored_names

CHUNK_ROWS = 20_000  # rows held as Python objects at a time
MAX_COLUMNS = 2_000
RAW_CHARACTERS = 200  # of a line, quoted in a note


@dataclass(frozen=True, slots=True)
class RowNote:
    """One line that needed attention."""

    line: int  # 1-based line (or row) number in the table file
    id: str | None  # value of the id-like column where known
    reason: str  # short code such as "stray-separators"
    detail: str  # a sentence; for a rejected row with the raw text, shortened


@dataclass(frozen=True)
class TableRead:
    """A table as it was read."""

    name: str  # file name
    frame: pl.DataFrame  # every accepted row, typed columns, and "__line__" (Int64) with the line of each row
    labels: dict[str, str]  # stored column name -> the header as the person wrote it
    rows_read: int  # data rows, accepted and rejected; blank lines do not count
    repaired: tuple[RowNote, ...]
    rejected: tuple[RowNote, ...]
    notes: tuple[str, ...] = ()  # sentences about the table as a whole


class ColumnChunks:
    """Text columns that grow row by row and are held as compact chunks, so that millions of rows fit."""

    def __init__(self, headers: list[str]) -> None:
        self.headers = headers
        self._lines: list[int] = []
        self._rows: list[Sequence[str | None]] = []
        self._chunks: list[pl.DataFrame] = []
        self.height = 0  # rows so far

    def add(self, line: int, row: Sequence[str | None]) -> None:
        """Append one row; `row` may be shorter than the headers, which may have grown since the last one."""
        self.height += 1
        self._lines.append(line)
        self._rows.append(row)
        if len(self._rows) >= CHUNK_ROWS:
            self._flush()

    def frame(self) -> pl.DataFrame:
        """All rows; columns are named by position ("0", "1", ...), and "__line__" comes last."""
        self._flush()
        if not self._chunks:
            return pl.DataFrame(schema={LINE_COLUMN: pl.Int64})
        return pl.concat(self._chunks, how="diagonal").select([*map(str, range(len(self.headers))), LINE_COLUMN])

    def _flush(self) -> None:
        if not self._rows:
            return
        width = len(self.headers)
        rows = [row if len(row) == width else [*row, *[None] * (width - len(row))] for row in self._rows]
        columns = [text_series(str(place), values) for place, values in enumerate(zip(*rows, strict=True))]
        self._chunks.append(pl.DataFrame([*columns, pl.Series(LINE_COLUMN, self._lines, dtype=pl.Int64)]))
        self._rows, self._lines = [], []


def text_series(name: str, values: Sequence[str | None]) -> pl.Series:
    """A String column; halves of a character pair, which no encoding can hold, become question marks."""
    try:
        return pl.Series(name, values, dtype=pl.String)
    except UnicodeEncodeError:
        clean = [value and value.encode("utf-8", "replace").decode("utf-8") for value in values]
        return pl.Series(name, clean, dtype=pl.String)


def named(headers: list[str], file_name: str) -> dict[str, str]:
    """Stored names of a table's headers, or a TableError when there is nothing to name."""
    if not any(header.strip() for header in headers):
        raise TableError(
            f"“{file_name}” has no columns.",
            "Its first line names none.",
            "Put the column names in the first line, for example: id,colour,price",
        )
    if len(headers) > MAX_COLUMNS:
        raise TableError(
            f"“{file_name}” has too many columns.", f"It has {len(headers):,}; {MAX_COLUMNS:,} can be read."
        )
    return stored_names(headers)


def id_position(headers: list[str]) -> int | None:
    """Where in a row the value stands that identifies it, if any column looks like that."""
    column = find_id_column(headers)
    return None if column is None else headers.index(column)


def shortened(text: str) -> str:
    """One line of `text` for a note, at most 200 characters."""
    flat = re.sub(r"[\r\n\t\0]+", " ", text).strip()
    return flat if len(flat) <= RAW_CHARACTERS else flat[: RAW_CHARACTERS - 1] + "…"


def no_rows(file_name: str, detail: str) -> TableError:
    """The error for a table without a single usable row."""
    return TableError(f"“{file_name}” has no rows.", detail, "Give a table with one line for each image.")
