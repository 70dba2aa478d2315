"""Sets of characters, as ranges of code points, for the regular expressions of a filter.

A set says itself which letters it holds in either case, so that the engines' own tables of letters are never asked.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]  # ascending, both ends included, never touching each other

HALVES = (0xD800, 0xDFFF)  # no characters
LAST = 0x10FFFF
MOST_CASED = 0x1E943  # behind it no letter has two cases
DIGITS: Ranges = ((0x30, 0x39),)
WORDS: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACES: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
NEWLINE: Ranges = ((0x0A, 0x0A),)


def united(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The set of all that lies in any of these ranges; halves of characters are left out."""
    found: list[tuple[int, int]] = []
    whole = ((max(low, start), min(high, end)) for low, high in ranges for start, end in _whole())
    for low, high in sorted(pair for pair in whole if pair[0] <= pair[1]):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return tuple(found)


def opposite(ranges: Ranges) -> Ranges:
    """Every other character."""
    starts = [0, *(high + 1 for _, high in ranges)]
    ends = [*(low - 1 for low, _ in ranges), LAST]
    return united(pair for pair in zip(starts, ends, strict=True) if pair[0] <= pair[1])


def in_either_case(ranges: Ranges) -> Ranges:
    """The set with the other case of each of its letters, such as K and the Kelvin sign for k."""
    alike, cased = _alike()
    more = [
        other
        for low, high in ranges
        for code in cased[bisect_left(cased, low) : bisect_right(cased, high)]
        for other in alike[code]
    ]
    return united([*ranges, *((code, code) for code in more)])


def written(ranges: Ranges) -> str:
    """The set as both engines read it; one plain letter or digit is itself."""
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _character(ranges[0][0])
    pairs = (_code(low) if low == high else f"{_code(low)}-{_code(high)}" for low, high in ranges)
    return f"[{''.join(pairs)}]"


def _character(code: int) -> str:
    letter = chr(code)
    return letter if letter.isalnum() or letter == " " else _code(code)


def _code(code: int) -> str:
    return chr(code) if chr(code).isascii() and chr(code).isalnum() else f"\\x{{{code:x}}}"


def _whole() -> Ranges:
    return ((0, HALVES[0] - 1), (HALVES[1] + 1, LAST))


@cache
def _alike() -> tuple[dict[int, tuple[int, ...]], tuple[int, ...]]:
    """Every letter that has more than one case, with all of its cases; and these letters in order."""
    groups: dict[str, list[int]] = defaultdict(list)
    for code in range(MOST_CASED + 1):
        groups[_folded(chr(code))].append(code)
    alike = {code: tuple(group) for group in groups.values() if len(group) > 1 for code in group}
    return alike, tuple(sorted(alike))


def _folded(letter: str) -> str:
    """The letter without case, where that is one letter; ẞ is that of ß, and İ stands alone."""
    return next((text for text in (letter.casefold(), letter.lower()) if len(text) == 1), letter)
