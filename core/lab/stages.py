"""The steps of a measurement, each in a process of its own: what one holds in memory is not counted to the next.

A stage reads its request as a line of JSON on standard input, and ends when that is closed. It writes lines of JSON on
standard output: how far it is, and at the end what it found, or what went wrong.
"""

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.collection.catalog import Catalog
from core.collection.indexes import index
from core.collection.store import Collection, find_collection
from core.errors import VitrineError
from core.ingest.progress import Progress, Report
from core.lab.answering import RUNS, answer_all, recalls, truths
from core.lab.baselines import duckdb_parquet, plain_of, polars_memory, write_parquet
from core.lab.machine import forget, most_rss_mb, rss_mb
from core.lab.madeup import CHUNK_ROWS, fill
from core.lab.questions import FILTERED, PAGE, SEARCH, Questions, made_up_questions, own_questions
from core.lab.synthetic import enlarge, is_made_up
from core.lab.vectorbaselines import Bounds, faiss_memory, lancedb_scan, numpy_memory
from core.lab.vectors import MadeUp, clusters_for
from core.query.recipe import Recipe
from core.search import Searcher

TEMPORARY = "vitrine-bench-"  # how a temporary workspace's name begins
PARQUET, TRUTH = "table.parquet", "truth.npz"

Stage = Callable[[Mapping[str, Any], Report], dict[str, Any]]


def build(asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Write a made-up collection, or one enlarged from another, and index it."""
    folder, name, rows = Path(asked["folder"]), asked["name"], int(asked["rows"])
    started = time.perf_counter()
    if source := asked.get("source"):
        held = find_collection(Path(source["folder"]), source["name"])
        collection = enlarge(held, folder, name, rows, int(asked.get("seed", 0)), report)
    else:
        made = MadeUp(0, clusters_for(rows))

        def heard(first: int, vectors: Any) -> None:
            report(Progress("Making images up", min(rows, first + CHUNK_ROWS), rows))

        collection = fill(folder, name, rows, made, heard=heard)
    made_s = time.perf_counter() - started
    plain_bytes = _size(collection.path)
    started = time.perf_counter()
    catalog = Catalog(collection.dataset())
    index(collection, catalog, lambda done, total: report(Progress("Indexing", done, total)))
    return {
        "make_s": round(made_s, 2),
        "index_build_s": round(time.perf_counter() - started, 2),
        "table_bytes": plain_bytes,
        "index_bytes": _size(collection.path) - plain_bytes,
    }


def ask(asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Open the collection as a process that has just started does, ask everything, and hold it against the truth."""
    folder, name = Path(asked["folder"]), asked["name"]
    report(Progress("Opening", 0, 1))
    dropped = forget(folder / "collections")
    started = time.perf_counter()
    collection = find_collection(folder, name)
    catalog = Catalog(collection.dataset())
    Searcher(collection, catalog, _never, _never).run(Recipe(limit=PAGE))
    opened = time.perf_counter() - started
    mirrored = rss_mb()
    started = time.perf_counter()
    collection.warm()  # as a server does once its first page is shown
    warmed = time.perf_counter() - started
    questions = _questions(collection, catalog)
    report(Progress("Asking", 0, 1))
    answered = answer_all(collection, catalog, questions, int(asked.get("runs", RUNS)))
    most = most_rss_mb()
    figures = {name: one.median for name, one in answered.spreads.items()}
    if answered.found:
        report(Progress("Comparing every vector", 0, 1))
        true = truths(catalog, questions)
        figures |= recalls(answered.found, true)
        whole, narrow = true[SEARCH], true[FILTERED]
        Bounds(whole.least, whole.count, narrow.least, narrow.count).save(folder / TRUTH)
    return {
        "rows": catalog.count_all,
        "figures": {**figures, "open_s": round(opened, 3), "rss_mb": round(most, 1)},
        "spreads": {name: asdict(one) for name, one in answered.spreads.items()},
        "details": {**answered.details, "warm_s": round(warmed, 3), "rss_after_opening_mb": round(mirrored, 1)},
        "cold": dropped,
    }


def _parquet(asked: Mapping[str, Any], catalog: Catalog) -> Path:
    """The collection's table as one Parquet file, written by whichever baseline needs it first."""
    path = Path(asked["folder"], PARQUET)
    if not path.exists():
        write_parquet(catalog, path)
    return path


def baseline_duckdb(asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """DuckDB over Parquet."""
    _, catalog, questions = _opened(asked)
    return duckdb_parquet(_parquet(asked, catalog), catalog.count_all, plain_of(catalog, questions))


def baseline_polars(asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Polars in memory, from the same file."""
    _, catalog, questions = _opened(asked)
    return polars_memory(_parquet(asked, catalog), catalog.count_all, plain_of(catalog, questions))


def baseline_lancedb(asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """LanceDB without an index."""
    return lancedb_scan(*_opened(asked), Bounds.load(Path(asked["folder"], TRUTH)))


def baseline_numpy(asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """NumPy over a matrix."""
    _, catalog, questions = _opened(asked)
    return numpy_memory(catalog, questions, Bounds.load(Path(asked["folder"], TRUTH)))


def baseline_faiss(asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """FAISS, where it is installed."""
    _, catalog, questions = _opened(asked)
    return faiss_memory(catalog, questions, Bounds.load(Path(asked["folder"], TRUTH)))


STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        "build": build,
        "ask": ask,
        "duckdb_parquet": baseline_duckdb,
        "polars": baseline_polars,
        "lancedb_no_index": baseline_lancedb,
        "numpy": baseline_numpy,
        "faiss": baseline_faiss,
    }
)
BASELINES = tuple(name for name in STAGES if name not in ("build", "ask"))


def main() -> None:
    """Run the stage that the first argument names."""
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, args=(request,), daemon=True).start()

    def report(progress: Progress) -> None:
        _write({"stage": progress.stage, "done": progress.done, "total": progress.total})

    try:
        found = STAGES[sys.argv[1]](request, report)
    except VitrineError as error:
        _write({"error": [error.title, error.detail, error.hint]})
        return
    _write({"found": found, "rss_mb": round(most_rss_mb(), 1)})


def _end_with_parent(request: Mapping[str, Any]) -> None:
    """Wait until whoever asked is gone, however that came; then nobody else removes the temporary workspace."""
    os.read(sys.stdin.fileno(), 1)
    folder = Path(str(request.get("folder", "")))
    if folder.name.startswith(TEMPORARY):
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _write(line: Mapping[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def _opened(asked: Mapping[str, Any]) -> tuple[Collection, Catalog, Questions]:
    collection = find_collection(Path(asked["folder"]), asked["name"])
    catalog = Catalog(collection.dataset())
    return collection, catalog, _questions(collection, catalog)


def _questions(collection: Collection, catalog: Catalog) -> Questions:
    """A collection that is made up from nothing is always asked the same; any other by what it has."""
    if is_made_up(catalog.encoder):
        return made_up_questions(catalog.count_all)
    return own_questions(collection, catalog)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _never(*_: Any) -> Any:
    raise AssertionError("nothing is searched by")


if __name__ == "__main__":
    main()
