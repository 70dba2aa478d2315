"""Metadata tables: CSV, TSV, JSON Lines and Parquet as one typed frame, with a note for every line that needed one."""

import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

import polars as pl

from core.errors import TableError
from core.ingest.columntypes import present, typed
from core.ingest.delimited import read_delimited
from core.ingest.headers import IMAGE_NAME_HINTS, LINE_COLUMN, find_id_column, find_id_columns
from core.ingest.naming import IMAGE_SUFFIXES, TABLE_SUFFIXES
from core.ingest.rows import RowNote, TableRead
from core.ingest.structured import read_jsonl, read_parquet

__all__ = [
    "LINE_COLUMN",
    "RowNote",
    "TableRead",
    "find_id_column",
    "find_id_columns",
    "find_image_column",
    "read_table",
]

IMAGE_SAMPLE = 1_000  # values looked at to tell whether a column names images
IMAGE_SHARE = 0.8  # of the values have to look like image files or addresses
IMAGE_FILE = rf"(?i)\.(?:{'|'.join(suffix[1:] for suffix in IMAGE_SUFFIXES)})(?:[?#].*)?$"
ADDRESS = r"(?i)^https?://"
SPOOL_BYTES = 64 * 1024 * 1024  # of a stream that cannot seek, before it goes to disk


def read_table(data: Path | bytes | BinaryIO, name: str, *, text_columns: Collection[str] = ()) -> TableRead:
    """Read a table whose format the suffix of `name` tells; .csv, .tsv, .txt, .jsonl and .ndjson may be gzipped.

    `text_columns` (stored names or headers) stay text, whatever they look like: an id "1.50" must not become 1.5.
    """
    suffix = table_suffix(name)
    with seekable(data, name) as stream:
        if suffix == ".parquet":
            read = read_parquet(stream, name)
        elif suffix in (".jsonl", ".ndjson"):
            read = read_jsonl(stream, name)
        else:
            read = read_delimited(stream, name, tab=suffix == ".tsv")
    kept = {stored for stored, label in read.labels.items() if stored in text_columns or label in text_columns}
    inferring = suffix != ".parquet"
    columns = [_finished(column, inferring, column.name in kept) for column in read.frame]
    frame, notes = without_endless(pl.DataFrame(columns), read.labels)
    return replace(read, frame=frame, notes=(*read.notes, *notes))


def without_endless(frame: pl.DataFrame, labels: Mapping[str, str]) -> tuple[pl.DataFrame, list[str]]:
    """The frame with missing values for NaN and the infinities, and a note for each column that had any.

    No range, histogram or JSON has a place for them.
    """
    notes = []
    for column in frame.select(pl.selectors.float()):
        endless = (~column.is_finite()).fill_null(False)
        if endless.any():
            label = labels.get(column.name, column.name)
            notes.append(f"Column “{label}”: {endless.sum():,} infinite or undefined values count as missing.")
            frame = frame.with_columns(column.set(endless, None))
    return frame, notes


def table_suffix(name: str) -> str:
    """The suffix that tells a table's format, such as ".csv", without ".gz"; TableError for any other."""
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    if suffix not in TABLE_SUFFIXES and suffix != ".txt":
        raise TableError(
            f"“{name}” is not a kind of table that can be read.",
            f"Its name ends in “{suffix}”." if suffix else "Its name has no suffix.",
            "CSV, TSV, Parquet and JSON Lines can be read; an Excel workbook has to be saved as CSV first.",
        )
    return suffix


def find_image_column(frame: pl.DataFrame) -> str | None:
    """The column whose values look most like image files or http(s) addresses, or None.

    At least 80 % of its first 1,000 values have to; image suffixes count more than bare addresses, then a name such
    as "image" or "file" decides, then the order of the columns.
    """
    scores = {column.name: _image_score(column) for column in frame if column.dtype == pl.String}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] > (0.0, False) else None


def _image_score(column: pl.Series) -> tuple[float, bool]:
    values = column.drop_nulls().head(IMAGE_SAMPLE).str.strip_chars()
    if not len(values):
        return 0.0, False
    files, addresses = values.str.contains(IMAGE_FILE), values.str.contains(ADDRESS)
    share = float((files | addresses).sum()) / len(values)
    if share < IMAGE_SHARE:
        return 0.0, False
    hinted = any(hint in column.name.lower() for hint in IMAGE_NAME_HINTS)
    return 1.0 + round(float(files.sum()) / len(values)), hinted


def _finished(column: pl.Series, inferring: bool, as_text: bool) -> pl.Series:
    if column.name == LINE_COLUMN:
        return column
    if as_text:
        return present(column.cast(pl.String))
    if inferring:
        return typed(column)
    return present(column) if column.dtype == pl.String else column


@contextmanager
def seekable(data: Path | bytes | BinaryIO, name: str) -> Iterator[BinaryIO]:
    """The table's bytes, unpacked, as a stream that can seek; a damaged gzip file is a TableError."""
    with ExitStack() as stack:
        try:
            stream = _opened(data, stack)
            yield cast(BinaryIO, stack.enter_context(gzip.open(stream))) if name.lower().endswith(".gz") else stream
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise TableError(f"“{name}” is damaged.", f"It cannot be unpacked: {error}.", "Fetch it again.") from error
        except FileNotFoundError as error:
            raise TableError(f"“{name}” is not there.", str(error), "Check the path.") from error
        except (PermissionError, IsADirectoryError) as error:
            raise TableError(f"“{name}” cannot be opened.", str(error), "Check the path and its rights.") from error


def _opened(data: Path | bytes | BinaryIO, stack: ExitStack) -> BinaryIO:
    if isinstance(data, Path):
        return stack.enter_context(data.open("rb"))
    if isinstance(data, bytes):
        return io.BytesIO(data)
    if data.seekable():
        return data
    with ExitStack() as filling:
        spool = filling.enter_context(tempfile.SpooledTemporaryFile(SPOOL_BYTES))
        shutil.copyfileobj(data, spool)
        spool.seek(0)
        stack.push(filling.pop_all())
    return cast(BinaryIO, spool)
