"""Questions to a collection in core, beside the plainest way to answer them."""

import numpy as np

from benchmarks.measure import Figure, figure, milliseconds
from core.collection.counts import FACET_KINDS, facet_counts, histogram
from core.query.columns import Kind
from core.query.recipe import All, OneOf, Recipe, Words
from core.workspace import Workspace

RUNS = 30
WORDS = ("red dress", "running shoes for men", "wrist watch", "blue shirt", "leather handbag")


def query_figures(workspace: Workspace, name: str) -> list[Figure]:
    """A facet click, a page, a histogram and a text search, with and without a filter."""
    catalog = workspace.catalog(name)
    searcher = workspace.searcher(name)
    column = catalog.of_kind(*FACET_KINDS)[0]
    value = str(catalog.select(f'SELECT "{column.name}" FROM images WHERE "{column.name}" IS NOT NULL LIMIT 1')[0][0])
    filtered = Recipe(All((OneOf(column.name, (value,)),)))
    searches = iter(Recipe(terms=(Words(f"{word} {run}"),)) for run in range(RUNS) for word in WORDS)
    within = iter(Recipe(filtered.where, (Words(f"{word} {run}"),)) for run in range(RUNS) for word in WORDS)
    figures = [
        figure(
            "facet click",
            "ms",
            milliseconds(lambda: facet_counts(catalog, filtered), RUNS),
            "one query for each column, text as text",
            milliseconds(lambda: _plain_facets(workspace, name, column.name, value), RUNS),
        ),
        figure("page of 60", "ms", milliseconds(lambda: searcher.run(Recipe(filtered.where, limit=60)), RUNS)),
    ]
    ranges = catalog.of_kind(Kind.YEAR, Kind.NUMBER)
    if ranges:
        figures.append(
            figure("histogram", "ms", milliseconds(lambda: histogram(catalog, filtered, ranges[0].name), RUNS))
        )
    vectors = np.stack([np.asarray(v, np.float32) for v in _vectors(workspace, name)])
    encoder = workspace.encoder()

    def brute() -> object:
        scores = vectors @ encoder.encode_texts(["red dress"])[0]
        return np.argsort(scores)[:-51:-1]

    plain = milliseconds(brute, RUNS)
    figures.append(
        figure(
            "text search",
            "ms",
            milliseconds(lambda: searcher.run(next(searches)), RUNS),
            "numpy over all vectors",
            plain,
        )
    )
    figures.append(figure("text search within a filter", "ms", milliseconds(lambda: searcher.run(next(within)), RUNS)))
    return figures


def _plain_facets(workspace: Workspace, name: str, column: str, value: str) -> None:
    catalog = workspace.catalog(name)
    for facet in catalog.of_kind(*FACET_KINDS):
        sql = f'SELECT "{facet.name}"::VARCHAR AS c, count(*) FROM images WHERE "{column}"::VARCHAR = ? GROUP BY c'
        catalog.select(sql, (value,))


def _vectors(workspace: Workspace, name: str) -> list[list[float]]:
    return list(workspace.collection(name).read(["vector"])["vector"].to_pylist())
