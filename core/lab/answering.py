"""Asks a collection every question, times whole answers, and holds what searches found against the exact answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.audit.truth import Truth, least_scores
from core.collection.catalog import Catalog
from core.collection.counts import facet_counts
from core.collection.crosstab import cross_tab
from core.collection.store import Collection
from core.errors import EncoderError
from core.lab.questions import (
    CROSSTAB,
    DEPTHS,
    DRAWN,
    FACETS,
    FILTERED,
    PAGE,
    PAGES,
    QUICK,
    SAMPLES,
    SEARCH,
    TOP,
    Questions,
)
from core.lab.rounds import Spread, clocked, milliseconds, spread
from core.query.recipe import Accuracy, All, ImageId, Recipe, Upload
from core.search import Searcher

NEAR = 2e-5  # scores this close are the same: those of approximate answers are rounded, and sums differ by their order
RUNS = 15

Scores = list[list[float]]
"""The cosine similarities of the images that each search found."""
Ask = Callable[[int], list[float]]
"""From a question's number to the similarities of what was found."""
Vector = npt.NDArray[np.float32]


@dataclass
class Answered:
    """What the questions took, and what the searches among them found."""

    spreads: dict[str, Spread] = field(default_factory=dict)
    found: dict[str, Scores] = field(default_factory=dict)
    details: dict[str, float] = field(default_factory=dict)  # medians beside the figures, such as those of each depth


def answer_all(collection: Collection, catalog: Catalog, asked: Questions, runs: int = RUNS) -> Answered:
    """Ask everything, each question once to warm up; what a collection has no columns or vectors for is left out."""
    answered = Answered()
    searcher = Searcher(collection, catalog, _no_encoder, _given(asked.vectors))
    filtered = Recipe(asked.wide)
    spreads = answered.spreads
    spreads[FACETS] = spread(milliseconds(lambda: facet_counts(catalog, filtered), runs))
    spreads[PAGES] = _pages(searcher, catalog, asked, runs, answered.details)
    seeds = iter(range(10 * runs))
    drawn = milliseconds(
        lambda: searcher.run(Recipe(asked.wide, limit=DRAWN, sample=True, seed=next(seeds))), runs
    )  # fmt: skip
    spreads[SAMPLES] = spread(drawn)
    if asked.pair is not None:
        first, second = asked.pair
        spreads[CROSSTAB] = spread(milliseconds(lambda: cross_tab(catalog, filtered, first, second), runs))
    if len(asked.vectors):
        recipes = {
            SEARCH: Recipe(limit=TOP),
            FILTERED: Recipe(asked.narrow, limit=TOP),
            QUICK: Recipe(accuracy=Accuracy.QUICK, limit=TOP),
        }
        for kind, recipe in recipes.items():
            times, found = searched(_ask(searcher, recipe), len(asked.vectors))
            spreads[f"{kind}_ms"], answered.found[kind] = spread(times), found
    return answered


def searched(ask: Ask, count: int) -> tuple[list[float], Scores]:
    """Ask each question once to warm up and once to measure."""
    for query in range(min(count, 8)):
        ask(query)
    found: Scores = []
    times = [clocked(lambda at=query: found.append(ask(at))) for query in range(count)]  # type: ignore[misc]
    return times, found


def truths(catalog: Catalog, asked: Questions) -> dict[str, Truth]:
    """The exact nearest of every question, without a filter and under the narrow one; reads every vector once."""
    narrow = asked.narrow if asked.narrow.conditions else All()
    sql = catalog.where(narrow)
    passing = catalog.arrays(f"SELECT _rowid FROM images WHERE {sql.text}", sql.parameters)["_rowid"].astype(np.int64)
    whole, few = least_scores(catalog.dataset, asked.vectors, TOP, [None, passing])
    return {SEARCH: whole, FILTERED: few, QUICK: whole}


def recall(found: Scores, least: Vector, count: int) -> float:
    """The mean share of the exact nearest that was found: what reaches the score of the farthest of them."""
    if not found or not count:
        return 1.0
    shares: list[float] = [
        min(1.0, sum(score >= bound - NEAR for score in scores) / count)
        for scores, bound in zip(found, least.tolist(), strict=False)
    ]
    return round(float(np.mean(shares)), 6)


def recalls(found: Mapping[str, Scores], true: Mapping[str, Truth]) -> dict[str, float]:
    """The recall of each kind of search."""
    return {f"{kind}_recall": recall(scores, true[kind].least, true[kind].count) for kind, scores in found.items()}


def _pages(
    searcher: Searcher, catalog: Catalog, asked: Questions, runs: int, details: dict[str, float]
) -> Spread:  # fmt: skip
    """The slowest of several depths; each of them, and the first page before its order was made, among the details."""
    recipe = Recipe(order=asked.order, limit=PAGE)
    deepest = max(0, catalog.count_all - PAGE)
    details["first_sorted_page_ms"] = round(clocked(lambda: searcher.run(recipe, int(DEPTHS[-1] * deepest))), 4)
    by_depth = {}
    for depth in DEPTHS:
        offset = int(depth * deepest)
        by_depth[offset] = spread(milliseconds(lambda at=offset: searcher.run(recipe, at), runs))  # type: ignore[misc]
    details |= {f"page_at_{offset}_ms": one.median for offset, one in by_depth.items()}
    return max(by_depth.values(), key=lambda one: one.median)


def _ask(searcher: Searcher, recipe: Recipe) -> Ask:
    def ask(query: int) -> list[float]:
        asked = Recipe(recipe.where, (Upload(str(query)),), accuracy=recipe.accuracy, limit=recipe.limit)
        return [float(hit.score or 0.0) for hit in searcher.run(asked).hits]

    return ask


def _given(vectors: Vector) -> Callable[[ImageId | Upload], Vector]:
    """Stands for a picture's vector: the number of a question is the picture's name."""

    def vector(term: ImageId | Upload) -> Vector:
        assert isinstance(term, Upload)
        return np.asarray(vectors[int(term.digest)], np.float32)

    return vector


def _no_encoder() -> Any:
    raise EncoderError("Nothing is encoded while answers are measured.")
