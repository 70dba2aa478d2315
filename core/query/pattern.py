r"""A regular expression as both engines read it alike.

DuckDB has RE2, Lance the regular expressions of Rust; both take time in proportion to a text's length, and they differ
in corners: what \d, \w, \s and \b mean beyond ASCII, which signs may be escaped, what brackets may hold, and how large
a pattern may grow. So a pattern is read here into a few plain pieces, and each engine gets these, written out.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, assert_never

from core.query.patternsets import Ranges, written

MOST_CHARACTERS = 500  # of a pattern
MOST_STEPS = 3_000  # with every repetition written out; far below where an engine gives up
MOST_TIMES = 1_000  # that repetitions in each other come to


class Place(StrEnum):
    """Somewhere between two characters."""

    TEXT_START = "start of the text"
    TEXT_END = "end of the text"
    LINE_START = "start of a line"
    LINE_END = "end of a line"
    WORD_EDGE = "edge of a word"  # of ASCII letters, digits and underscores


@dataclass(frozen=True)
class Chars:
    """One character of a set."""

    ranges: Ranges


@dataclass(frozen=True)
class Row:
    """One after the other; with none, nothing."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Choice:
    """Any one of several."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Repeat:
    """The same again and again."""

    part: "Node"
    least: int
    most: int | None  # None is without end


Node: TypeAlias = Chars | Place | Row | Choice | Repeat


@dataclass(frozen=True)
class Regex:
    """A pattern for each engine."""

    duckdb: str
    lance: str


def regex(node: Node) -> Regex:
    """The pieces of a pattern, written for each engine."""
    return Regex(_text(node, r"\b"), _text(node, r"(?-u:\b)"))


def steps(node: Node) -> int:
    """How large a pattern is with every repetition written out."""
    match node:
        case Place():
            return 1
        case Chars(ranges):
            return len(ranges)
        case Row(parts) | Choice(parts):
            return max(1, sum(map(steps, parts)))
        case Repeat(part, least, most):
            return steps(part) * max(1, least + 1 if most is None else most)
        case _:
            assert_never(node)


def times(node: Node) -> int:
    """How often repetitions in each other repeat something at the most."""
    match node:
        case Row(parts) | Choice(parts):
            return max(map(times, parts), default=1)
        case Repeat(part, least, most):
            return times(part) * max(1, least if most is None else most)
    return 1


def _text(node: Node, edge: str) -> str:
    match node:
        case Place():
            return {
                Place.TEXT_START: r"\A",
                Place.TEXT_END: r"\z",
                Place.LINE_START: "(?m:^)",
                Place.LINE_END: "(?m:$)",
                Place.WORD_EDGE: edge,
            }[node]
        case Chars(ranges):
            return written(ranges)
        case Row(parts):
            texts = ((_text(part, edge), isinstance(part, Choice)) for part in parts)
            return "".join(f"(?:{text})" if is_choice else text for text, is_choice in texts)
        case Choice(parts):
            return "|".join(_text(part, edge) for part in parts)
        case Repeat(part, least, most):
            inner = _text(part, edge)
            return (inner if isinstance(part, Chars) else f"(?:{inner})") + _times(least, most)
        case _:
            assert_never(node)


def _times(least: int, most: int | None) -> str:
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    if (least, most) in short:
        return short[least, most]
    return f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"
