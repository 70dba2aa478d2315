"""The fields of one CSV record, and what to make of quotation marks that do not add up."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import Literal

QUOTE = '"'

Outcome = Literal["clean", "open", "stray"]  # all well; a quoted field does not close; text after a closing quote


class Lines:
    """Lines with their endings, numbered from 1, and a look ahead."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._ahead: deque[str] = deque()
        self.number = 0  # of the line that next() returned last

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else next(self._source)
        self.number += 1
        return line

    def peek(self, distance: int) -> str | None:
        """The line `distance` lines after the next one, or None past the end."""
        while len(self._ahead) <= distance:
            line = next(self._source, None)
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[distance]


def split_line(text: str, delimiter: str, *, inner_quotes: bool = False) -> tuple[list[str], Outcome]:
    """Fields of one record, and whether its quotes made sense.

    A quoted field that makes no sense is read literally up to the next delimiter. With `inner_quotes`, a quote inside
    a quoted field that is followed by more text belongs to that text.
    """
    if QUOTE not in text:
        return text.rstrip("\r\n").split(delimiter), "clean"
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True)), "clean"
    except (csv.Error, StopIteration):
        return _split_by_hand(text, delimiter, inner_quotes)


def _split_by_hand(text: str, delimiter: str, inner_quotes: bool) -> tuple[list[str], Outcome]:
    body = text.removesuffix("\n").removesuffix("\r")
    fields: list[str] = []
    outcome: Outcome = "clean"
    at = 0
    while at <= len(body):
        end = closing(body, at, delimiter, inner_quotes) if body.startswith(QUOTE, at) else None
        if isinstance(end, int):
            fields.append(body[at + 1 : end].replace(QUOTE * 2, QUOTE))
            at = end + 2
            continue
        if end is not None:
            outcome = end if outcome == "clean" else outcome
        stop = body.find(delimiter, at)
        stop = len(body) if stop < 0 else stop
        fields.append(body[at:stop])
        at = stop + 1
    return fields, outcome


def closing(body: str, start: int, delimiter: str, inner_quotes: bool = False) -> int | Outcome:
    """Where the quoted field that starts at `start` closes, or "open" or "stray" when it does not.

    With -1 for `start`, the text begins inside a quoted field.
    """
    at = body.find(QUOTE, start + 1)
    while at >= 0:
        after = body[at + 1 : at + 2]
        if after in ("", delimiter):
            return at
        if after != QUOTE and not inner_quotes:
            return "stray"
        at = body.find(QUOTE, at + (2 if after == QUOTE else 1))
    return "open"
