"""Where a filter's text goes wrong."""

from typing import Any
from unicodedata import category, east_asian_width

from core.errors import QueryError
from core.query.textparts import printable

ABOUT = 30  # characters shown on either side of a place


class QueryTextError(QueryError):
    """A filter's text cannot be read; `position` is the offset in characters of the place where it goes wrong."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, position: int = 0) -> None:
        super().__init__(title, detail, hint)
        self.position = position

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.title, self.detail, self.hint), {"position": self.position}


def pointed(text: str, position: int) -> str:
    """The text about a place on one line, and on the next a caret under the place."""
    start, end = max(0, position - ABOUT), position + ABOUT
    front, back = ("…" if start else ""), ("…" if end < len(text) else "")
    before = front + printable(text[start:position])
    return f"{before}{printable(text[position:end])}{back}\n{' ' * sum(map(_cells, before))}^"


def _cells(character: str) -> int:
    """How wide a character stands where all are equally wide, in cells."""
    if category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
