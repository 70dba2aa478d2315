"""A recipe's filter as people type it, such as `gender=Men year>2012 -baseColour=Black`.

    either      both (OR both)*
    both        term (AND? term)*
    term        (- | NOT) term  |  "(" either? ")"  |  column sign value ("," value)*
    column      word | "quoted"
    sign        =  !=  ~  !~  >  >=  <  <=
    value       word | "quoted"; bare, ? is a missing value and low..high a range

What is read is in the normal form of `normal.py`.
"""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar
from unicodedata import category, east_asian_width

from core.errors import QueryError
from core.query.columns import Column, Columns
from core.query.normal import as_all, normalised, simplified
from core.query.recipe import MOST_DEPTH, All, Between, Condition, Contains, Not, OneOf, Some
from core.query.textcomplete import Completion, complete
from core.query.textparts import SIGNS, Mark, Token, as_name, column_called, printable, shown, signs_of, tokens
from core.query.textvalues import compared, equal, one_of_several
from core.query.textwrite import write_where
from core.query.url import MOST_CHARACTERS

__all__ = ["Completion", "QueryTextError", "complete", "normalised", "parse_where", "write_where"]

ABOUT = 30  # characters shown on either side of a place
TERM_HINT = "Write column=value, such as colour=red, or a group in parentheses."
VALUE_HINT = 'Write a value, "in quotes" where it has spaces, commas or signs; ? stands for a missing one.'
T = TypeVar("T")


class QueryTextError(QueryError):
    """A filter's text cannot be read; `position` is the offset in characters of the place where it goes wrong."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, position: int = 0) -> None:
        super().__init__(title, detail, hint)
        self.position = position

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.title, self.detail, self.hint), {"position": self.position}


def parse_where(text: str, columns: Columns) -> All:
    """Read a filter's text for these columns; what cannot be read is a QueryTextError that says where and why."""
    if len(text) > MOST_CHARACTERS:
        raise QueryTextError("The filter is too long.", f"At most {MOST_CHARACTERS:,} characters are read.")
    for place, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            what = "a NUL character" if character == "\0" else "half a character"
            raise QueryTextError(f"The filter holds {what}.", pointed(text, place), "Remove it.", position=place)
    return _Reader(text, columns).read()


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


