"""Which of many vectors point nearly the same way: every such pair, most others ruled out by a short sketch.

A sketch is a vector's share in the few directions along which the collection varies most, and the length of what is
left. The product of two sketches is never below that of the vectors (Cauchy-Schwarz), so only pairs whose sketches are
alike enough are compared in full. Vectors stand in order along the direction of the largest spread: those further from
each other there than the threshold allows are not even sketched against each other.
"""

from collections.abc import Iterator

import numpy as np

from core.collection.held import Vector
from core.duplicates.pairs import MOST_PAIRS, Pairs, Whole, too_much
from core.timing import step

ROWS, COLUMNS = 512, 2_048  # compared at a time; their products stay in the processor's cache
SKETCH = 32  # directions
SAMPLED = 20_000  # vectors by which the directions are chosen
DENSE = 0.02  # share of a block's pairs above which comparing all of them in full is quicker
PART = 20_000  # pairs compared in full at a time
ROUNDING = 1e-6  # of a cosine in float32: a vector and itself may come to a little less than 1
MARGIN = 1e-4  # of a sketch's, and of the distance along a line


def alike_vectors(vectors: Vector, least: float) -> Pairs:
    """Every pair of unit vectors whose cosine similarity is `least` or more; the distance is 1 less that."""
    firsts, seconds, scores, count = [], [], [], 0
    with step("compare vectors"):
        for left, right, score in _alike(vectors, least) if len(vectors) > 1 else ():
            firsts.append(left)
            seconds.append(right)
            scores.append(score)
            count += len(left)
            if count > MOST_PAIRS:
                raise too_much(f"More than {MOST_PAIRS:,} pairs of images are that like each other.")
    if not firsts:
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    distance = np.clip(1 - np.concatenate(scores), 0, 2).astype(np.float32)
    return Pairs(np.minimum(first, second), np.maximum(first, second), distance)


def _alike(vectors: Vector, least: float) -> Iterator[tuple[Whole, Whole, Vector]]:
    """Pairs with their similarities, block by block."""
    sketches, line = _sketches(vectors)
    order = np.argsort(line, kind="stable")
    vectors, sketches, line = vectors[order], sketches[order], line[order]
    reach = float(np.sqrt(max(0.0, 2 - 2 * least))) + MARGIN
    for start in range(0, len(vectors), ROWS):
        stop = min(start + ROWS, len(vectors))
        last = int(np.searchsorted(line, line[stop - 1] + reach, side="right"))
        for other in range(start, last, COLUMNS):
            end = min(other + COLUMNS, last)
            bound = sketches[start:stop] @ sketches[other:end].T
            near = np.flatnonzero(bound >= least - MARGIN)
            left, right = np.divmod(near, end - other)
            later = right + other > left + start
            left, right = left[later], right[later]
            if len(left) > DENSE * bound.size:
                score = (vectors[start:stop] @ vectors[other:end].T)[left, right]
            else:
                score = _products(vectors, left + start, right + other)
            kept = score >= least - ROUNDING
            if kept.any():
                yield order[left[kept] + start], order[right[kept] + other], score[kept]


def _sketches(vectors: Vector) -> tuple[Vector, Vector]:
    """Sketches, float32, shape (vectors, directions + 1), and the coordinate whose values lie furthest apart."""
    count = min(len(vectors), SAMPLED)
    sample = vectors[np.random.default_rng(0).choice(len(vectors), count, replace=False)]
    directions = np.linalg.eigh(sample.T @ sample)[1][:, -SKETCH:]
    short = vectors @ directions
    rest = np.sqrt(np.maximum(0, np.einsum("ij,ij->i", vectors, vectors) - np.einsum("ij,ij->i", short, short)))
    line: Vector = short[:, int(short.std(axis=0).argmax())]
    return np.ascontiguousarray(np.column_stack([short, rest]), np.float32), line


def _products(vectors: Vector, left: Whole, right: Whole) -> Vector:
    parts = [
        np.einsum("ij,ij->i", vectors[left[first : first + PART]], vectors[right[first : first + PART]])
        for first in range(0, len(left), PART)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)
