"""Every vector of a small collection in memory: there comparing all of them is quicker than any index.

At 40,000 vectors of 512 components on two cores NumPy takes 4.5 ms, Lance's index with every partition probed 11
(`python -m benchmarks.search`). One matrix belongs to one version of a collection and goes with its catalog.
"""

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog, Places, lined_up
from core.collection.matrix import Present, matrix_of
from core.collection.schema import vector_column
from core.collection.store import Ranking
from core.timing import step

Vector = npt.NDArray[np.float32]
SPARSE = 0.25  # share of the rows below which only those that pass a filter are multiplied


class Held:
    """Unit vectors by place in the order of ingest, float32, shape (images, dimension)."""

    def __init__(self, catalog: Catalog) -> None:
        with step("load vectors", catalog.count_all):
            column = vector_column(catalog.dataset.schema)
            table = catalog.dataset.to_table(columns=[column], with_row_id=True)
            vectors, there = matrix_of(table[column])
            self._rowids = catalog.rowids_by_place
            rows = lined_up(table["_rowid"].to_numpy(), self._rowids)
            self._vectors = np.ascontiguousarray(_every_row(vectors, there)[rows], np.float32)
            self._missing = ~there[rows]

    @property
    def vectors(self) -> Vector:
        """Those there are, float32, shape (images with a vector, dimension)."""
        return self._vectors[~self._missing] if self._missing.any() else self._vectors

    @property
    def rowids(self) -> npt.NDArray[np.int64]:
        """The row ids of `vectors`, in their order."""
        return self._rowids[~self._missing] if self._missing.any() else self._rowids

    def scores(self, vector: Vector, places: Places | None = None) -> Vector:
        """Cosine similarities of the images at some places, or of all; NaN where there is no vector."""
        if places is None or len(places) > SPARSE * len(self._vectors):
            found = self._vectors @ vector
            found[self._missing] = np.nan
            return found if places is None else found[places]
        found = self._vectors[places] @ vector
        found[self._missing[places]] = np.nan
        return found

    def nearest(self, vector: Vector, count: int, places: Places | None) -> Ranking:
        """The `count` most alike of the images at some places, or of all, best first; ties in the order of ingest."""
        with step("vectors", len(self._vectors) if places is None else len(places)) as compared:
            scores = self.scores(vector, places)
            known = np.flatnonzero(~np.isnan(scores))
            if count < len(known):
                least = np.partition(scores[known], len(known) - count)[len(known) - count]
                known = known[scores[known] >= least]
            best = known[np.argsort(-scores[known], kind="stable")][:count]
            compared.rows_out = len(best)
            at = best if places is None else places[best]
            return Ranking(self._rowids[at].tolist(), scores[best].tolist())


def _every_row(vectors: Vector, there: Present) -> Vector:
    """A row for each of the column's, zeros where it has no vector."""
    if there.all():
        return vectors
    rows = np.zeros((len(there), vectors.shape[1]), np.float32)
    rows[there] = vectors
    return rows
