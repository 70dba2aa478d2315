"""An answer's images: those of its `id` column that the collection has, as a recipe that a link can hold."""

from collections.abc import Sequence

from core.collection.catalog import Catalog
from core.query.recipe import All, OneOf, Recipe
from core.query.url import MOST_CHARACTERS, to_parameters

ROOM = MOST_CHARACTERS // 2  # a browser's address holds less than a recipe may have


def known_ids(catalog: Catalog, ids: Sequence[str]) -> list[str]:
    """Those of the ids that are images of the collection, in their order."""
    found = catalog.select("SELECT id FROM images WHERE id IN (SELECT unnest(?::VARCHAR[]))", (list(ids),))
    held = {row[0] for row in found}
    return [id for id in ids if id in held]


def recipe_of_ids(ids: Sequence[str]) -> tuple[Recipe, int]:
    """A recipe for the first of these images, as many as a link holds, and how many those are."""
    length, count = 0, 0
    for id in ids:
        length += len(to_parameters(_one_of([id]))["where"])
        if length > ROOM:
            break
        count += 1
    return _one_of(ids[:count]), count


def _one_of(ids: Sequence[str]) -> Recipe:
    return Recipe(where=All((OneOf("id", tuple(ids)),)))
