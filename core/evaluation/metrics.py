"""Retrieval and classification figures over plain arrays; embeddings are unit vectors, one a row.

Similarities are taken a few rows at a time, so that memory grows with the number of vectors and never with its square.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

CHUNK_BYTES = 64 * 1024 * 1024  # of similarities at a time
MOST_ROWS = 1024  # at a time: a larger product is no quicker
SAME = 1e-6  # similarities closer than this are equal: rounding differs with the batch


def unit(vectors: Vectors) -> tuple[Vectors, NDArray[np.bool_]]:
    """Return the vectors at length one, and which of them are usable: finite and longer than nothing."""
    with np.errstate(invalid="ignore", over="ignore"):
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
    usable = np.isfinite(length[:, 0]) & (length[:, 0] > 0)
    scaled = np.divide(vectors, length, out=np.zeros(vectors.shape, np.float32), where=usable[:, None])
    return scaled, usable


def nearest_others(
    vectors: Vectors, count: int, chunk: int | None = None, told: Callable[[int], None] = lambda done: None
) -> NDArray[np.int64]:
    """Return the places of each vector's `count` nearest others, the nearest first; shape (len(vectors), count).

    `told` hears how many vectors are done.
    """
    nearest = np.empty((len(vectors), count), np.int64)
    step = chunk or _rows_at_once(len(vectors))
    for start in range(0, len(vectors), step):
        similarity = vectors[start : start + step] @ vectors.T
        rows = np.arange(len(similarity))
        similarity[rows, start + rows] = -np.inf
        nearest[start : start + step] = _best(similarity, count)
        told(min(start + step, len(vectors)))
    return nearest


def one_nearest_neighbour(vectors: Vectors, labels: Sequence[str], chunk: int | None = None) -> float:
    """Return how often the nearest other vector carries the same label (leave one out)."""
    named = np.asarray(labels)
    return float((named[nearest_others(vectors, 1, chunk)[:, 0]] == named).mean())


def agreeing(nearest: NDArray[np.int64], labels: NDArray[np.int64], depth: int) -> NDArray[np.float64]:
    """Return for every image the share of its `depth` nearest others with its own label: precision at that depth."""
    same: NDArray[np.float64] = (labels[nearest[:, :depth]] == labels[:, None]).mean(1)
    return same


def most_agreeing(labels: NDArray[np.int64], depth: int) -> NDArray[np.float64]:
    """Return the largest `agreeing` there can be: a label with few images cannot fill `depth` places."""
    others = np.bincount(labels)[labels] - 1
    return np.minimum(others, depth) / depth


def similarities(vectors: Vectors, one: int, others: NDArray[np.int64]) -> Vectors:
    """Return the cosine similarities of one vector to some others, by their places."""
    found: Vectors = vectors[others] @ vectors[one]
    return found


def zero_shot(images: Vectors, names: Vectors) -> NDArray[np.int64]:
    """Return for every image which name's vector is most similar."""
    best = np.empty(len(images), np.int64)
    step = _rows_at_once(len(names), most=1 << 16)
    for start in range(0, len(images), step):
        best[start : start + step] = (images[start : start + step] @ names.T).argmax(1)
    return best


def accuracy(predicted: Sequence[str], actual: Sequence[str]) -> float:
    """Return the share of predictions that are right."""
    return float((np.asarray(predicted) == np.asarray(actual)).mean())


def weighted_f1(predicted: Sequence[str], actual: Sequence[str]) -> float:
    """Return the F1 score averaged over the labels that occur, each weighted by how often it does."""
    names, codes = np.unique(np.concatenate([np.asarray(predicted), np.asarray(actual)]), return_inverse=True)
    guess, truth = np.split(codes, 2)
    return f1_of_counts(guess, truth, np.ones(len(truth)), len(names))


def f1_of_counts(guess: NDArray[np.int64], truth: NDArray[np.int64], counts: NDArray[np.float64], names: int) -> float:
    """Return the weighted F1 of pairs of guessed and true codes below `names`; each pair occurs `counts` times."""
    support = np.bincount(truth, counts, names)
    hits = np.bincount(truth, counts * (guess == truth), names)
    both = support + np.bincount(guess, counts, names)
    return float((support * (2 * hits / np.maximum(both, 1))).sum() / counts.sum())


def ranks(queries: Vectors, candidates: Vectors, answers: NDArray[np.int64], chunk: int = 512) -> NDArray[np.int64]:
    """Return for every query how many candidates are more similar than its answer; 0 means it came first."""
    worse = np.empty(len(queries), np.int64)
    for start in range(0, len(queries), chunk):
        similarity = queries[start : start + chunk] @ candidates.T
        own = similarity[np.arange(len(similarity)), answers[start : start + chunk]]
        worse[start : start + chunk] = (similarity > own[:, None] + SAME).sum(1)
    return worse


def found_within(
    texts: Vectors,
    images: Vectors,
    own: NDArray[np.int64],
    depths: Sequence[int],
    told: Callable[[int], None] = lambda done: None,
) -> NDArray[np.float64]:
    """Return the chance that each text finds one of its own images among the first; shape (len(texts), len(depths)).

    `own` holds for every image the place of its text, or -1. Images that are equally similar stand in random order,
    which makes it a chance: an encoder to which all images are alike must not look perfect.
    """
    found = np.empty((len(texts), len(depths)))
    step = _rows_at_once(len(images))
    for start in range(0, len(texts), step):
        similarity = texts[start : start + step] @ images.T
        mine = own == np.arange(start, start + len(similarity))[:, None]
        best = np.where(mine, similarity, -np.inf).max(1, keepdims=True)
        above, level = similarity > best + SAME, similarity >= best - SAME
        tied = (level & ~above & ~mine).sum(1) / (level & mine).sum(1)
        left = np.asarray(depths) - above.sum(1)[:, None]
        found[start : start + step] = np.clip(left / (tied[:, None] + 1), 0, 1)
        told(min(start + step, len(texts)))
    return found


def recall_at(ranked: NDArray[np.int64], depth: int) -> float:
    """Return the share of queries whose answer stands among the first `depth`."""
    return float((ranked < depth).mean())


def text_to_image_recall(texts: Vectors, images: Vectors, depths: Sequence[int] = (1, 10, 50)) -> dict[int, float]:
    """Return recall at every depth where text number i describes image number i."""
    ranked = ranks(texts, images, np.arange(len(texts)))
    return {depth: recall_at(ranked, depth) for depth in depths}


def _best(similarity: Vectors, count: int) -> NDArray[np.int64]:
    """The columns of each row's `count` largest values, the largest first."""
    if count == 1:
        nearest: NDArray[np.int64] = similarity.argmax(1)
        return nearest[:, None]
    found = np.argpartition(similarity, -count, axis=1)[:, -count:]
    order = np.argsort(-np.take_along_axis(similarity, found, 1), axis=1, kind="stable")
    best: NDArray[np.int64] = np.take_along_axis(found, order, 1)
    return best


def _rows_at_once(columns: int, most: int = MOST_ROWS) -> int:
    return max(1, min(most, CHUNK_BYTES // (4 * max(1, columns))))
