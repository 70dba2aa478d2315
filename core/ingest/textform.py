"""How the bytes of a text table become characters: its encoding, and what had to be guessed."""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from core.errors import TableError
from core.ingest.kinds import content_type, foreign_kind

BLOCK_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 16
BINARY_SHARE = 0.1  # of NUL bytes, or of control characters where the rest is not UTF-8 either
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\x0b\x0c\x1b")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
STRAY_BYTES = re.compile("[\udc80-\udcff]+")  # what bytes that are not UTF-8 become under "surrogateescape"
FOREIGN_CHARACTERS = re.compile("[^\x00-\x7f\udc80-\udcff]")
WINDOWS_NOTE = "Read as Windows-1252: the file is not valid UTF-8."


@dataclass(frozen=True)
class TextForm:
    """How to decode one file."""

    encoding: str  # codec name
    errors: str  # codec error handler
    notes: tuple[str, ...] = ()  # what a person should know about the choice


def text_form(stream: BinaryIO, name: str) -> TextForm:
    """The encoding of a seekable stream, told by its byte order mark or by trying; the position is left anywhere.

    UTF-8 where all of it is valid. A file that is mostly UTF-8 with a few bad bytes stays UTF-8 and its bad lines are
    mended one by one (see `mended`); any other is Windows-1252.
    """
    stream.seek(0)
    sample = stream.read(SAMPLE_BYTES)
    if not sample:
        raise TableError(f"“{name}” is empty.", "It has 0 bytes.", "Give a table with a line of column names and rows.")
    for mark, encoding in BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            if encoding == "utf-8-sig" and not _is_utf8(stream):
                return _guessed(stream, "utf-8-sig")
            return TextForm(encoding, "strict" if encoding == "utf-8-sig" else "replace")
    _refuse_binary(sample, name)
    return TextForm("utf-8", "strict") if _is_utf8(stream) else _guessed(stream, "utf-8")


def mended(line: str) -> tuple[str, bool]:
    """The line with bytes that were not UTF-8 read as Windows-1252, and whether there were any."""
    if STRAY_BYTES.search(line) is None:
        return line, False
    return STRAY_BYTES.sub(lambda stray: _windows(stray.group().encode("utf-8", "surrogateescape")), line), True


def _windows(raw: bytes) -> str:
    return raw.decode("cp1252", "replace")


def _is_utf8(stream: BinaryIO) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guessed(stream: BinaryIO, utf8: str) -> TextForm:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    stray = valid = 0
    while block := stream.read(BLOCK_BYTES):
        text = decoder.decode(block)
        stray += sum(1 for _ in STRAY_BYTES.finditer(text))
        valid += sum(1 for _ in FOREIGN_CHARACTERS.finditer(text))
    if valid > stray:
        return TextForm(utf8, "surrogateescape")
    return TextForm("cp1252", "replace", (WINDOWS_NOTE,))


def _refuse_binary(sample: bytes, name: str) -> None:
    seems = "a Parquet table" if sample.startswith(b"PAR1") else foreign_kind(sample)
    if media_type := content_type(sample):
        seems = f"an image ({media_type})"
    if seems or _is_binary(sample):
        raise TableError(
            f"“{name}” is not a text table.",
            f"It seems to be {seems or 'a binary file'}.",
            "CSV, TSV, Parquet and JSON Lines can be read; an Excel workbook has to be saved as CSV first.",
        )


def _is_binary(sample: bytes) -> bool:
    enough = BINARY_SHARE * len(sample)
    if sample.count(0) > enough:
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # a character may be cut at the sample's end
    except UnicodeDecodeError:
        return len(sample) - len(sample.translate(None, CONTROLS)) > enough
    return False
