"""The images that a request is about: a recipe's result, or every image that matches it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.collection.catalog import Catalog
from core.export import selection as exports
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


def choose(catalog: Catalog, ids: Sequence[str], parameters: Mapping[str, str]) -> Selection:
    """The images that a person chose one by one, in their order; an unknown one is a NotFoundError."""
    found = exports.choose(catalog, ids, from_parameters(parameters))
    return Selection(tuple(ids), found.matching, found.exact, found.sentence, limited=False)
