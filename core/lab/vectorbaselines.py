"""Other ways to search the same vectors: LanceDB without an index, NumPy, and FAISS where it is installed."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.collection.matrix import matrix_of
from core.collection.schema import vector_column
from core.collection.store import Collection
from core.lab.answering import Ask, recall, searched
from core.lab.questions import TOP, Questions
from core.lab.rounds import clocked, spread
from core.query.sql import lance_filter

SLOW_QUERIES = 8  # where one takes seconds
SAMPLED = 64  # vectors for each list that FAISS is trained on
PROBES = (16, 64)
WANTED_RECALL = 0.995

Vector = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


def lancedb_scan(collection: Collection, catalog: Catalog, asked: Questions, true: "Bounds") -> dict[str, Any]:
    """LanceDB's own search with the index left aside."""
    import lancedb

    table = lancedb.connect(collection.path.parent).open_table(collection.name)
    column = vector_column(catalog.dataset.schema)
    narrow = lance_filter(asked.narrow, catalog.columns) if asked.narrow.conditions else None

    def ask(where: str | None) -> Ask:
        def found(query: int) -> list[float]:
            search = table.search(asked.vectors[query], vector_column_name=column).distance_type("cosine")
            search = search.bypass_vector_index().limit(TOP).select(["id", "_distance"])
            table_of = (search.where(where, prefilter=True) if where else search).to_arrow()
            return [1.0 - distance for distance in table_of["_distance"].to_pylist()]

        return found

    whole, few = ask(None), ask(narrow)
    count = min(SLOW_QUERIES, len(asked.vectors))
    return {
        "what": "LanceDB without an index",
        **_measured("search", whole, count, true.whole, true.count),
        **_measured("search_filtered", few, count, true.narrow, true.few),
    }


class Bounds:
    """The scores that the exact answers reach: of each question's, float32, shape (questions,)."""

    def __init__(self, whole: Vector, count: int, narrow: Vector, few: int) -> None:
        self.whole = whole
        self.count = count
        self.narrow = narrow
        self.few = few

    def save(self, path: Path) -> None:
        np.savez(path, whole=self.whole, count=self.count, narrow=self.narrow, few=self.few)

    @classmethod
    def load(cls, path: Path) -> "Bounds":
        """What `save` wrote."""
        with np.load(path) as held:
            return cls(held["whole"], int(held["count"]), held["narrow"], int(held["few"]))


def numpy_memory(catalog: Catalog, asked: Questions, true: Bounds) -> dict[str, Any]:
    """Every vector in memory, one product for each question."""
    held: list[Vector] = []
    opened = clocked(lambda: held.append(_all_vectors(catalog)))
    memory, passing = held[0], _passing(catalog, asked)

    def best(scores: Vector) -> list[float]:
        top = np.partition(scores, len(scores) - min(TOP, len(scores)))[-TOP:]
        return [float(score) for score in np.sort(top)[::-1]]

    count = min(SLOW_QUERIES, len(asked.vectors))
    return {
        "what": "NumPy, every vector in memory",
        **_measured("search", lambda query: best(memory @ asked.vectors[query]), count, true.whole, true.count),
        **_measured(
            "search_filtered", lambda query: best(memory[passing] @ asked.vectors[query]), count, true.narrow, true.few
        ),
        "open_s": round(opened / 1000, 4),
    }


def faiss_memory(catalog: Catalog, asked: Questions, true: Bounds) -> dict[str, Any]:
    """FAISS with everything in memory: inverted lists of quantised vectors, re-scored with the full ones."""
    if importlib.util.find_spec("faiss") is None:
        return {"what": "FAISS", "absent": "It is not installed: pip install -r benchmarks/requirements.txt"}
    import faiss

    dimension, rows = asked.vectors.shape[1], catalog.count_all
    lists = max(1, min(2 * round(rows**0.5), rows // 39))
    parts = next(part for part in (4, 2, 1) if dimension % part == 0)
    made: Any = faiss.index_factory(
        dimension, f"IVF{lists},PQ{dimension // parts}x4fs,RFlat", faiss.METRIC_INNER_PRODUCT
    )

    def build() -> None:
        made.train(_some_vectors(catalog, min(rows, SAMPLED * lists)))
        for batch in _batches(catalog):
            made.add(batch)

    built = clocked(build)
    made.k_factor = 10
    best: dict[str, Any] = {}
    for probes in (*(probes for probes in PROBES if probes < lists), lists):
        faiss.extract_index_ivf(made).nprobe = probes

        def ask(query: int) -> list[float]:
            return [float(score) for score in made.search(asked.vectors[query : query + 1], TOP)[0][0]]

        best = _measured("search", ask, len(asked.vectors), true.whole, true.count)
        best["what"] = f"FAISS in memory, {probes:,} of {lists:,} lists, ten times as many re-scored"
        if best["search_recall"] >= WANTED_RECALL:
            break
    return {**best, "index_build_s": round(built / 1000, 2)}


def _measured(kind: str, ask: Callable[[int], list[float]], count: int, least: Vector, of: int) -> dict[str, Any]:
    times, found = searched(ask, count)
    return {f"{kind}_ms": spread(times).median, f"{kind}_recall": recall(found, least, of)}


def _batches(catalog: Catalog) -> Any:
    column = vector_column(catalog.dataset.schema)
    for batch in catalog.dataset.scanner(columns=[column], batch_size=8_192).to_batches():
        yield np.ascontiguousarray(matrix_of(batch.column(column))[0], np.float32)


def _all_vectors(catalog: Catalog) -> Vector:
    """Shape (images, dimension), in the table's order."""
    held = np.empty((catalog.count_all, catalog.encoder.dimension), np.float32)
    first = 0
    for batch in _batches(catalog):
        held[first : first + len(batch)] = batch
        first += len(batch)
    return held[:first]


def _some_vectors(catalog: Catalog, count: int) -> Vector:
    places = np.sort(np.random.default_rng(0).choice(catalog.count_all, count, replace=False))
    column = vector_column(catalog.dataset.schema)
    return np.array(matrix_of(catalog.dataset.take(places.tolist(), columns=[column])[column])[0], np.float32)


def _passing(catalog: Catalog, asked: Questions) -> Places:
    """Where the images that pass the narrow filter stand in the table's order."""
    sql = catalog.where(asked.narrow)
    found = catalog.arrays(f"SELECT _rowid FROM images WHERE {sql.text}", sql.parameters)["_rowid"].astype(np.int64)
    order = catalog.dataset.to_table(columns=[], with_row_id=True)["_rowid"].to_numpy().astype(np.int64)
    return np.flatnonzero(np.isin(order, found)).astype(np.int64)
