"""CSV and its relatives, one line at a time, so that one bad line costs one line.

A line is read literally wherever its quotes make no sense: an opening quote that never closes must not swallow the
lines below it. Quoted line breaks that do make sense are kept.
"""

import io
from dataclasses import dataclass
from typing import BinaryIO

from core.errors import TableError
from core.ingest.quoting import QUOTE, Lines, closing, split_line
from core.ingest.rows import ColumnChunks, RowNote, TableRead, id_position, named, no_rows, shortened
from core.ingest.textform import TextForm, mended, text_form

DELIMITERS = (",", ";", "\t", "|")
SNIFF_LINES = 100
SPAN_LINES = 1_000  # a quoted field may run over this many lines
SPAN_TRIES = 100  # quoted fields of one record that may do so
LONG_SPAN = 10  # from here on, lines that all look like rows are rows and not one long quoted field


@dataclass
class _Record:
    fields: list[str]
    raw: str
    reason: str = ""  # why it was repaired, "" when it was not
    detail: str = ""


def read_delimited(stream: BinaryIO, name: str, *, tab: bool = False) -> TableRead:
    """Read a seekable binary stream as CSV; every column is still text, "" where nothing stood."""
    form = text_form(stream, name)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=form.encoding, errors=form.errors, newline="")
    try:
        return _DelimitedReader(Lines(iter(text)), name, form, "\t" if tab else None).read()
    finally:
        text.detach()


