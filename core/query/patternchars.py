"""Reads the characters of a regular expression, escaped or not, and sets of them; says where one cannot be used."""

import re
from typing import Any, NoReturn

from core.errors import QueryError
from core.query.pattern import Chars
from core.query.patternsets import DIGITS, HALVES, LAST, SPACES, WORDS, Ranges, in_either_case, opposite, united

MOST_SHOWN = 30  # characters from a place on
SETS: dict[str, Ranges] = {"d": DIGITS, "w": WORDS, "s": SPACES}
CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
HEX = re.compile(r"([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\}")
SIGNS = frozenset("!\"#$%&'()*+,-./:;=?@[\\]^_`{|}~ ")  # without < and >, with which Rust marks words
SIMPLE = "Search for texts that contain or begin with something, or join several conditions."


class PatternError(QueryError):
    """A regular expression cannot be used; `place` is the offset in characters where it goes wrong."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, place: int = 0) -> None:
        super().__init__(title, detail, hint)
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.title, self.detail, self.hint), {"place": self.place}


class CharacterReader:
    """Reads one pattern from left to right, a character or a set of them at a time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.flags: frozenset[str] = frozenset()

    @property
    def next(self) -> str:
        """The character to be read; "" at the end."""
        return self.text[self.place : self.place + 1]

    def take(self, count: int = 1) -> str:
        """Read so many characters."""
        self.place += count
        return self.text[self.place - count : self.place]

    def cased(self, ranges: Ranges) -> Ranges:
        """The characters in either case where that is asked for."""
        return in_either_case(ranges) if "i" in self.flags else ranges

    def cased_one(self, ranges: Ranges) -> Ranges:
        """The same for one character; a set such as \\w stays what it is."""
        return ranges if _several(ranges) else self.cased(ranges)

    def escaped(self, start: int) -> Ranges:
        """The characters that a backslash and what is behind it stand for."""
        sign = self.take()
        if sign in CONTROLS or sign in SIGNS:
            return _one(CONTROLS.get(sign) or ord(sign))
        if sign in SETS:
            return SETS[sign]
        if sign.lower() in SETS:
            return opposite(SETS[sign.lower()])
        if sign != "x":
            self.refuse_escape(sign, start)
        return self.hexadecimal(start)

    def refuse_escape(self, sign: str, start: int) -> NoReturn:
        """A backslash with something behind it that has no meaning here."""
        if not sign:
            self.fail("Nothing stands behind the backslash.", start, "Write \\\\ for a backslash.")
        if sign in "123456789":
            self.fail("What a group has found cannot be referred to.", start, SIMPLE)
        if sign in "pP":
            hint = "Write the characters in brackets, such as [A-Za-zÀ-ÿ]."
            self.fail("The classes of Unicode differ between the engines.", start, hint)
        hint = r"There are \d \w \s \D \W \S \b \A \z \t \n \r \f \v \xHH, and a backslash before a sign."
        self.fail(f"“\\{sign}” has no meaning here.", start, hint)

    def hexadecimal(self, start: int) -> Ranges:
        """A character by its number."""
        found = HEX.match(self.text, self.place)
        code = int(found[1] or found[2], 16) if found else LAST + 1
        if found is None or code > LAST or HALVES[0] <= code <= HALVES[1]:
            self.fail("There is no such character.", start, r"Write its number, such as \xe9 or \x{1F642}.")
        self.take(len(found[0]))
        return _one(code)

    def brackets(self, start: int) -> Chars:
        """A set of characters, from behind its bracket on."""
        excluded = self.next == "^"
        if excluded:
            self.take()
        first, ranges = self.place, list[tuple[int, int]]()
        while self.next != "]" or self.place == first:
            if not self.next:
                self.fail("A set is never closed.", start, r"Put ] at its end, or write \[ for a bracket.")
            ranges += self.member(first)
        self.take()
        found = opposite(united(ranges)) if excluded else united(ranges)
        if not found:
            self.fail("This set holds no character.", start, "Remove it, or what excludes them all.")
        return Chars(found)

    def member(self, first: int) -> Ranges:
        """One character, escape or range of a set whose first member stands at `first`."""
        start, two = self.place, self.text[self.place : self.place + 2]
        if two in ("&&", "--", "~~"):
            self.fail(f"The engines differ in what “{two}” means in a set.", start, f"Write \\{two[0]} for the sign.")
        if two[0] == "[":
            self.fail("A set cannot stand in a set.", start, r"Write \[ for a bracket.")
        if two[0] == "-" and start != first and two not in ("-]", "-"):
            self.fail("This hyphen may mean two things.", start, r"Write \- for a hyphen.")
        low = self.single()
        if self.next != "-" or self.text[self.place + 1 : self.place + 2] in ("]", "-", ""):
            return self.cased_one(low)
        self.take()
        high = self.single() if self.next != "[" else ()
        if _several(low) or _several(high):
            self.fail("A range runs from one character to another.", start, r"Write \- for a hyphen.")
        if low > high:
            self.fail("The range ends before it begins.", start, "The smaller character comes first.")
        return self.cased(((low[0][0], high[0][0]),))

    def single(self) -> Ranges:
        """One character or escape of a set."""
        start = self.place
        sign = self.take()
        return self.escaped(start) if sign == "\\" else _one(ord(sign))

    def fail(self, title: str, place: int, hint: str) -> NoReturn:
        """Refuse the pattern because of a place in it."""
        rest = self.text[place : place + MOST_SHOWN]
        more = "…" if place + MOST_SHOWN < len(self.text) else ""
        where = f"At character {place + 1}: “{rest}{more}”." if rest else "At its end."
        raise PatternError(title, where, hint, place=place)


def _one(code: int) -> Ranges:
    return ((code, code),)


def _several(ranges: Ranges) -> bool:
    """Whether it is a set, not a character."""
    return len(ranges) != 1 or ranges[0][0] != ranges[0][1]
