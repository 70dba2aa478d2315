"""What may stand at a place in a filter's text, for a box that completes what a person types."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from itertools import islice

from core.errors import QueryError
from core.query.area import AREA
from core.query.columns import Column, Columns, Kind
from core.query.textparts import MISSING, SIGNS, TAG, Mark, Token, as_name, as_value, column_called, signs_of, tokens

MOST_OPTIONS = 50
BETWEEN_TERMS = (TAG, "OR", "AND", "NOT")
BEFORE_A_TERM = (TAG, "NOT")
END = Token(Mark.END, "", 0, 0)
LEAST_MEANT = 3  # letters of a word whose meaning is looked for
Meant = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True)
class Completion:
    """What may stand at a place."""

    start: int  # an option replaces the text from this offset to the place
    options: tuple[str, ...] = ()  # as written in a filter, the likeliest first


class _Stage(StrEnum):
    TERM = "term"  # a term begins
    SIGN = "sign"  # a column was named
    VALUE = "value"  # a sign or a comma was read
    AFTER = "after"  # a value or a group was read


@dataclass(frozen=True)
class _State:
    """How far the text in front of a place has come."""

    stage: _Stage = _Stage.TERM
    column: str = ""  # as written
    sign: str = ""


def complete(
    text: str,
    position: int,
    columns: Columns,
    values: Callable[[str], Sequence[str]],
    tags: Callable[[], Sequence[str]] = tuple,
    meant: Meant = lambda column, typed: (),
) -> Completion:
    """The columns, signs, values or tags that may stand at an offset.

    `values` gives a stored category column's values, `tags` those of the collection, and `meant` the values of a column
    that mean what is typed where none bears it.
    """
    position = min(max(position, 0), len(text))
    *front, typed = tokens(text[:position])
    touches = bool(front) and front[-1].end == position
    if touches and front[-1].mark in (Mark.WORD, Mark.UNCLOSED):
        typed = front.pop()
        touches = False
    state = reduce(_after, front, _State())
    if state.stage in (_Stage.TERM, _Stage.AFTER):
        if touches and state.stage is _Stage.AFTER:
            return Completion(position)  # a space is wanted first
        typed = _without_hyphens(typed)
        if typed.is_tag(END):
            begun = replace(typed, text=typed.text[len(TAG) :], start=typed.start + len(TAG))
            return _completion(begun, _tags(begun, tags))
        return _completion(typed, _terms(columns, typed, state.stage is _Stage.AFTER))
    if state.sign == TAG:
        beside = front[-1].end == typed.start or front[-1].is_sign(",")
        return _completion(typed, _tags(typed, tags) if beside else ())
    column = None if state.sign == AREA else _called(columns, state.column)
    if column is None:
        return Completion(position)
    if state.stage is _Stage.SIGN:
        return _completion(typed, _matching(signs_of(column.kind), typed.text, anywhere=False))
    return _completion(typed, _values(column, state.sign, typed, values, meant))


def _completion(typed: Token, options: Iterable[str]) -> Completion:
    return Completion(typed.start, tuple(islice(options, MOST_OPTIONS)))


def _after(state: _State, token: Token) -> _State:
    """How far the text has come with one more token; what makes no sense begins anew."""
    if (state.stage is _Stage.SIGN or state.sign in (TAG, AREA)) and token.is_sign(*SIGNS):
        return replace(state, stage=_Stage.VALUE, sign=token.text)
    if state.stage is _Stage.VALUE and token.is_text():
        return replace(state, stage=_Stage.AFTER)
    if state.stage is _Stage.AFTER and token.is_sign(",") and state.sign:
        return replace(state, stage=_Stage.VALUE)
    bare = _without_hyphens(token)
    if bare.is_tag(END):
        return _State(_Stage.AFTER if len(bare.text) > len(TAG) else _Stage.VALUE, bare.text, TAG)
    if bare.is_area(END):
        return _State(_Stage.VALUE, bare.text, AREA)
    if token.is_text():
        name = _without_hyphens(token).text
        return _State(_Stage.SIGN, name) if name else _State()
    return _State(_Stage.AFTER) if token.is_sign(")") else _State()


def _without_hyphens(token: Token) -> Token:
    """The token less the hyphens that exclude what follows."""
    if token.mark is not Mark.WORD:
        return token
    rest = token.text.lstrip("-")
    return replace(token, text=rest, start=token.end - len(rest))


def _terms(columns: Columns, typed: Token, follows: bool) -> Iterable[str]:
    """A named column with its signs, columns whose name or label matches, and the words between terms."""
    name = re.sub(r"[!^]$", "", typed.text) if typed.mark is Mark.WORD else typed.text
    named = _called(columns, name)
    if named is not None:
        signs = _matching(signs_of(named.kind), typed.text[len(name) :], anywhere=False)
        yield from (as_name(named.name) + sign for sign in signs)
    names = {column.label: column.name for column in columns.values()} | {name: name for name in columns}
    words = () if typed.mark is Mark.UNCLOSED else BETWEEN_TERMS if follows else BEFORE_A_TERM
    found = [names[text] for text in _matching(names, typed.text, anywhere=False)]
    yield from (as_name(other) for other in dict.fromkeys(found) if named is None or other != named.name)
    yield from _matching(words, typed.text, anywhere=False)
    inside = [names[text] for text in _matching(names, typed.text) if names[text] not in found]
    yield from (as_name(other) for other in dict.fromkeys(inside))


def _called(columns: Columns, name: str) -> Column | None:
    try:
        return column_called(columns, name)
    except QueryError:
        return None


def _values(
    column: Column, sign: str, typed: Token, values: Callable[[str], Sequence[str]], meant: Meant
) -> Iterable[str]:
    """Values of a category or yes/no column, and the sign for a missing one where some are missing."""
    if sign not in ("=", "!="):
        return
    if column.kind is Kind.BOOLEAN:
        yield from _matching(("true", "false"), typed.text, anywhere=False)
    elif column.kind is Kind.CATEGORY:
        found = _matching(values(column.name), typed.text)
        if not found and len(typed.text) >= LEAST_MEANT:
            found = list(meant(column.name, typed.text))
        yield from (as_value(value) for value in found)
    if column.missing and typed.mark is not Mark.UNCLOSED:
        yield from _matching((MISSING,), typed.text)


def _tags(typed: Token, tags: Callable[[], Sequence[str]]) -> Iterable[str]:
    return (as_value(tag) for tag in _matching(tags(), typed.text))


def _matching(texts: Collection[str], typed: str, *, anywhere: bool = True) -> list[str]:
    """The texts that begin with what is typed, whatever the case, then those that hold it elsewhere."""
    folded = typed.casefold()
    begin = [text for text in texts if text.casefold().startswith(folded)]
    inside = [text for text in texts if folded in text.casefold() and not text.casefold().startswith(folded)]
    return begin + inside if anywhere else begin
