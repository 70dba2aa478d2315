"""How much two ranked lists agree: what they share at some depths, and rank-biased overlap.

Rank-biased overlap (Webber, Moffat and Zobel, “A similarity measure for indefinite rankings”, ACM Transactions on
Information Systems 28, 2010) looks at the share in common at every depth and weighs depth d by p to the power of d - 1:
what comes first counts most, and lists need not hold the same things or end at the same place.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

DEPTHS = (10, 25, 50, 100)
PERSISTENCE = 0.9
"""The chance that a reader goes on to the next place; with 0.9 the first ten carry 86 % of the weight."""


@dataclass(frozen=True)
class AtDepth:
    """What two lists share among the first `depth` of each."""

    depth: int
    common: int
    share: float  # common / depth, 0 to 1
    jaccard: float  # common / those in either


def at_depths(first: Sequence[Hashable], second: Sequence[Hashable], depths: Sequence[int]) -> tuple[AtDepth, ...]:
    """What two lists without repetitions share at each depth that the longer one reaches, and at its end."""
    longest = max(len(first), len(second))
    reached = sorted({depth for depth in depths if depth <= longest} | ({longest} if longest else set()))
    return tuple(_at(first, second, depth) for depth in reached)


def rank_biased_overlap(first: Sequence[Hashable], second: Sequence[Hashable], p: float = PERSISTENCE) -> float | None:
    """Rank-biased overlap, extrapolated beyond the lists' ends (the paper's equation 32); None of two empty lists.

    1 where both hold the same in the same order, 0 where they have nothing in common.
    """
    short, long = sorted((first, second), key=len)
    if not long:
        return None
    if not short:
        return 0.0
    common = _running(short, long)
    at_short, at_long = common[len(short) - 1], common[-1]
    total = sum(count / depth * p**depth for depth, count in enumerate(common, 1))
    for depth in range(len(short) + 1, len(long) + 1):  # the shorter list, had it gone on as it was
        total += at_short * (depth - len(short)) / (len(short) * depth) * p**depth
    beyond = (at_long - at_short) / len(long) + at_short / len(short)
    return min(1.0, (1 - p) / p * total + beyond * p ** len(long))


def _running(short: Sequence[Hashable], long: Sequence[Hashable]) -> list[int]:
    """How many things two lists have in common down to each place of the longer one."""
    counts: list[int] = []
    seen_short: set[Hashable] = set()
    seen_long: set[Hashable] = set()
    common = 0
    for place, thing in enumerate(long):
        if place < len(short):
            seen_short.add(short[place])
            common += short[place] in seen_long
        seen_long.add(thing)
        common += thing in seen_short
        counts.append(common)
    return counts


def _at(first: Sequence[Hashable], second: Sequence[Hashable], depth: int) -> AtDepth:
    a, b = set(first[:depth]), set(second[:depth])
    common = len(a & b)
    return AtDepth(depth, common, common / depth, common / len(a | b))
