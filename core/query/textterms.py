"""Reads the terms of a filter's text: a column with a sign and its values, or tags."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from core.errors import QueryError
from core.query.area import HINT as AREA_HINT
from core.query.area import read_area
from core.query.columns import Column, Columns
from core.query.patternchars import PatternError
from core.query.patternread import read_pattern
from core.query.recipe import Between, Condition, Contains, HasTag, Matches, Not, OneOf, Some, StartsWith, Within
from core.query.texterror import QueryTextError, pointed
from core.query.textparts import (
    MISSING,
    SIGNS,
    TAG,
    Mark,
    Token,
    as_name,
    column_called,
    place_in,
    shown,
    signs_of,
    tokens,
)
from core.query.textvalues import compared, equal, one_of_several

SOUGHT = ("~", "!~", "^=", "=~")  # behind them stand texts
TERM_HINT = "Write column=value, such as colour=red, or a group in parentheses."
VALUE_HINT = 'Write a value, "in quotes" where it has spaces, commas or signs; ? stands for a missing one.'
TAG_HINT = 'Write it right behind the colon, "in quotes" where it has spaces.'
T = TypeVar("T")


class TermReader:
    """Reads one text from left to right, a term at a time."""

    def __init__(self, text: str, columns: Columns) -> None:
        self.text = text
        self.columns = columns
        self.tokens = tokens(text)
        self.place = 0  # of the next token

    @property
    def next(self) -> Token:
        """The token to be read."""
        return self.tokens[self.place]

    @property
    def behind(self) -> Token:
        """The token after the next one, or the end."""
        return self.tokens[min(self.place + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Read one token."""
        token = self.tokens[self.place]
        self.place += 1
        return token

    def tags(self) -> Condition:
        """Any of one or several tags."""
        found = [self.first_tag(self.take())]
        while self.next.is_sign(","):
            self.take()
            found.append(self.tag(self.value()))
        return found[0] if len(found) == 1 else Some(tuple(found))

    def first_tag(self, token: Token) -> HasTag:
        """What stands behind the colon."""
        rest = token.text[len(TAG) :]
        if rest:
            return self.tag(Token(Mark.WORD, rest, token.start + len(TAG), token.end))
        if self.next.mark is not Mark.STRING or self.next.start != token.end:
            self.fail("A tag is missing here.", token.end, TAG_HINT)
        return self.tag(self.take())

    def tag(self, token: Token) -> HasTag:
        """One tag."""
        if token.mark is Mark.WORD and token.text == MISSING:
            self.fail("A tag cannot be missing.", token, 'For a tag that is a question mark write "?".')
        return HasTag(token.text)

    def area(self) -> Within:
        """An area of the map."""
        start = self.take()
        if self.next.mark is not Mark.STRING or self.next.start != start.end:
            self.fail("An area is missing here.", start.end, AREA_HINT)
        token = self.take()
        return Within(*self.tried(token, lambda: read_area(token.text)))

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
            what = "holds no text" if sign.text in SOUGHT else "has no range"
            self.fail(f"“{shown(column.name)}” is a {column.kind} column and {what}.", sign, _signs_hint(column))
        found = self.compared(column, sign.text)
        return Not(found) if sign.text.startswith("!") else found

    def compared(self, column: Column, sign: str) -> Condition:
        """What stands behind a sign."""
        values = [self.value()]
        if sign not in ("=", "!=", *SOUGHT):
            if self.next.is_sign(","):
                self.fail("A bound is one value, without commas.", self.next, "Several values may stand behind = only.")
            return self.tried(values[0], lambda: compared(column, sign, values[0].text))
        while self.next.is_sign(","):
            self.take()
            values.append(self.value())
        if sign in SOUGHT:
            return Some(tuple(self.sought(column, sign, value) for value in values))
        return one_of_several([self.equal(column, value) for value in values])

    def sought(self, column: Column, sign: str, value: Token) -> Contains | StartsWith | Matches:
        """One text behind ~ or ^=, or regular expression behind =~."""
        if sign != "=~":
            return (StartsWith if sign == "^=" else Contains)(column.name, value.text)
        try:
            read_pattern(value.text)
        except PatternError as error:
            self.fail(error.title, place_in(self.text, value, error.place), error.hint)
        return Matches(column.name, value.text)

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

    def fail(self, title: str, at: Token | int, hint: str) -> NoReturn:
        """Refuse the text because of one of its tokens, or of a character."""
        position = at if isinstance(at, int) else at.start
        raise QueryTextError(title, pointed(self.text, position), hint, position=position) from None


def _signs_hint(column: Column) -> str:
    return f"{as_name(column.name)} may be followed by one of these: {' '.join(signs_of(column.kind))}"
