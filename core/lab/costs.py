"""What a collection's answers cost here and now: the same questions a person asks, some rounds each."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.collection.counts import RANGE_KINDS, facet_counts, histogram
from core.query.columns import Kind
from core.query.recipe import All, OneOf, Order, Recipe, Words
from core.query.sql import quote
from core.workspace import Workspace

WORDS = "a red shoe"


@dataclass(frozen=True)
class Cost:
    """One question and its wall time, in milliseconds."""

    question: str
    rounds: int
    median: float
    p95: float
    least: float


def measure(space: Workspace, name: str, rounds: int) -> list[Cost]:
    """Ask each question once to warm up and then `rounds` times."""
    return [_timed(question, ask, rounds) for question, ask in _questions(space, name)]


def _questions(space: Workspace, name: str) -> list[tuple[str, Callable[[], object]]]:
    catalog, searcher = space.catalog(name), space.searcher(name)
    named = catalog.of_kind(Kind.CATEGORY)
    ranges = catalog.of_kind(*RANGE_KINDS)
    where = All()
    if named:
        ((most,),) = catalog.select(f"SELECT mode({quote(named[0].name)}) FROM images")
        where = All((OneOf(named[0].name, (None if most is None else str(most),)),))
    asked: list[tuple[str, Callable[[], object]]] = [
        ("first page", lambda: searcher.run(Recipe())),
        ("filtered page", lambda: searcher.run(Recipe(where))),
        ("ten at random", lambda: searcher.run(Recipe(where, limit=10, sample=True))),
        ("search by words", lambda: searcher.run(Recipe(terms=(Words(WORDS),)))),
        ("filtered search by words", lambda: searcher.run(Recipe(where, (Words(WORDS),)))),
        ("every facet", lambda: facet_counts(catalog, Recipe(where))),
    ]
    if ranges:
        column = ranges[0].name
        asked.append(("histogram", lambda: histogram(catalog, Recipe(where), column)))
        asked.append(("sorted page", lambda: searcher.run(Recipe(where, order=Order(column, True)))))
    return asked


def _timed(question: str, ask: Callable[[], object], rounds: int) -> Cost:
    ask()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    worst = sorted(taken)[min(rounds - 1, int(0.95 * rounds))]
    return Cost(question, rounds, statistics.median(taken), worst, min(taken))
