"""Pairs of near hashes and vectors: every one of them, each once, whatever way they are looked for."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.collection.hashes import Bits
from core.duplicates import pairs as module
from core.duplicates.likeness import alike_vectors
from core.duplicates.pairs import Pairs, near_hashes
from core.duplicates.stars import stars
from core.errors import QueryError


def brute(bits: Bits, threshold: int) -> dict[tuple[int, int], int]:
    """Each compared with each."""
    found = {}
    for first, second in combinations(range(len(bits)), 2):
        distance = int(bits[first] ^ bits[second]).bit_count()
        if distance <= threshold:
            found[first, second] = distance
    return found


def told(found: Pairs) -> dict[tuple[int, int], float]:
    """As `brute` tells it; a pair that comes twice is a fault."""
    keys = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, found.distance.tolist(), strict=True))


def crowd(seed: int, centres: int, flips: int, count: int) -> Bits:
    """Different hashes that crowd round a few, as those of alike photos do."""
    chance = np.random.default_rng(seed)
    middle = chance.integers(0, 2**64, centres, dtype=np.uint64)[chance.integers(0, centres, count)]
    for _ in range(flips):
        middle = middle ^ (np.uint64(1) << chance.integers(0, 64, count, dtype=np.uint64))
    return np.unique(middle)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    centres=st.integers(1, 30),
    flips=st.integers(0, 12),
    count=st.integers(0, 120),
    threshold=st.integers(0, 16),
    agreeing=st.integers(0, 3),
)
def test_every_near_pair_is_found_once_however_many_bands_agree(
    seed: int, centres: int, flips: int, count: int, threshold: int, agreeing: int
) -> None:
    bits = crowd(seed, centres, flips, count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_cheapest", lambda bits, threshold: (min(agreeing, 2 if threshold > 6 else 3), 0))
        patch.setattr(module, "FEW", 5)  # so that both ways of comparing a bucket are gone
        patch.setattr(module, "BLOCK", 7)
        assert told(near_hashes(bits, threshold)) == brute(bits, threshold)


@pytest.mark.parametrize("threshold", [0, 1, 2, 5, 8, 16])
def test_the_way_that_costs_least_misses_nothing(threshold: int) -> None:
    bits = np.concatenate([crowd(1, 20, 6, 500), np.random.default_rng(2).integers(0, 2**64, 300, dtype=np.uint64)])
    assert told(near_hashes(bits, threshold)) == brute(bits, threshold)


def test_what_would_take_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bits = crowd(3, 2, 4, 400)
    monkeypatch.setattr(module, "MOST_PAIRS", 10)
    with pytest.raises(QueryError, match="too much"):
        near_hashes(bits, 8)
    monkeypatch.setattr(module, "MOST_COMPARISONS", 10)
    with pytest.raises(QueryError, match="comparisons") as refused:
        near_hashes(bits, 8)
    assert "filter" in refused.value.hint


def test_the_docs_name_the_time_after_which_it_is_refused() -> None:
    seconds = module.MOST_COMPARISONS / module.COMPARISONS_A_SECOND
    text = " ".join((Path(__file__).parents[3] / "docs" / "duplicates.md").read_text(encoding="utf-8").split())
    assert seconds == 120
    assert "more than about two minutes of comparing" in text


@pytest.mark.parametrize("dense", [0, 1])
@pytest.mark.parametrize("least", [0.9, 0.98, 1.0])
def test_alike_vectors_are_those_of_a_full_comparison(
    least: float, dense: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(4)
    vectors = chance.normal(size=(12, 48))[chance.integers(0, 12, 300)] + 0.2 * chance.normal(size=(300, 48))
    vectors[7] = vectors[200]
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    for name, value in {"ROWS": 37, "COLUMNS": 53, "SKETCH": 8, "DENSE": dense}.items():  # blocks do not fit evenly
        monkeypatch.setattr(f"core.duplicates.likeness.{name}", value)
    found = told(alike_vectors(unit, least))
    scores = unit @ unit.T
    assert set(found) == {pair for pair in combinations(range(300), 2) if scores[pair] >= least - 1e-6}
    assert (7, 200) in found
    assert all(abs(1 - scores[pair] - distance) < 1e-5 for pair, distance in found.items())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), threshold=st.integers(0, 12))
def test_everything_is_within_the_threshold_of_the_nearest_kept_one(seed: int, threshold: int) -> None:
    bits = crowd(seed, 5, 6, 80)
    rank = np.random.default_rng(seed).permutation(len(bits))
    near = brute(bits, threshold)
    found = stars(len(bits), rank, near_hashes(bits, threshold))
    kept = {thing for thing in range(len(bits)) if found.kept[thing] == thing}
    for pair in combinations(sorted(kept), 2):
        assert pair not in near
    for thing in set(range(len(bits))) - kept:
        centre = int(found.kept[thing])
        assert centre in kept
        assert rank[centre] < rank[thing]
        apart = {
            other: near[min(thing, other), max(thing, other)]
            for other in kept
            if rank[other] < rank[thing] and (min(thing, other), max(thing, other)) in near
        }
        assert found.distance[thing] == apart[centre] == min(apart.values())
