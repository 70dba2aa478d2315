"""Where changed images stand: the drift of their vectors, and how many images are ahead of their original.

An original is found where nothing is more like the changed image than it is. Images with the same bytes, or a vector
as like, stand for it: nobody could tell which of them was meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.collection.held import Held
from core.collection.planner import Plan, is_held, plan
from core.collection.vectorindex import vector_index
from core.query.recipe import Accuracy, All
from core.search import Searcher

DEEP = 10  # the first so many count
NEAR = 1e-5  # scores this close are the same: products of matrices sum in another order for another size
AT_ONCE = 64  # questions compared with every vector

Vector = npt.NDArray[np.float32]
RowIds = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """Where one changed image stands."""

    drift: float
    ahead: int  # images more like it than its original; DEEP where the original is not among the first so many
    first: int  # row id of the image most like it


class Ranker(Protocol):
    """Finds how changed images stand."""

    exact: bool

    def stand(self, changed: Vector, originals: Vector, own: Sequence[RowIds]) -> list[Standing]:
        """By unit vectors, shape (n, dimension), of changed images and their originals; `own` row ids count too."""


class HeldRanker:
    """Compares with every vector in memory."""

    exact = True

    def __init__(self, vectors: Vector, rowids: RowIds) -> None:
        self._vectors = vectors
        self._rowids = rowids
        self._order = np.argsort(rowids)

    def stand(self, changed: Vector, originals: Vector, own: Sequence[RowIds]) -> list[Standing]:
        """How each changed image stands among all."""
        found: list[Standing] = []
        for start in range(0, len(changed), AT_ONCE):
            scores = changed[start : start + AT_ONCE] @ self._vectors.T
            for row, line in enumerate(scores, start):
                mine = line[self._places(own[row])].max()
                ahead = int((line > mine + NEAR).sum())
                drift = _drift(changed[row], originals[row])
                found.append(Standing(drift, ahead, int(self._rowids[line.argmax()])))
        return found

    def _places(self, rowids: RowIds) -> npt.NDArray[np.intp]:
        """Where these images' vectors are; those without one are left out."""
        near = np.minimum(np.searchsorted(self._rowids, rowids, sorter=self._order), len(self._rowids) - 1)
        places: npt.NDArray[np.intp] = self._order[near]
        found: npt.NDArray[np.intp] = places[self._rowids[places] == rowids]
        return found


class SearchRanker:
    """Asks as a person's search would, and counts an original as found only where the answer holds it."""

    def __init__(self, searcher: Searcher, how: Plan, rows: int) -> None:
        self.exact = how.exact
        self._searcher = searcher
        self._how = how
        self._rows = rows

    def stand(self, changed: Vector, originals: Vector, own: Sequence[RowIds]) -> list[Standing]:
        """How each changed image stands among those that the index answers with."""
        return [self._one(*asked) for asked in zip(changed, originals, own, strict=True)]

    def _one(self, vector: Vector, original: Vector, own: RowIds) -> Standing:
        answer = self._searcher.nearest(vector, DEEP, All(), self._rows, self._how)
        drift = _drift(vector, original)
        mine = 1.0 - drift
        held = set(own.tolist())
        there = any(
            rowid in held or abs(score - mine) <= NEAR
            for rowid, score in zip(answer.rowids, answer.scores, strict=True)
        )
        ahead = sum(score > mine + NEAR for score in answer.scores) if there else DEEP
        return Standing(drift, ahead, answer.rowids[0] if answer.rowids else -1)


def ranker(searcher: Searcher, catalog: Catalog) -> Ranker:
    """In memory where the collection's vectors fit, else by its index."""
    rows, dimension = catalog.count_all, catalog.encoder.dimension
    if is_held(rows, dimension):
        held: Held = catalog.remembered("vectors", lambda: Held(catalog))
        return HeldRanker(held.vectors, held.rowids)
    how = plan(vector_index(catalog.dataset), rows, rows, Accuracy.AUTO, dimension)
    return SearchRanker(searcher, how, rows)


def _drift(changed: Vector, original: Vector) -> float:
    return max(0.0, 1.0 - float(changed @ original))
