"""Similarity search on made-up vectors of 512 components: `python -m benchmarks.search --rows 1000000`.

Beside it, on the same vectors in the same run: LanceDB without an index, NumPy over every vector in memory, FAISS and
usearch (`pip install --requirement benchmarks/requirements.txt`).
"""

import argparse
import importlib.util
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.measure import machine
from benchmarks.vectors import DIMENSION, MadeUp, Vectors, fill, table_of
from core.collection.catalog import Catalog
from core.collection.indexes import index
from core.collection.store import Collection
from core.query.recipe import Accuracy, All, OneOf, Recipe, Upload
from core.search import Searcher

TOP = 50
QUERIES = 60
SLOW_QUERIES = 8  # where one takes long
SMALL, SMALL_CLUSTERS = 40_000, 300
ADDED = 1_000
FILTERS = {"tenth": "a tenth", "fiftieth": "a fiftieth", "thousandth": "a thousandth"}
WANTED_SEED = 987_654  # of the queries: vectors of the same kind that are not in the collection

Places = npt.NDArray[np.int64]
Asked = Callable[[int], Sequence[int]]  # the number of a query to the numbers of the images found


@dataclass(frozen=True)
class Line:
    """How long one way of searching takes and how much of the truth it finds."""

    what: str
    median_ms: float
    low_ms: float
    p95_ms: float
    recall: float  # of the 50 nearest, mean over queries
    least_found: int
    queries: int


def main() -> None:
    """Build both collections, measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    facts = machine()
    sizes = [(SMALL, SMALL_CLUSTERS), *([] if asked.rows <= SMALL else [(asked.rows, asked.rows * 3 // 1_000)])]
    measured = []
    for rows, clusters in sizes:
        with tempfile.TemporaryDirectory(prefix="vitrine-search-") as folder:
            measured.append(_sized(Path(folder), rows, clusters))
    print(json.dumps({"machine": facts, "dimension": DIMENSION, "top": TOP, "collections": measured}, indent=2))


def _sized(folder: Path, rows: int, clusters: int) -> dict[str, object]:
    made = MadeUp(0, clusters)
    held = np.lib.format.open_memmap(folder / "vectors.npy", "w+", np.float32, (rows, DIMENSION))
    collection = fill(folder, "made-up", rows, held, made)
    catalog = Catalog(collection.dataset())
    started = time.perf_counter()
    index(collection, catalog)
    built = time.perf_counter() - started
    queries = made.vectors(QUERIES, WANTED_SEED)
    bench = Bench(collection, held, queries)
    lines = [*bench.own(), *bench.plain(), *_faiss(bench), *_usearch(bench)]
    lines += bench.after_adding(made)
    started = time.perf_counter()
    index(collection, Catalog(collection.dataset()))
    return {
        "rows": rows,
        "index_build_s": round(built, 1),
        "index_catches_up_s": round(time.perf_counter() - started, 1),
        "lines": [asdict(line) for line in lines],
    }


class Bench:
    """One collection, its vectors in memory order, and queries whose nearest are known."""

    def __init__(self, collection: Collection, held: Vectors, queries: Vectors) -> None:
        self.collection = collection
        self.held = held
        self.queries = queries
        self.scores = np.concatenate(
            [queries @ np.asarray(held[first : first + 50_000]).T for first in range(0, len(held), 50_000)], axis=1
        )
        self.catalog = Catalog(collection.dataset())
        collection.warm()  # as a server does once its first page is shown
        self.truth = {"": self.nearest(np.arange(len(held)))}

    def nearest(self, passing: Places) -> list[set[int]]:
        """The true nearest of each query among some images."""
        count = min(TOP, len(passing))
        scores = self.scores[:, passing]
        found = np.argpartition(-scores, count - 1, axis=1)[:, :count]
        return [set(passing[places].tolist()) for places in found]

    def own(self) -> list[Line]:
        """Whole answers of Vitrine: the count, the ranking, and what is known of each hit."""
        lines = [self.answers("Vitrine", Recipe())]
        lines.append(self.answers("Vitrine, quick", Recipe(accuracy=Accuracy.QUICK)))
        lines.append(self.answers("Vitrine, exact", Recipe(accuracy=Accuracy.EXACT), SLOW_QUERIES))
        for column, words in FILTERS.items():
            condition = OneOf(column, (f"{column} 1",))
            ids = self.catalog.select(f"SELECT id FROM images WHERE {column} = ?", (f"{column} 1",))
            self.truth[column] = self.nearest(np.array([_number(id) for (id,) in ids]))
            where = All((condition,))
            lines.append(self.answers(f"Vitrine, {words} of the images", Recipe(where), truth=column))
            quick = Recipe(where, accuracy=Accuracy.QUICK)
            lines.append(self.answers(f"Vitrine, quick, {words} of the images", quick, truth=column))
        return lines

    def answers(self, what: str, recipe: Recipe, count: int = QUERIES, truth: str = "") -> Line:
        """The cost of answering a recipe with each query's vector as the picture that is searched by."""
        searcher = Searcher(self.collection, self.catalog, _no_encoder, lambda term: self.queries[int(term.digest)])

        def ask(query: int) -> list[int]:
            asked = Recipe(recipe.where, (Upload(str(query)),), accuracy=recipe.accuracy, limit=TOP)
            return [_number(hit.row.id) for hit in searcher.run(asked).hits]

        return self.timed(what, ask, count, truth)

    def plain(self) -> list[Line]:
        """The plainest ways: LanceDB's scan of the table, and NumPy with every vector in memory."""
        import lancedb

        table = lancedb.connect(self.collection.path.parent).open_table(self.collection.name)

        def scan(query: int) -> list[int]:
            search = table.search(self.queries[query], vector_column_name="vector").distance_type("cosine")
            found = search.bypass_vector_index().limit(TOP).select(["id", "_distance"]).to_arrow()
            return [_number(id) for id in found["id"].to_pylist()]

        memory = np.array(self.held)

        def brute(query: int) -> list[int]:
            scores = memory @ self.queries[query]
            best = np.argpartition(-scores, TOP)[:TOP]
            return [int(place) for place in best[np.argsort(-scores[best])]]

        return [
            self.timed("LanceDB without an index", scan, SLOW_QUERIES),
            self.timed("NumPy, every vector in memory", brute, SLOW_QUERIES),
        ]

    def after_adding(self, made: MadeUp) -> list[Line]:
        """The same search when images were added since the index was made, each of which has to be found at once."""
        new = made.vectors(ADDED, 5)
        self.collection.append(table_of(self.collection.schema, new, len(self.held)))
        self.catalog = Catalog(self.collection.dataset())
        self.scores = np.concatenate([self.scores, self.queries @ new.T], axis=1)
        self.truth[""] = self.nearest(np.arange(self.scores.shape[1]))
        line = self.answers(f"Vitrine, {ADDED:,} images added since", Recipe(), truth="")
        searcher = Searcher(self.collection, self.catalog, _no_encoder, lambda term: new[int(term.digest)])
        asked = [searcher.run(Recipe(terms=(Upload(str(place)),), limit=1)) for place in range(20)]
        found = sum(_number(one.hits[0].row.id) == len(self.held) + place for place, one in enumerate(asked))
        return [line, Line("of 20 added images, found as their own nearest", 0, 0, 0, found / 20, 1, 20)]

    def timed(self, what: str, ask: Asked, count: int = QUERIES, truth: str = "") -> Line:
        """Ask each query once to warm up, and once to measure."""
        for query in range(count):
            ask(query)
        taken, shares, found_least = [], [], TOP
        for query in range(count):
            started = time.perf_counter()
            found = ask(query)
            taken.append((time.perf_counter() - started) * 1000)
            true = self.truth[truth][query]
            shares.append(len(true & set(found)) / len(true))
            found_least = min(found_least, len(found))
        p95 = sorted(taken)[min(count - 1, int(0.95 * count))]
        values = (statistics.median(taken), min(taken), p95, statistics.mean(shares))
        line = Line(what, *(round(value, 4) for value in values), found_least, count)
        print(line, file=sys.stderr, flush=True)  # the last of them may take long
        return line


