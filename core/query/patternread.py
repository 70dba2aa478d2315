r"""Reads a regular expression into its pieces, or refuses it with the place where it goes wrong.

    choice      row ("|" row)*
    row         (piece repetition?)*
    piece       character | . | ^ | $ | [set] | \escape | "(" choice ")" | "(?:" choice ")" | "(?ims-ims:" choice ")"
    repetition  (* | + | ? | {n} | {n,} | {n,m}) ??
    set         ^? (character (- character)? | \d | \w | \s | \D | \W | \S)+

(?ims-ims) sets flags to the end of its group: i ignores case, m makes ^ and $ those of lines, s lets . be a line feed.
"""

import re
from typing import NoReturn

from core.query.pattern import (
    MOST_CHARACTERS,
    MOST_STEPS,
    MOST_TIMES,
    Chars,
    Choice,
    Node,
    Place,
    Regex,
    Repeat,
    Row,
    regex,
    steps,
    times,
)
from core.query.patternchars import SIMPLE, CharacterReader, PatternError
from core.query.patternsets import NEWLINE, opposite

MOST_GROUPS = 30  # in each other
PLACES = {"A": Place.TEXT_START, "z": Place.TEXT_END, "b": Place.WORD_EDGE}
FLAGS = re.compile(r"\?([ims]*)(?:-([ims]+))?([:)])")
TIMES = re.compile(r"([0-9]{1,9})(,?)([0-9]{0,9})\}")
REFUSED_GROUPS = (
    (("(?=", "(?!", "(?<=", "(?<!"), "A regular expression cannot look ahead or behind here.", SIMPLE),
    (("(?P<", "(?<", "(?'"), "A group has no name here.", "Write ( alone: what it holds is only searched for."),
    (("(?P=",), "What a group has found cannot be referred to.", SIMPLE),
    (("(?>",), "A group cannot hold on to what it has found.", "Write (?: instead."),
    (("(",), "A group of this sort cannot be used.", "There are ( ), (?: ), and the flags (?i), (?m), (?s)."),
)


def regex_of(pattern: str) -> Regex:
    """The pattern for each engine; one that cannot be used is a PatternError."""
    return regex(read_pattern(pattern))


def read_pattern(pattern: str) -> Node:
    """The pieces of a regular expression; one that cannot be used is a PatternError."""
    if len(pattern) > MOST_CHARACTERS:
        title = f"The regular expression is longer than {MOST_CHARACTERS} characters."
        raise PatternError(title, "", SIMPLE, place=MOST_CHARACTERS)
    node = _Reader(pattern).read()
    if steps(node) > MOST_STEPS or times(node) > MOST_TIMES:
        hint = f"Repetitions may come to {MOST_TIMES:,} times, and to {MOST_STEPS:,} steps written out. Use * or +."
        raise PatternError("The regular expression is too large.", "", hint)
    return node


class _Reader(CharacterReader):
    """Reads one pattern from left to right, a piece at a time."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.groups = 0  # not closed yet

    def read(self) -> Node:
        """The whole pattern."""
        node = self.choice()
        if self.next:
            self.fail("There is no group to close here.", self.place, r"Write \) for a parenthesis.")
        return node

    def choice(self) -> Node:
        """Rows with | between them."""
        rows = [self.row()]
        while self.next == "|":
            self.take()
            rows.append(self.row())
        return rows[0] if len(rows) == 1 else Choice(tuple(rows))

    def row(self) -> Node:
        """Pieces side by side."""
        parts: list[Node] = []
        while self.next not in ("", "|", ")"):
            piece = self.piece()
            if piece is not None:
                parts.append(self.repeated(piece))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def repeated(self, piece: Node) -> Node:
        """The piece with the repetition behind it, if there is one."""
        if self.next not in ("*", "+", "?", "{"):
            return piece
        if isinstance(piece, Place):
            self.fail("A place cannot be repeated.", self.place, f"Write \\{self.next} for the sign itself.")
        least, most = self.count()
        if self.next == "?":
            self.take()  # as few as possible: to find the text or not it is the same
        if self.next in ("*", "+", "?", "{"):
            self.fail("Two repetitions stand together.", self.place, "Put the first one in (?: ), or remove one.")
        return Repeat(piece, least, most)

    def count(self) -> tuple[int, int | None]:
        """How often; None is without end."""
        start = self.place
        sign = self.take()
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        found = TIMES.match(self.text, self.place)
        if found is None or (found[3] and not found[2]):
            self.fail("The repetition cannot be read.", start, r"Write {2}, {2,} or {2,5}; and \{ for a brace.")
        self.take(len(found[0]))
        least = int(found[1])
        most = int(found[3]) if found[3] else None if found[2] else least
        if max(least, most or 0) > MOST_TIMES:
            self.fail("The repetition is too large.", start, f"At most {MOST_TIMES:,} times.")
        if most is not None and most < least:
            self.fail("The repetition ends before it begins.", start, "The smaller number comes first.")
        return least, most

    def piece(self) -> Node | None:
        """One piece; None where flags were set."""
        start = self.place
        sign = self.take()
        if sign == "(":
            return self.group(start)
        if sign == "[":
            return self.brackets(start)
        if sign == "\\":
            return PLACES[self.take()] if self.next in PLACES else Chars(self.cased_one(self.escaped(start)))
        if sign == ".":
            return Chars(opposite(() if "s" in self.flags else NEWLINE))
        if sign in "^$":
            lines = (Place.LINE_START, Place.LINE_END) if "m" in self.flags else (Place.TEXT_START, Place.TEXT_END)
            return lines["^$".index(sign)]
        if sign in "*+?{":
            self.fail("There is nothing to repeat in front of this.", start, f"Write \\{sign} for the sign itself.")
        return Chars(self.cased(((ord(sign), ord(sign)),)))

    def group(self, start: int) -> Node | None:
        """What stands in parentheses; None where flags were set for the rest of the group around."""
        outside = self.flags
        if self.next == "?":
            found = FLAGS.match(self.text, self.place)
            if found is None or found[0] == "?)":
                self.refuse_group(start)
            self.take(len(found[0]))
            self.flags = (self.flags | set(found[1])) - set(found[2] or "")
            if found[3] == ")":
                return None
        self.groups += 1
        if self.groups > MOST_GROUPS:
            self.fail("The groups are nested too deeply.", start, f"At most {MOST_GROUPS} levels are read.")
        node = self.choice()
        if self.next != ")":
            self.fail("A group is never closed.", start, r"Put ) at its end, or write \( for a parenthesis.")
        self.take()
        self.groups -= 1
        self.flags = outside
        return node if isinstance(node, Choice | Row) else Row((node,))

    def refuse_group(self, start: int) -> NoReturn:
        """A group of a sort that cannot be used."""
        found = ((title, hint) for begins, title, hint in REFUSED_GROUPS if self.text.startswith(begins, start))
        title, hint = next(found)
        self.fail(title, start, hint)
