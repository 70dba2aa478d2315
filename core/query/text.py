"""A recipe's filter as people type it, such as `gender=Men year>2012 -baseColour=Black`.

    either      both (OR both)*
    both        term (AND? term)*
    term        (- | NOT) term  |  "(" either? ")"  |  column sign value ("," value)*  |  tag:value ("," value)*
                |  within:"x,y x,y x,y"
    column      word | "quoted"
    sign        =  !=  ~  !~  ^=  =~  >  >=  <  <=
    value       word | "quoted"; bare, ? is a missing value and low..high a range

What is read is in the normal form of `normal.py`.
"""

from typing import NoReturn

from core.query.columns import Columns
from core.query.normal import as_all, normalised, simplified
from core.query.recipe import MOST_DEPTH, All, Condition, Not, Some
from core.query.textcomplete import Completion, complete
from core.query.texterror import QueryTextError, pointed
from core.query.textparts import Mark, Token
from core.query.textterms import TermReader
from core.query.textwrite import write_where
from core.query.url import MOST_CHARACTERS

__all__ = ["Completion", "QueryTextError", "complete", "normalised", "parse_where", "pointed", "write_where"]


def parse_where(text: str, columns: Columns) -> All:
    """Read a filter's text for these columns; what cannot be read is a QueryTextError that says where and why."""
    if len(text) > MOST_CHARACTERS:
        raise QueryTextError("The filter is too long.", f"At most {MOST_CHARACTERS:,} characters are read.")
    for place, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            what = "a NUL character" if character == "\0" else "half a character"
            raise QueryTextError(f"The filter holds {what}.", pointed(text, place), "Remove it.", position=place)
    return _Reader(text, columns).read()


class _Reader(TermReader):
    """Reads one text from left to right, a group at a time."""

    def __init__(self, text: str, columns: Columns) -> None:
        super().__init__(text, columns)
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
        if self.next.is_sign("("):
            found = self.group()
        elif self.next.is_tag(self.behind):
            found = self.tags()
        elif self.next.is_area(self.behind):
            found = self.area()
        else:
            found = self.comparison()
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

    def too_deep(self, token: Token) -> NoReturn:
        """More levels than can be answered."""
        self.fail("The filter is nested too deeply.", token, f"At most {MOST_DEPTH} levels are read.")


def _depth(condition: Condition) -> int:
    match condition:
        case All(items) | Some(items):
            return 1 + max(map(_depth, items), default=-1)
        case Not(item):
            return 1 + _depth(item)
    return 0
