"""Likeness of looks: how many bits of a hash differ from those of the pictures that are searched by.

Exact always, and quick at any size: a million comparisons take milliseconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog, Places
from core.collection.hashes import BITS, Hash, hashes
from core.errors import NotFoundError, QueryError
from core.query.recipe import Alike, ImageId, Recipe, Term, Upload, Words
from core.timing import step

USUAL_BITS = 16  # that may differ where meaning is compared after a hash
MOST_COMPARED = 20_000  # images whose meaning is compared after a hash, those with the nearest hash
HASH = {
    Alike.PHASH: Hash.PHASH,
    Alike.DHASH: Hash.DHASH,
    Alike.PHASH_FIRST: Hash.PHASH,
    Alike.DHASH_FIRST: Hash.DHASH,
}

AFTER = {Alike.PHASH: Alike.PHASH_FIRST, Alike.DHASH: Alike.DHASH_FIRST}

Hashed = Callable[[ImageId | Upload], Mapping[Hash, int]]
"""The hashes of a picture that no collection holds, or of a part of one."""


@dataclass(frozen=True)
class Looks:
    """Images by place in the order of ingest, and how many bits of each one's hash differ."""

    places: Places
    bits: npt.NDArray[np.uint8]
    cut: bool  # there were more than can be compared afterwards


def near_looks(catalog: Catalog, recipe: Recipe, hashed: Hashed, passing: Places | None) -> Looks:
    """The images whose hash is near to that of any picture searched by, nearest first, then in the order of ingest.

    Of those at the `passing` places only, or of all. As many bits may differ as the recipe says; where it says nothing,
    any number does for a hash alone, and USUAL_BITS where what images show is compared afterwards: of MOST_COMPARED.
    """
    kind = HASH[recipe.alike]
    held = hashes(catalog, kind)
    with step("hashes"):
        least = np.full(len(held.bits), 255, np.uint8)
        for bits in _wanted(catalog, recipe, kind, hashed):
            least = np.minimum(least, held.distances(bits))
        most = _most(recipe)
        near = np.flatnonzero(least <= most) if passing is None else passing[least[passing] <= most]
        order = np.argsort(least[near], kind="stable")
        if recipe.alike in (Alike.PHASH_FIRST, Alike.DHASH_FIRST):
            order = order[:MOST_COMPARED]
        places: Places = near[order].astype(np.int32)
        return Looks(places, least[places], cut=len(order) < len(near))


def has_picture(recipe: Recipe) -> bool:
    """Whether there is a hash to compare with: that of a picture which is wanted."""
    return any(isinstance(term, ImageId | Upload) and term.weight > 0 for term in recipe.terms)


def comparable(recipe: Recipe) -> Recipe:
    """The question as hashes can answer it.

    Without a wanted picture it goes by what images show; beside words, or what is unwanted, that comes after the hash.
    """
    if not has_picture(recipe):
        return replace(recipe, alike=Alike.MEANING, bits=None)
    plain = all(isinstance(term, ImageId | Upload) and term.weight > 0 for term in recipe.terms)
    return recipe if plain else replace(recipe, alike=AFTER.get(recipe.alike, recipe.alike))


def no_hashes(term: ImageId | Upload) -> Mapping[Hash, int]:
    """Where only images of the collection can be compared."""
    raise QueryError("The hash of such a picture cannot be had here.")


def alike(bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The share of a hash's bits that agree, as a score from 0 to 1."""
    return 1 - bits.astype(np.float64) / BITS


def _most(recipe: Recipe) -> int:
    if recipe.bits is not None:
        return recipe.bits
    return BITS if recipe.alike in (Alike.PHASH, Alike.DHASH) else USUAL_BITS


def _wanted(catalog: Catalog, recipe: Recipe, kind: Hash, hashed: Hashed) -> list[int]:
    """The hashes of the pictures that are searched by."""
    pictures = _pictures(recipe)
    own = [term for term in pictures if isinstance(term, ImageId) and term.box is None]
    held, places = hashes(catalog, kind), _places(catalog, [term.id for term in own])
    unknown = next((term.id for term in own if term.id not in places), None)
    if unknown is not None:
        raise NotFoundError(f"There is no image “{unknown[:80]}” in this collection.", "It may be deleted.")
    found = [int(held.bits[place]) for place in places.values() if held.known[place]]
    found += [hashed(term)[kind] for term in pictures if term not in own]
    if not found:
        raise QueryError("No picture searched by has a hash.", "", "Search by another one.")
    return found


def _pictures(recipe: Recipe) -> list[ImageId | Upload]:
    """The pictures that are wanted; a hash alone compares nothing but these."""
    found = [term for term in recipe.terms if isinstance(term, ImageId | Upload) and term.weight > 0]
    others: Sequence[Term] = [term for term in recipe.terms if term not in found]
    if others and recipe.alike in (Alike.PHASH, Alike.DHASH):
        what = "Words have" if isinstance(others[0], Words) else "A picture to be unlike has"
        hint = "Take them out, compare what images show, or compare that after the hash."
        raise QueryError("A hash compares with wanted pictures alone.", f"{what} no part in that.", hint)
    if not found:
        raise QueryError("A hash wants a picture to compare with.", "", "Add one, or compare what images show.")
    return found


def _places(catalog: Catalog, ids: Sequence[str]) -> dict[str, int]:
    sql = f"SELECT id, {catalog.place} FROM images WHERE id IN (SELECT unnest(?))"
    return dict(catalog.select(sql, (list(ids),))) if ids else {}
