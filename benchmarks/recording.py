"""What recording adds to an answer: the same answers in turn with and without it.

    python -m benchmarks.recording --workspace FOLDER --collection NAME

Both run in one process, one after the other, so that whatever else the machine does falls on both alike.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import machine
from core.collection.catalog import Catalog
from core.query.recipe import Recipe, Words
from core.settings import Settings
from core.timings.asker import unrecorded
from core.workspace import Workspace

ROUNDS = 1_000
WORDS = "a red shoe"


def main() -> None:
    """Measure, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--collection", required=True)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    space = Workspace.open(Settings(workspace=asked.workspace))
    catalog = space.catalog(asked.collection)
    print(f"{catalog.count_all:,} images; {machine()}")
    for name, ask in _questions(space, asked.collection, catalog):
        with_it, without = _in_turn(ask, asked.rounds)
        added = statistics.median(with_it) - statistics.median(without)
        print(
            f"{name:<24} {statistics.median(with_it):8.3f} ms recorded, {statistics.median(without):8.3f} ms not: "
            f"{1000 * added:+.0f} µs ({100 * added / statistics.median(without):+.1f} %)"
        )
    result = space.searcher(asked.collection, catalog).run(Recipe(limit=60))
    noted = [_timed(lambda: space.timings.note("query", "x", "x", result.timings)) for _ in range(asked.rounds)]
    print(f"{'noting alone':<24} {1000 * statistics.median(noted):8.1f} µs, {1000 * max(noted):.0f} at the most")
    space.timings.flush(10)
    print(f"{'file':<24} {os.path.getsize(asked.workspace / 'timings' / 'timings.sqlite'):,} bytes")


def _questions(space: Workspace, name: str, catalog: Catalog) -> list[tuple[str, Callable[[], object]]]:
    searcher = space.searcher(name, catalog)
    return [
        ("a page of 60", lambda: searcher.run(Recipe(limit=60))),
        ("a search, words known", lambda: searcher.run(Recipe(terms=(Words(WORDS),), limit=60))),
        ("ten at random", lambda: searcher.run(Recipe(sample=True, limit=10))),
    ]


def _in_turn(ask: Callable[[], object], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each answer, recorded and not."""
    ask()
    recorded, plain = [], []
    for _ in range(rounds):
        recorded.append(_timed(ask))
        with unrecorded():
            plain.append(_timed(ask))
    return recorded, plain


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
