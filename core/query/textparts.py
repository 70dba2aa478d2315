"""The pieces a filter's text is made of: words, quoted texts and signs, and the columns that they name."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.errors import QueryError, near_names
from core.query.area import AREA
from core.query.columns import Column, Columns, Kind
from core.query.fitting import RANGE_KINDS, TEXT_KINDS

MISSING = "?"  # stands for a missing value; quoted it is a question mark
RANGE = ".."
TAG = "tag:"  # in front of a tag; a column of that name has a sign behind it
SIGNS = ("=", "!=", "~", "!~", "^=", "=~", ">", ">=", "<", "<=")
RESERVED = ("AND", "OR", "NOT")
MOST_SHOWN = 40  # characters of a person's text in an error's title
WORD = r'(?:[^\s"(),=<>~!^]|!(?![=~])|\^(?!=))+'
TOKEN = re.compile(
    rf'(?P<string>"(?P<inside>(?:[^"\\]|\\.?)*)(?P<closed>"?))|(?P<sign>[!<>^]=|!~|=~|[=<>~(),])|(?P<word>{WORD})',
    re.DOTALL,
)
ESCAPED = re.compile(r'\\(["\\])')


class Mark(StrEnum):
    """What sort of piece it is."""

    WORD = "word"
    STRING = "string"  # quoted
    UNCLOSED = "unclosed"  # quoted, without the quote at its end
    SIGN = "sign"
    END = "end"  # after the last character


@dataclass(frozen=True)
class Token:
    """One piece of a filter's text."""

    mark: Mark
    text: str  # what it says, without quotes and escapes
    start: int  # offset of its first character
    end: int  # offset after its last character

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs, unquoted."""
        return self.mark is Mark.SIGN and self.text in signs

    def is_reserved(self, *words: str) -> bool:
        """Whether it is AND, OR or NOT (or one of those given), unquoted and in capitals."""
        return self.mark is Mark.WORD and self.text in (words or RESERVED)

    def is_text(self) -> bool:
        """Whether it may name a column or be a value."""
        return self.mark in (Mark.WORD, Mark.STRING, Mark.UNCLOSED) and not self.is_reserved()

    def is_tag(self, behind: "Token") -> bool:
        """Whether it begins a tag, by the token behind it: a sign there would make it a column."""
        return self.mark is Mark.WORD and self.text.casefold().startswith(TAG) and not behind.is_sign(*SIGNS)

    def is_area(self, behind: "Token") -> bool:
        """Whether it begins an area of the map, by the token behind it: a sign there would make it a column."""
        return self.mark is Mark.WORD and self.text.casefold() == AREA and not behind.is_sign(*SIGNS)


def tokens(text: str) -> list[Token]:
    """Every piece of a text, left to right, and the end; any text has pieces, sense or not."""
    found = [_token(match) for match in TOKEN.finditer(text)]
    return [*found, Token(Mark.END, "", len(text), len(text))]


def _token(match: re.Match[str]) -> Token:
    if match["string"] is not None:
        mark = Mark.STRING if match["closed"] else Mark.UNCLOSED
        return Token(mark, ESCAPED.sub(r"\1", match["inside"]), *match.span())
    return Token(Mark.SIGN if match["sign"] else Mark.WORD, match[0], *match.span())


def place_in(text: str, token: Token, place: int) -> int:
    """The offset in the whole text of one character of what a token says."""
    if token.mark is Mark.WORD:
        return token.start + place
    offset = token.start + 1
    for _ in range(place):
        offset += 2 if ESCAPED.match(text, offset) else 1
    return offset


def as_word(text: str) -> str:
    """A text as it is written in a filter: bare where it can be and every character shows, else quoted."""
    return text if re.fullmatch(WORD, text) and text.isprintable() and text not in RESERVED else quoted(text)


def as_name(name: str) -> str:
    """A column's name as it is written in a filter; bare, a hyphen in front would exclude, ! and ^ begin a sign."""
    return quoted(name) if name.startswith("-") or name.endswith(("!", "^")) else as_word(name)


def as_value(text: str) -> str:
    """A value as it is written behind =; bare, a question mark would be a missing one."""
    return quoted(text) if text == MISSING else as_word(text)


def quoted(text: str) -> str:
    """A text in quotes, with a backslash before every quote and backslash in it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def signs_of(kind: Kind) -> tuple[str, ...]:
    """The signs that may follow a column of that kind."""
    if kind in TEXT_KINDS:
        return ("=", "!=", "~", "!~", "^=", "=~")
    return ("=", "!=", ">", ">=", "<", "<=") if kind in RANGE_KINDS else ("=", "!=")


def column_called(columns: Columns, name: str) -> Column:
    """The column stored under a name, else labelled so, else either whatever the case; or a QueryError."""
    if name in columns:
        return columns[name]
    folded = name.casefold()
    labelled = [column for column in columns.values() if column.label == name]
    alike = [item for item in columns.values() if folded in (item.name.casefold(), item.label.casefold())]
    found = labelled or alike
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(as_name(column.name) for column in found)
        raise QueryError(f"“{shown(name)}” may be any of {len(found)} columns.", "", f"Write one of: {listed}.")
    stored = {name.casefold() for name in columns}
    labels = {item.label for item in columns.values() if item.label.replace(" ", "_").casefold() not in stored}
    hint = near_names(name[:MOST_SHOWN], labels | set(columns))
    raise QueryError(f"There is no column “{shown(name)}” in this collection.", "", hint)


def shown(text: str) -> str:
    """A person's text for an error's title: on one line, of bearable length."""
    line = printable(text[: MOST_SHOWN + 1])
    return line if len(line) <= MOST_SHOWN else f"{line[: MOST_SHOWN - 1]}…"


def printable(text: str) -> str:
    """As many characters, with a space in place of each that cannot be shown or would change the line."""
    return "".join(character if character.isprintable() else " " for character in text)
