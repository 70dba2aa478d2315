"""Regular expressions made at random, and what they find, said in a few lines of Python."""

from hypothesis import strategies as st

from core.query.pattern import Chars, Choice, Node, Place, Repeat, Row
from core.query.patternread import read_pattern

WORD = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
LITERALS = st.sampled_from([*"aAkKsSıIi ßéÉσΣ東3_-'\"%,=~\n]}", r"\.", r"\\", r"\-", r"\n", r"\x41", r"\x{e9}", r"\("])
SETS = st.sampled_from(
    [
        *[".", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", "[abk]", "[^a\n]", "[a-z]", "[^A-Z]", r"[\d_]", r"[^\w\s]"],
        *["[é-ü]", "[]x]", "[^]x]", "[-a]", "[a-]", r"[\]\\^-]", r"[\x{3b1}-\x{3c9}]", r"[\W\d]", "[東京]"],
    ]
)
PLACES = st.sampled_from(["^", "$", r"\A", r"\z", r"\b"])
TIMES = st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,}", "{0,2}", "{2,3}?", "{0}"])
FLAGS = st.sampled_from(["(?i)", "(?s)", "(?m)", "(?is)", "(?-i)", "(?m-s)"])
GROUPS = st.sampled_from(["(", "(?:", "(?i:", "(?ms:", "(?-i:"])
PATTERNS: st.SearchStrategy[str] = st.recursive(
    LITERALS | SETS | PLACES | st.builds("{}{}".format, LITERALS | SETS, TIMES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.lists(inner | st.just(""), min_size=2, max_size=3).map("|".join),
        st.builds("{}{})".format, GROUPS, inner),
        st.builds("{}{}){}".format, GROUPS, inner, TIMES),
        st.builds("{}{}".format, FLAGS, inner),
    ),
    max_leaves=6,
)


def found(pattern: str, text: str) -> bool:
    """Whether a regular expression is found anywhere in a text."""
    return bool(ends(read_pattern(pattern), text, set(range(len(text) + 1))))


def ends(node: Node, text: str, starts: set[int]) -> set[int]:
    """Where a piece may end that begins at any of these offsets."""
    match node:
        case Chars(ranges):
            held = {place for place in starts if place < len(text)}
            return {place + 1 for place in held if any(low <= ord(text[place]) <= high for low, high in ranges)}
        case Place():
            return {place for place in starts if is_at(node, text, place)}
        case Row(parts):
            for part in parts:
                starts = ends(part, text, starts)
            return starts
        case Choice(parts):
            return {end for part in parts for end in ends(part, text, starts)}
        case Repeat(part, least, most):
            for _ in range(least):
                starts = ends(part, text, starts)
            reached, count = set(starts), least
            while starts and (most is None or count < most):
                starts, count = ends(part, text, starts) - reached, count + 1
                reached |= starts
            return reached
    raise AssertionError(node)


def is_at(place: Place, text: str, offset: int) -> bool:
    """Whether a place is at an offset."""
    before, after = text[offset - 1 : offset] if offset else "", text[offset : offset + 1]
    return {
        Place.TEXT_START: not before,
        Place.TEXT_END: not after,
        Place.LINE_START: before in ("", "\n"),
        Place.LINE_END: after in ("", "\n"),
        Place.WORD_EDGE: (before in WORD) != (after in WORD),
    }[place]
