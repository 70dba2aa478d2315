"""The images that a request is about: a recipe's result, or every image that matches it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core.collection.catalog import Catalog, Row
from core.query.english import sentence
from core.query.url import from_parameters
from core.search import Searcher


@dataclass(frozen=True)
class Selection:
    """Images in the order of a result."""

    ids: tuple[str, ...]
    matching: int  # images that pass the filter
    exact: bool
    sentence: str
    limited: bool  # every match was asked for, which likeness has no end of: the recipe's limit stayed


def select(catalog: Catalog, searcher: Searcher, parameters: Mapping[str, str], *, whole: bool) -> Selection:
    """Find the images of a recipe's result; with `whole` every one that matches, save where likeness is asked for."""
    recipe = from_parameters(parameters)
    if not whole or recipe.terms:
        result = searcher.run(recipe)
        ids = tuple(hit.row.id for hit in result.hits)
        return Selection(ids, result.matching, result.exact, result.sentence, limited=whole)
    recipe = replace(recipe, sample=False)
    matching = catalog.count(recipe.where)
    ids = tuple(catalog.ids(recipe.where, recipe.order, max(1, matching)))
    return Selection(ids, matching, True, sentence(recipe, catalog.columns), limited=False)


def paged(ids: tuple[str, ...], catalog: Catalog, rows: int, start: int = 0) -> Iterator[Row]:
    """What is known about these images from the one at `start` on, in their order, `rows` of them read at a time."""
    for first in range(start, len(ids), rows):
        yield from catalog.rows(ids[first : first + rows])
