"""The images that are measured: drawn at random, each with what is needed to tell whether it is found again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog, Row
from core.effect.ranks import RowIds
from core.query.recipe import Recipe
from core.search import Searcher

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Asked:
    """One image of the sample."""

    row: Row
    original: Vector  # its unit vector in the collection
    own: RowIds  # of the images that count as found: itself and those with the same bytes


def drawn(catalog: Catalog, searcher: Searcher, recipe: Recipe, count: int, seed: int) -> tuple[list[str], int]:
    """Ids drawn at random from a recipe's result, and how many images pass its filter.

    Everything is alike to some degree, so of one with similarity terms its limit is what there is to draw from.
    """
    if not recipe.terms:
        return catalog.sample(recipe.where, count, seed), catalog.count(recipe.where)
    result = searcher.run(recipe)
    order = np.random.default_rng(seed).permutation(len(result.hits))[:count]
    return [result.hits[place].row.id for place in order], result.matching


def asked_of(catalog: Catalog, searcher: Searcher, ids: Sequence[str]) -> list[Asked]:
    """The drawn images that have a vector."""
    vectors = searcher.vectors(ids)
    found = catalog.select(
        "SELECT one.id, other._rowid FROM images one JOIN images other "
        "ON other.id = one.id OR other.content_hash = one.content_hash WHERE one.id IN (SELECT unnest(?))",
        (list(ids),),
    )
    own: dict[str, list[int]] = {}
    for id, rowid in found:
        own.setdefault(id, []).append(rowid)
    return [
        Asked(row, np.asarray(vectors[row.id], np.float32), np.array(own[row.id], np.int64))
        for row in catalog.rows(ids)
        if row.id in vectors
    ]