def _faiss(bench: Bench) -> list[Line]:
    """FAISS with everything in memory: inverted lists of quantised vectors, re-scored with the full ones."""
    if importlib.util.find_spec("faiss") is None:
        return []
    import faiss

    rows = len(bench.held)
    lists = max(64, 4 * round(rows**0.5))
    made = faiss.index_factory(DIMENSION, f"IVF{lists},PQ{DIMENSION // 4}x4fs,RFlat", faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).choice(rows, min(rows, 40 * lists), replace=False)
    made.train(np.ascontiguousarray(bench.held[np.sort(sample)]))
    made.add(np.ascontiguousarray(bench.held))
    made.k_factor = 10
    lines = []
    for probes in (16, 64, 256):
        faiss.extract_index_ivf(made).nprobe = probes

        def ask(query: int) -> list[int]:
            return [int(place) for place in made.search(bench.queries[query : query + 1], TOP)[1][0]]

        lines.append(bench.timed(f"FAISS in memory, {probes} of {lists} lists", ask))
    return lines


def _usearch(bench: Bench) -> list[Line]:
    """usearch with its graph in memory."""
    if importlib.util.find_spec("usearch") is None:
        return []
    from usearch.index import Index

    made = Index(ndim=DIMENSION, metric="cos", dtype="bf16", expansion_add=40)
    for first in range(0, len(bench.held), 50_000):
        block = np.ascontiguousarray(bench.held[first : first + 50_000])
        made.add(np.arange(first, first + len(block)), block)
    made.expansion_search = 256

    def ask(query: int) -> list[int]:
        return [int(key) for key in made.search(bench.queries[query], TOP).keys]

    return [bench.timed("usearch in memory", ask)]


def _number(id: str) -> int:
    return int(id.removeprefix("image-"))


def _no_encoder() -> None:  # no words are searched by
    raise AssertionError


if __name__ == "__main__":
    main()
