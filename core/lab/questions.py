"""What is asked of a collection to measure it: the questions behind Explore and Search, the same at every size."""

from dataclasses import dataclass

import numpy as np

from core.collection.catalog import Catalog
from core.collection.counts import RANGE_KINDS, nearest_share
from core.collection.store import Collection
from core.lab.madeup import EVEN
from core.lab.vectors import MadeUp, Vectors, clusters_for
from core.query.columns import Kind
from core.query.recipe import All, OneOf, Order

TOP = 50  # images a search asks for
PAGE = 100
DRAWN = 10  # images at random
QUERIES = 200  # recall is their mean; of 40 it still differs by one in a thousand
DEPTHS = (0.0, 0.1, 0.5, 0.9)  # of the result, where a page begins
WANTED_SHARE = 0.02  # of the images pass the narrow filter
HALF = 0.5  # and about so many the wide one
MADE_UP_SEED = 987_654  # vectors of the same kind that are not in the collection

FACETS, PAGES, SAMPLES, CROSSTAB = "facets_ms", "page_ms", "sample_ms", "crosstab_ms"
SEARCH, FILTERED, QUICK = "search", "search_filtered", "quick"
SEARCHES = (SEARCH, FILTERED, QUICK)
FIGURES = (
    *(FACETS, PAGES, SAMPLES, CROSSTAB),
    *(f"{kind}_{what}" for kind in SEARCHES for what in ("ms", "recall")),
    *("index_build_s", "open_s", "rss_mb"),
)
WORDS = {
    FACETS: "counts of every category column of a filtered result, one of which is filtered by",
    PAGES: f"a sorted page of {PAGE} with what is known of each image; the slowest of four depths of the result",
    SAMPLES: f"{DRAWN} images at random of a filtered result",
    CROSSTAB: "counts of two category columns against each other in a filtered result",
    "search_ms": f"the {TOP} most similar images with what is known of each, as exact as is quick; a vector is given",
    "search_recall": f"share of the exact {TOP} nearest that were found, mean",
    "search_filtered_ms": "the same among the 2 % that pass a filter",
    "search_filtered_recall": "its recall",
    "quick_ms": "the same of every image, as quick answers",
    "quick_recall": "its recall",
    "index_build_s": "seconds to index vectors and columns",
    "open_s": "seconds until a process that has just started shows a first page, its files not in memory",
    "rss_mb": "the most memory of the process that answered all of this, without an encoder",
}


@dataclass(frozen=True)
class Questions:
    """What is asked."""

    wide: All  # the filter of facets, cross-tab and sample
    narrow: All  # the filter of a search; about 2 % of the images pass it
    order: Order | None
    pair: tuple[str, str] | None  # columns of the cross-tab
    vectors: Vectors  # unit, shape (questions, dimension)


def made_up_questions(rows: int) -> Questions:
    """What a collection of `core.lab.madeup` is asked."""
    return Questions(
        wide=All((OneOf("class_1", ("class 1 value 0", "class 1 value 2")),)),
        narrow=All((OneOf(f"class_{EVEN}", (f"class {EVEN} value 1",)),)),
        order=Order("price", descending=True),
        pair=("class_3", "class_6"),
        vectors=MadeUp(0, clusters_for(rows)).vectors(QUERIES, MADE_UP_SEED),
    )


def own_questions(collection: Collection, catalog: Catalog, seed: int = 0) -> Questions:
    """What any collection can be asked: its own columns, values and vectors."""
    ranges = catalog.of_kind(*RANGE_KINDS)
    pair = sorted(catalog.of_kind(Kind.CATEGORY), key=lambda column: -column.distinct)[:2]
    return Questions(
        wide=nearest_share(catalog, HALF) or All(),
        narrow=nearest_share(catalog, WANTED_SHARE) or All(),
        order=Order(ranges[-1].name, descending=True) if ranges else None,
        pair=(pair[0].name, pair[1].name) if len(pair) == 2 else None,
        vectors=_drawn_vectors(collection, catalog, seed),
    )


def _drawn_vectors(collection: Collection, catalog: Catalog, seed: int) -> Vectors:
    """Vectors of images at random, each a little off, so that no question is an image of the collection itself."""
    held = list(collection.vectors(catalog.sample(All(), QUERIES, seed), catalog.dataset).values())
    if not held:
        return np.zeros((0, catalog.encoder.dimension), np.float32)
    found = np.stack(held)
    noise = np.random.default_rng(seed).standard_normal(found.shape).astype(np.float32)
    found = found + 0.1 * noise / np.float32(np.sqrt(found.shape[1]))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)
