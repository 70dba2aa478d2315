"""The exact nearest of many questions in one pass over a collection's vectors, in bounded memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.collection.matrix import matrix_of
from core.collection.schema import vector_column

BATCH_ROWS = 8_192

Vector = npt.NDArray[np.float32]
RowIds = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Truth:
    """What an exact answer holds."""

    count: int  # images: as many as were asked for, or as have a vector
    least: Vector  # the lowest score of each question's, shape (questions,)


def least_scores(
    dataset: Any,
    questions: Vector,
    count: int,
    groups: list[RowIds | None],
    heard: Callable[[int], None] = lambda rows: None,
) -> list[Truth]:
    """The exact nearest of questions in each group of row ids; None stands for every image.

    Questions are unit vectors of shape (questions, dimension). What is found through an index is right where it reaches
    the least score. `heard` is called with the rows read so far, and what it raises ends the pass.
    """
    name = vector_column(dataset.schema)
    sorted_groups = [None if group is None else np.sort(group) for group in groups]
    best = [np.full((len(questions), 0), -np.inf, np.float32) for _ in groups]
    read = 0
    for batch in dataset.scanner(columns=[name], with_row_id=True, batch_size=BATCH_ROWS).to_batches():
        vectors, there = matrix_of(batch.column(name))
        rowids = batch.column("_rowid").to_numpy()[there].astype(np.int64)
        scores = questions @ vectors.T
        for place, group in enumerate(sorted_groups):
            passing = scores if group is None else scores[:, _held(rowids, group)]
            best[place] = _highest(np.concatenate([best[place], passing], axis=1), count)
        read += len(there)
        heard(read)
    return [_truth(found) for found in best]


def _truth(best: Vector) -> Truth:
    count = best.shape[1]
    return Truth(count, best.min(axis=1) if count else np.full(len(best), np.inf, np.float32))


def _held(rowids: RowIds, group: RowIds) -> npt.NDArray[np.bool_]:
    if not len(group):
        return np.zeros(len(rowids), np.bool_)
    places = np.minimum(np.searchsorted(group, rowids), len(group) - 1)
    found: npt.NDArray[np.bool_] = group[places] == rowids
    return found


def _highest(scores: Vector, count: int) -> Vector:
    if scores.shape[1] <= count:
        return scores
    found: Vector = np.partition(scores, scores.shape[1] - count, axis=1)[:, -count:]
    return found
