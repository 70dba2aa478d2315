"""The table of a bundle that is an Excel workbook, as the export writes it and as Excel saves it again.

The parts of a workbook are XML. None of Vitrine's or Excel's declares a document type, and one that does is refused:
nothing else can make a small file grow without end.
"""

import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import BinaryIO
from xml.parsers import expat

from core.errors import TableError
from core.ingest.rows import ColumnChunks, TableRead, named, no_rows

SHEET = re.compile(r"metadata( \d+)?")
LONG = re.compile(r"long texts( \d+)?")
WHOLE_ELSEWHERE = "… (whole in the sheet “long texts”)"
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
SHARED = "xl/sharedStrings.xml"
MOST_COLUMNS = 16_384
PIECE_BYTES = 1 << 20
MOST_BYTES = 4 * 1024**3  # of one part, so that a small file cannot fill the memory
LEAP_DAY = 60  # the 29th of February 1900, which Excel knows and no calendar does
DAMAGES = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, IndexError, ValueError, OverflowError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
Row = list[str | None]


def read_workbook(stream: BinaryIO, name: str, moments: Collection[str]) -> TableRead:
    """Read the sheets of metadata; every column is text still, numbers in columns of `moments` as dates in ISO 8601."""
    try:
        with zipfile.ZipFile(stream) as book:
            return _table(_Workbook(book), name, moments)
    except DAMAGES as error:
        raise TableError(
            f"“{name}” cannot be read as an Excel workbook.", str(error)[:200], "Check that the file is complete."
        ) from error


def _table(book: "_Workbook", name: str, moments: Collection[str]) -> TableRead:
    headers: list[str] = []
    chunks = ColumnChunks(headers)
    long = _long_texts(book)
    for sheet in book.sheets():
        rows = book.rows(sheet)
        first = [text or "" for text in next(rows, [])]
        if not headers:
            headers += first
        dated = {place for place, header in enumerate(headers) if header.strip() in moments}
        for cells in rows:
            row = [_moment(text) if place in dated else text for place, text in enumerate(cells[: len(headers)])]
            for place, text in enumerate(row):
                if text is not None and text.endswith(WHOLE_ELSEWHERE):
                    row[place] = long.get((str(row[0]), headers[place]), text)
            if any(text is not None for text in row):
                chunks.add(chunks.height + 2, row)
    labels = named(headers, name)
    if not chunks.height:
        raise no_rows(name, "It has a line of column names and nothing below it.")
    frame = chunks.frame().rename(dict(zip(map(str, range(len(labels))), labels, strict=True)))
    return TableRead(name, frame, labels, chunks.height, (), ())


def _long_texts(book: "_Workbook") -> dict[tuple[str, str], str]:
    """Texts that no cell can hold, by id and header."""
    parts: dict[tuple[str, str], list[str]] = {}
    for row in chain.from_iterable(book.rows(name) for name in book.places if LONG.fullmatch(name)):
        id, header, _, text = [*row, None, None, None, None][:4]
        parts.setdefault((id or "", header or ""), []).append(text or "")
    return {key: "".join(texts) for key, texts in parts.items()}


def _moment(text: str | None) -> str | None:
    """A day's number as ISO 8601, to the millisecond that Excel keeps; any other text as it is."""
    try:
        days = float(text or "")
    except ValueError:
        return text
    first = datetime(1899, 12, 30) if days > LEAP_DAY else datetime(1899, 12, 31)
    return (first + timedelta(milliseconds=round(days * 86_400_000))).isoformat()


class _Workbook:
    """An open workbook: its sheets by name, and their rows."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._book = book
        found = self._elements("xl/_rels/workbook.xml.rels")
        targets = {told["Id"]: told["Target"] for tag, told, _ in found if tag == "Relationship"}
        self.places = {
            told["name"]: _part(targets[told["r:id"]])
            for tag, told, _ in self._elements("xl/workbook.xml")
            if tag == "sheet"
        }
        self._shared = list(self._shared_texts()) if SHARED in book.namelist() else []

    def sheets(self) -> list[str]:
        """Names of the sheets of metadata, in order; of the first one where none is called so."""
        return [name for name in self.places if SHEET.fullmatch(name)] or list(self.places)[:1]

    def rows(self, sheet: str) -> Iterator[Row]:
        """The cells of each row, in their places."""
        row: Row = []
        texts: list[str] = []
        for tag, told, text in self._elements(self.places[sheet]):
            if tag in ("t", "v"):
                texts.append(text)
            elif tag == "c":
                place = _place(told.get("r", ""), len(row))
                row += [None] * (place + 1 - len(row))
                row[place] = self._cell(told.get("t", "n"), "".join(texts)) if texts else None
                texts = []
            elif tag == "row":
                yield row
                row = []

    def _cell(self, kind: str, text: str) -> str | None:
        if kind == "s":
            return self._shared[int(text)]
        if kind == "inlineStr":
            return _unescaped(text)
        if kind == "b":
            return "true" if text == "1" else "false"
        return None if kind == "e" else text

    def _shared_texts(self) -> Iterator[str]:
        texts: list[str] = []
        for tag, _, text in self._elements(SHARED):
            if tag == "t":
                texts.append(text)
            elif tag == "si":
                yield _unescaped("".join(texts))
                texts = []

    def _elements(self, part: str) -> Iterator[tuple[str, dict[str, str], str]]:
        """Each element of one part as it ends: its name, its attributes and the text that stands last in it."""
        begun: list[dict[str, str]] = []
        texts: list[str] = []
        ended: list[tuple[str, dict[str, str], str]] = []

        def start(tag: str, told: dict[str, str]) -> None:
            begun.append(told)
            texts.clear()

        def end(tag: str) -> None:
            ended.append((tag.rpartition(":")[2], begun.pop(), "".join(texts)))
            texts.clear()

        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = texts.append
        room = MOST_BYTES
        with self._book.open(part) as member:
            while data := member.read(PIECE_BYTES):
                room -= len(data)
                if room < 0:
                    raise ValueError(f"{part} in it has more than {MOST_BYTES:,} bytes.")
                parser.Parse(data, False)
                yield from ended
                ended.clear()
            parser.Parse(b"", True)
        yield from ended


def _part(target: str) -> str:
    """Where the workbook holds what is called so in its list of parts."""
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _place(reference: str, following: int) -> int:
    """The number of a cell's column, from 0; that of the next one where the cell does not tell."""
    place = 0
    for letter in reference.rstrip("0123456789"):
        place = place * 26 + ord(letter) - ord("A") + 1
    if not 0 <= place <= MOST_COLUMNS:
        raise ValueError(f"There is no cell {reference[:20]}.")
    return place - 1 if place else following


def _unescaped(text: str) -> str:
    """Text with the characters that XML cannot hold."""
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def _refuse(*_: object) -> None:
    raise ValueError("It declares a document type, which no workbook does.")
