"""A table as an Excel workbook, written row by row: nothing in it runs, and nothing is cut off unsaid."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.export.columns import Field

MOST_ROWS = 1_048_576  # of a sheet, the headers' included
MOST_COLUMNS = 16_384
MOST_UNITS = 32_767  # UTF-16 units in a cell
PIECE = 16_000  # characters of a longer text in one cell; they fit however many units each needs
LARGEST = 10**15 - 1  # Excel keeps fifteen digits of a number
FIRST_DAY = date(1900, 1, 1)
EARLIEST = datetime(1980, 1, 1)
SHEET, LONG = "metadata", "long texts"
Write = Callable[[Sequence[Sequence[Any]]], object]


class _Sheets:
    """Rows under the same headers, on as many sheets as they need."""

    def __init__(self, book: Any, name: str, headers: Sequence[str]) -> None:
        self._book = book
        self._name = name
        self._headers = headers
        self._bold = book.add_format({"bold": True})
        self._sheet: Any = None
        self._row = 0
        self._count = 0

    def begin(self) -> None:
        """Go on with a new sheet."""
        self._count += 1
        self._sheet = self._book.add_worksheet(self._name if self._count == 1 else f"{self._name} {self._count}")
        self._sheet.freeze_panes(1, 0)
        _without_markup(self._sheet)
        for place, header in enumerate(self._headers):
            self._sheet.write_string(0, place, header[:PIECE], self._bold)
        self._row = 0

    def next(self) -> tuple[Any, int]:
        """The sheet and the number of the next row."""
        if self._sheet is None or self._row + 1 >= MOST_ROWS:
            self.begin()
        self._row += 1
        return self._sheet, self._row


class _Writer:
    """Puts values into cells, each as what it is."""

    def __init__(self, book: Any, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._rows = _Sheets(book, SHEET, [field.header for field in fields])
        self._long = _Sheets(book, LONG, ["id", "column", "part", "text"])
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._second = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._millisecond = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self._rows.begin()

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            sheet, number = self._rows.next()
            for place, value in enumerate(row):
                self._put(sheet, number, place, value, str(row[0]))

    def _put(self, sheet: Any, row: int, place: int, value: Any, id: str) -> None:
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, place, value)
        elif isinstance(value, float) or (isinstance(value, int) and abs(value) <= LARGEST):
            sheet.write_number(row, place, value)
        elif isinstance(value, date) and _is_kept(value):
            sheet.write_datetime(row, place, value, self._format_of(value))
        else:
            sheet.write_string(row, place, self._short(_text(value), place, id))

    def _format_of(self, value: date) -> Any:
        if not isinstance(value, datetime) or value.time() == time():
            return self._day
        return self._millisecond if value.microsecond else self._second

    def _short(self, text: str, place: int, id: str) -> str:
        """A text as a cell holds it; of a longer one the beginning, and all of it on a sheet for such."""
        if len(text) * 2 <= MOST_UNITS or len(text.encode("utf-16-le")) // 2 <= MOST_UNITS:
            return text
        for part, first in enumerate(range(0, len(text), PIECE), start=1):
            sheet, row = self._long.next()
            sheet.write_string(row, 0, id[:PIECE])
            sheet.write_string(row, 1, self._fields[place].header[:PIECE])
            sheet.write_number(row, 2, part)
            sheet.write_string(row, 3, text[first : first + PIECE])
        return f"{text[:PIECE]}… (whole in the sheet “{LONG}”)"


@contextmanager
def opened_workbook(path: Path, fields: Sequence[Field]) -> Iterator[Write]:
    """A new workbook that takes rows; memory holds one of them, and the same rows give the same bytes."""
    import xlsxwriter  # type: ignore[import-untyped]
    from xlsxwriter.exceptions import XlsxFileError  # type: ignore[import-untyped]

    if len(fields) > MOST_COLUMNS:
        raise InputError(
            f"An Excel sheet holds {MOST_COLUMNS:,} columns, and these are {len(fields):,}.", "", "Take Parquet."
        )
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
    book.use_zip64()
    book.set_properties({"created": EARLIEST})
    try:
        yield _Writer(book, fields).write
    finally:
        try:
            book.close()
        except XlsxFileError as error:
            raise OSError(str(error)) from error


def _without_markup(sheet: Any) -> None:
    """Let a text like “<r>…</r>” be a text: the library would write it unescaped."""
    sheet._xml_rich_inline_string = lambda text, attributes: sheet._xml_inline_string(text, True, attributes)


def _is_kept(value: date) -> bool:
    """Whether Excel knows the day and keeps the moment to the last digit."""
    day = value.date() if isinstance(value, datetime) else value
    return day >= FIRST_DAY and not (isinstance(value, datetime) and value.microsecond % 1000)


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | tuple) else str(value)