class _Reader:
    """Reads one text from left to right, a term at a time."""

    def __init__(self, text: str, columns: Columns) -> None:
        self.text = text
        self.columns = columns
        self.tokens = tokens(text)
        self.place = 0  # of the next token
        self.open: list[Token] = []  # parentheses not closed yet
        self.deepest: tuple[int, Token] = (0, self.tokens[0])  # open parentheses at the most, and the last of them

    def read(self) -> All:
        """The whole text."""
        unclosed = next((token for token in self.tokens if token.mark is Mark.UNCLOSED), None)
        if unclosed is not None:
            self.fail("A quote is never closed.", unclosed, 'Put " at the end of the value; inside, write \\".')
        found = All() if self.next.mark is Mark.END else self.either()
        if self.next.mark is not Mark.END:
            self.fail("There is no parenthesis to close here.", self.next, "Remove it, or put ( in front.")
        where = as_all(simplified(found))
        if _depth(where) > MOST_DEPTH:
            self.too_deep(self.deepest[1])
        return where

    @property
    def next(self) -> Token:
        """The token to be read."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """Read one token."""
        token = self.tokens[self.place]
        self.place += 1
        return token

    def either(self) -> Condition:
        """Terms with OR between them."""
        parts = [self.both()]
        while self.next.is_reserved("OR"):
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def both(self) -> Condition:
        """Terms side by side, or with AND between them; at least one."""
        parts = [self.term()]
        while self.next.mark is not Mark.END and not self.next.is_sign(")") and not self.next.is_reserved("OR"):
            if self.next.is_reserved("AND"):
                self.take()
            parts.append(self.term())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def term(self) -> Condition:
        """A group or comparison, with any number of exclusions in front."""
        excluded = False
        while self.next.is_reserved("NOT") or (self.next.mark is Mark.WORD and self.next.text.startswith("-")):
            excluded = not excluded
            token = self.next
            rest = token.text[1:] if token.text.startswith("-") else ""
            if rest:
                self.tokens[self.place] = Token(Mark.WORD, rest, token.start + 1, token.end)
            else:
                self.take()
        found = self.group() if self.next.is_sign("(") else self.comparison()
        return Not(found) if excluded else found

    def group(self) -> Condition:
        """What stands in parentheses; every row when nothing does."""
        start = self.take()
        self.open.append(start)
        if len(self.open) > MOST_DEPTH:
            self.too_deep(start)
        if len(self.open) > self.deepest[0]:
            self.deepest = len(self.open), start
        found = All() if self.next.is_sign(")") else self.either()
        if not self.next.is_sign(")"):
            self.fail("A parenthesis is never closed.", start, "Put ) at the end of the group.")
        self.take()
        self.open.pop()
        return found

    def comparison(self) -> Condition:
        """A column, a sign and what it is compared with."""
        name = self.next
        if not name.is_text():
            self.fail("A condition is missing here.", name, TERM_HINT)
        self.take()
        if not self.next.is_sign(*SIGNS):
            self.refuse_bare(name)
        column = self.tried(name, lambda: column_called(self.columns, name.text))
        sign = self.take()
        if sign.text not in signs_of(column.kind):
            what = "holds no text" if sign.text in ("~", "!~") else "has no range"
            self.fail(f"“{shown(column.name)}” is a {column.kind} column and {what}.", sign, _signs_hint(column))
        found = self.compared(column, sign.text)
        return Not(found) if sign.text.startswith("!") else found

    def compared(self, column: Column, sign: str) -> Condition:
        """What stands behind a sign."""
        values = [self.value()]
        if sign not in ("=", "!=", "~", "!~"):
            if self.next.is_sign(","):
                self.fail("A bound is one value, without commas.", self.next, "Several values may stand behind = only.")
            return self.tried(values[0], lambda: compared(column, sign, values[0].text))
        while self.next.is_sign(","):
            self.take()
            values.append(self.value())
        if sign in ("~", "!~"):
            return Some(tuple(Contains(column.name, value.text) for value in values))
        return one_of_several([self.equal(column, value) for value in values])

    def equal(self, column: Column, value: Token) -> OneOf | Between:
        """One value behind =."""
        return self.tried(value, lambda: equal(column, value.text, quoted=value.mark is Mark.STRING))

    def value(self) -> Token:
        """A word or quoted text that is a value."""
        if not self.next.is_text():
            self.fail("A value is missing here.", self.next, VALUE_HINT)
        return self.take()

    def refuse_bare(self, name: Token) -> NoReturn:
        """A word that no sign follows."""
        column = self.tried(name, lambda: column_called(self.columns, name.text), TERM_HINT)
        self.fail(f"A sign is missing after “{shown(column.name)}”.", self.next, _signs_hint(column))

    def tried(self, token: Token, read: Callable[[], T], hint: str = "") -> T:
        """What `read` returns; its QueryError becomes one at the token."""
        try:
            return read()
        except QueryError as error:
            self.fail(error.title, token, f"{error.hint} {hint}".strip())

    def too_deep(self, token: Token) -> NoReturn:
        """More levels than can be answered."""
        self.fail("The filter is nested too deeply.", token, f"At most {MOST_DEPTH} levels are read.")

    def fail(self, title: str, token: Token, hint: str) -> NoReturn:
        """Refuse the text because of one of its tokens."""
        raise QueryTextError(title, pointed(self.text, token.start), hint, position=token.start) from None


def _signs_hint(column: Column) -> str:
    return f"{as_name(column.name)} may be followed by one of these: {' '.join(signs_of(column.kind))}"


def _depth(condition: Condition) -> int:
    match condition:
        case All(items) | Some(items):
            return 1 + max(map(_depth, items), default=-1)
        case Not(item):
            return 1 + _depth(item)
    return 0