class _DelimitedReader:
    def __init__(self, lines: Lines, name: str, form: TextForm, delimiter: str | None) -> None:
        self._lines = lines
        self._name = name
        self._form = form
        self._repaired: list[RowNote] = []
        self._may_hold_bad_bytes = form.errors != "strict"
        self._width = 0
        self._drop_trailing = False
        self._skip_blank()
        self._delimiter = delimiter or self._declared() or self._sniffed()

    def read(self) -> TableRead:
        headers = self._header()
        labels = named(headers, self._name)
        self._width = len(headers)
        self._drop_trailing = self._all_trail()
        id_at = id_position(headers)
        chunks = ColumnChunks(headers)
        for line in self._lines:
            number = self._lines.number
            if (fields := self._plain_fields(line)) is not None:
                chunks.add(number, fields)
            elif (record := self._record(line)) is not None:
                chunks.add(number, record.fields)
                if record.reason:
                    key = record.fields[id_at] if id_at is not None else None
                    self._repaired.append(RowNote(number, key or None, record.reason, record.detail))
        if not chunks.height:
            raise no_rows(self._name, "It has a line of column names and nothing below it.")
        frame = chunks.frame().rename(dict(zip(map(str, range(len(labels))), labels, strict=True)))
        return TableRead(self._name, frame, labels, chunks.height, tuple(self._repaired), (), self._notes())

    def _notes(self) -> tuple[str, ...]:
        dropped = ("Every line ends with one separator too many; it was dropped.",) if self._drop_trailing else ()
        return self._form.notes + dropped

    def _header(self) -> list[str]:
        first = next(self._lines, "")
        record = self._record(first)
        headers = record.fields if record else []
        if headers and all(_is_data(cell) for cell in headers):
            raise TableError(
                f"“{self._name}” has no column names.",
                f"Its first line looks like data: {shortened(first)}",
                "Put the column names in the first line, for example: id,image",
            )
        return headers

    def _plain_fields(self, line: str) -> list[str] | None:
        """The fields of a line in which nothing is odd, as nearly all are; None for any other."""
        if QUOTE in line or "\0" in line or (self._may_hold_bad_bytes and not line.isascii()):
            return None
        fields = line.rstrip("\r\n").split(self._delimiter)
        return fields if len(fields) == self._width and (self._width > 1 or fields[0]) else None

    def _record(self, line: str) -> _Record | None:
        """The fields of the record that begins with `line`, as many as there are columns; None for a blank line."""
        record = _Record([], line)
        if not line.isascii() or "\0" in line:
            line = self._cleaned(record)
        if QUOTE in line:
            self._split_quoted(line, record)
        else:
            bare = line.rstrip("\r\n")
            if not bare:
                return None
            record.fields = bare.split(self._delimiter)
        if len(record.fields) != self._width and self._width:
            self._fit(record)
        return record

    def _cleaned(self, record: _Record) -> str:
        line, was_bad = mended(record.raw)
        if was_bad or (self._form.encoding == "cp1252" and "\ufffd" in line):
            record.reason, record.detail = "bad-encoding", f"Bytes that are no UTF-8 were replaced: {shortened(line)}"
        if "\0" in line:
            line = line.replace("\0", "")
            record.reason, record.detail = "nul-bytes", f"NUL characters were removed: {shortened(line)}"
        return line

    def _fit(self, record: _Record) -> None:
        """Make the record as wide as the header: extra fields go into the last column, missing ones stay empty."""
        found, width = len(record.fields), self._width
        if found < width:
            record.fields += [""] * (width - found)
            reason = "too-few-fields"
            detail = f"{found} of {width} fields; the rest is empty: {shortened(record.raw)}"
        elif self._drop_trailing and found == width + 1 and not record.fields[-1]:
            record.fields.pop()
            return
        else:
            record.fields[width - 1 :] = [self._delimiter.join(record.fields[width - 1 :])]
            reason = "stray-separators"
            detail = f"{found} fields instead of {width}; the last column took the rest: {shortened(record.raw)}"
        record.reason, record.detail = record.reason or reason, record.detail or detail

    def _split_quoted(self, line: str, record: _Record) -> None:
        fields, outcome = split_line(line, self._delimiter)
        if outcome == "open" and (spanning := self._spanning(line, fields)) is not None:
            record.fields = spanning
            return
        if outcome != "clean" and len(fields) != self._width:
            inner, inner_outcome = split_line(line, self._delimiter, inner_quotes=True)
            if inner_outcome == "clean" and len(inner) == self._width:
                fields = inner
        record.fields = fields
        if outcome != "clean":
            record.reason = "unclosed-quote" if outcome == "open" else "stray-quotes"
            record.detail = f"Quotation marks were read as text: {shortened(line)}"

    def _spanning(self, first: str, literal: list[str]) -> list[str] | None:
        """The fields of a record whose quoted text runs over several lines; None when that reading makes no sense."""
        parts = [first]
        tries_left = SPAN_TRIES
        for distance in range(SPAN_LINES):
            line = self._lines.peek(distance)
            if line is None:
                return None
            parts.append(mended(line)[0].replace("\0", ""))
            ending = closing(parts[-1].rstrip("\r\n"), -1, self._delimiter)
            if ending == "open":
                continue
            fields, outcome = split_line("".join(parts), self._delimiter)
            if outcome == "clean" and self._believable(fields, literal, parts):
                self._take(distance + 1)
                return fields
            tries_left -= 1
            if outcome != "open" or not tries_left:
                return None
        return None

    def _believable(self, fields: list[str], literal: list[str], parts: list[str]) -> bool:
        """Whether lines that can be read as one record are one, and not rows between two stray quotes."""
        if self._width < 2:
            return True
        if len(fields) != self._width and len(literal) == self._width:
            return False
        return len(parts) <= LONG_SPAN or any(part.count(self._delimiter) != self._width - 1 for part in parts)

    def _take(self, count: int) -> None:
        for _ in range(count):
            next(self._lines)

    def _skip_blank(self) -> None:
        while (line := self._lines.peek(0)) is not None and not line.strip("\r\n\0 "):
            next(self._lines)

    def _declared(self) -> str | None:
        """The separator that a first line such as "sep=;" states, as Excel writes it; the line is consumed."""
        line = (self._lines.peek(0) or "").rstrip("\r\n")
        if len(line) == 5 and line.lower().startswith("sep=") and line[4] in DELIMITERS:
            next(self._lines)
            return line[4]
        return None

    def _sample(self) -> list[str]:
        lines = (self._lines.peek(distance) for distance in range(SNIFF_LINES))
        return [line for line in lines if line and line.rstrip("\r\n")]

    def _sniffed(self) -> str:
        """The separator under which most lines have as many fields as the header has; "," when none splits it."""
        sample = self._sample()

        def score(delimiter: str) -> tuple[float, int]:
            widths = [len(split_line(line, delimiter)[0]) for line in sample]
            if not widths or widths[0] < 2:
                return 0.0, 0
            return widths.count(widths[0]) / len(widths), widths[0]

        return max(DELIMITERS, key=score)

    def _all_trail(self) -> bool:
        """Whether every sampled line has one field more than the header, and that one is empty."""
        sample = [split_line(line, self._delimiter)[0] for line in self._sample()]
        return len(sample) > 0 and all(len(fields) == self._width + 1 and not fields[-1] for fields in sample)


def _is_data(cell: str) -> bool:
    """Whether a header cell looks like a value: a number, or the name of an image file."""
    text = cell.strip()
    return text.replace(".", "", 1).isdecimal() or text.lower().endswith((".jpg", ".jpeg", ".png", ".webp"))
