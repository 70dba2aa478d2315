"""Retrieval and classification figures over plain arrays; embeddings are unit vectors, one a row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def one_nearest_neighbour(vectors: Vectors, labels: Sequence[str], chunk: int = 1024) -> float:
    """Return how often the nearest other vector carries the same label (leave one out)."""
    named = np.asarray(labels)
    nearest = np.empty(len(vectors), np.int64)
    for start in range(0, len(vectors), chunk):
        similarity = vectors[start : start + chunk] @ vectors.T
        rows = np.arange(len(similarity))
        similarity[rows, start + rows] = -np.inf
        nearest[start : start + chunk] = similarity.argmax(1)
    return float((named[nearest] == named).mean())


def zero_shot(images: Vectors, names: Vectors) -> NDArray[np.int64]:
    """Return for every image which name's vector is most similar."""
    best: NDArray[np.int64] = (images @ names.T).argmax(1)
    return best


def accuracy(predicted: Sequence[str], actual: Sequence[str]) -> float:
    """Return the share of predictions that are right."""
    return float((np.asarray(predicted) == np.asarray(actual)).mean())


def weighted_f1(predicted: Sequence[str], actual: Sequence[str]) -> float:
    """Return the F1 score averaged over the labels that occur, each weighted by how often it does."""
    guess, truth = np.asarray(predicted), np.asarray(actual)
    total = 0.0
    for label in np.unique(truth):
        hits = float(((guess == label) & (truth == label)).sum())
        support, guessed = float((truth == label).sum()), float((guess == label).sum())
        total += support * (2 * hits / (support + guessed))
    return total / len(truth)


def ranks(queries: Vectors, candidates: Vectors, answers: NDArray[np.int64], chunk: int = 512) -> NDArray[np.int64]:
    """Return for every query how many candidates are more similar than its answer; 0 means it came first."""
    worse = np.empty(len(queries), np.int64)
    for start in range(0, len(queries), chunk):
        similarity = queries[start : start + chunk] @ candidates.T
        own = similarity[np.arange(len(similarity)), answers[start : start + chunk]]
        worse[start : start + chunk] = (similarity > own[:, None] + 1e-6).sum(1)
    return worse


def recall_at(ranked: NDArray[np.int64], depth: int) -> float:
    """Return the share of queries whose answer stands among the first `depth`."""
    return float((ranked < depth).mean())


def text_to_image_recall(texts: Vectors, images: Vectors, depths: Sequence[int] = (1, 10, 50)) -> dict[int, float]:
    """Return recall at every depth where text number i describes image number i."""
    ranked = ranks(texts, images, np.arange(len(texts)))
    return {depth: recall_at(ranked, depth) for depth in depths}
