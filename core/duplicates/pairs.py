"""Which of many 64-bit hashes differ in a few bits at the most: every such pair, without comparing each with each.

The bits are cut into threshold + k bands. Where at most `threshold` bits differ, k bands are the same to the bit, so it
is enough to compare hashes that agree in some k bands, for every choice of k (Manku, Jain, Das Sarma 2007). More bands
that agree mean fewer comparisons and more sorting; how many pay is told by a sample, as real hashes crowd together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

import numpy as np
import numpy.typing as npt

from core.collection.hashes import BITS, Bits
from core.errors import QueryError
from core.timing import step

COMPARISONS_A_SECOND = 240_000_000  # on two busy cores; idle ones are quicker
MOST_COMPARISONS = 120 * COMPARISONS_A_SECOND  # about two minutes
MOST_PAIRS = 10_000_000  # found; more say that the threshold tells nothing apart
MOST_CHOICES = 300  # of bands; each is one sort of all hashes
MOST_AGREEING = 3  # bands
SAMPLED = 20_000  # hashes by which the comparisons are guessed
SORT_COST = 80  # comparisons that cost as much as sorting one hash
FEW = 32  # hashes in a bucket up to which buckets are compared all at once
BLOCK = 512  # hashes of a large bucket that are compared with its others at once

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Pairs of things that are near each other, each once; first < second."""

    first: Whole
    second: Whole
    distance: npt.NDArray[np.float32]


def near_hashes(bits: Bits, threshold: int) -> Pairs:
    """Every pair of these hashes, all different, in which at most `threshold` bits differ."""
    agreeing, comparisons = _cheapest(bits, threshold)
    if comparisons > MOST_COMPARISONS:
        raise too_much(f"{len(bits):,} different hashes would take about {comparisons:.0e} comparisons.")
    found: list[tuple[Whole, Whole]] = []
    count = 0
    with step("compare hashes"):
        for part in _candidates(bits, threshold, agreeing):
            found.append(part)
            count += len(part[0])
            if count > MOST_PAIRS:
                raise too_much(f"More than {MOST_PAIRS:,} pairs of images are that near each other.")
    first = np.concatenate([part[0] for part in found]) if found else np.empty(0, np.int64)
    second = np.concatenate([part[1] for part in found]) if found else np.empty(0, np.int64)
    distance = np.bitwise_count(bits[first] ^ bits[second]).astype(np.float32)
    return Pairs(np.minimum(first, second), np.maximum(first, second), distance)


def too_much(why: str, hint: str = "Choose a stricter threshold, or filter to fewer images.") -> QueryError:
    """The error of a comparison that would not end in bearable time."""
    return QueryError("That is too much to compare.", why, hint)


def _cheapest(bits: Bits, threshold: int) -> tuple[int, float]:
    """How many bands have to agree so that comparing costs least, and about how many comparisons that takes."""
    count = min(len(bits), SAMPLED)
    chosen = np.random.default_rng(0).choice(len(bits), count, replace=False) if count < len(bits) else slice(None)
    sample, scale = bits[chosen], (len(bits) / max(1, count)) ** 2
    costs = []
    for agreeing in range(MOST_AGREEING + 1):
        choices = comb(threshold + agreeing, agreeing)
        if choices <= MOST_CHOICES:
            bands = _bands(threshold + agreeing)
            held = sum(_shared(sample, bands, choice) for choice in combinations(range(len(bands)), agreeing))
            costs.append((held * scale + SORT_COST * choices * len(bits), agreeing, held * scale))
    _, agreeing, comparisons = min(costs)
    return agreeing, comparisons


def _bands(count: int) -> Bits:
    """Masks that cut the bits into bands, as even as can be."""
    edges = [round(BITS * place / count) for place in range(count + 1)] if count else []
    return np.array([(1 << high) - (1 << low) for low, high in pairwise(edges)], np.uint64)


def _mask(bands: Bits, choice: tuple[int, ...]) -> np.uint64:
    return np.uint64(sum(int(bands[place]) for place in choice))


def _shared(sample: Bits, bands: Bits, choice: tuple[int, ...]) -> int:
    """How many pairs of a sample agree in the chosen bands."""
    keys = np.sort(sample & _mask(bands, choice))
    sizes = np.diff(np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1], [True]])))
    return int((sizes * (sizes - 1) // 2).sum())


def _candidates(bits: Bits, threshold: int, agreeing: int) -> Iterator[tuple[Whole, Whole]]:
    bands = _bands(threshold + agreeing)
    for choice in combinations(range(len(bands)), agreeing):
        keys = bits & _mask(bands, choice)
        order = np.argsort(keys, kind="stable")
        for left, right in _in_buckets(keys[order], bits[order], threshold):
            yield _first_met(bits, order[left], order[right], bands, choice)


def _first_met(
    bits: Bits, left: Whole, right: Whole, bands: Bits, choice: tuple[int, ...]
) -> tuple[Whole, Whole]:  # fmt: skip
    """Of pairs that agree in the chosen bands those that agree in no earlier choice, so that each comes once."""
    if not choice:
        return left, right
    same = ((bits[left] ^ bits[right])[:, None] & bands[None, : choice[-1] + 1]) == 0
    kept = same.sum(axis=1) == len(choice)
    return left[kept], right[kept]


def _in_buckets(keys: Bits, bits: Bits, threshold: int) -> Iterator[tuple[Whole, Whole]]:
    """Near pairs of places among sorted hashes with the same key."""
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, len(keys)))
    small = sizes <= FEW
    ends = np.repeat(np.where(small, starts + sizes, 0), sizes)
    alive = np.flatnonzero(ends > 0)
    for shift in range(1, FEW):
        alive = alive[ends[alive] > alive + shift]
        if not len(alive):
            break
        left = alive[np.bitwise_count(bits[alive] ^ bits[alive + shift]) <= threshold]
        yield left, left + shift
    for start, size in zip(starts[~small].tolist(), sizes[~small].tolist(), strict=True):
        yield from _in_bucket(bits[start : start + size], start, threshold)


def _in_bucket(bits: Bits, start: int, threshold: int) -> Iterator[tuple[Whole, Whole]]:
    for first in range(0, len(bits), BLOCK):
        rows = bits[first : first + BLOCK, None]
        for other in range(first, len(bits), BLOCK):
            others = bits[None, other : other + BLOCK]
            near = np.flatnonzero(np.bitwise_count(rows ^ others) <= threshold)
            left, right = np.divmod(near, others.shape[1])
            if other == first:
                left, right = left[right > left], right[right > left]
            if len(left):
                yield left + (start + first), right + (start + other)
