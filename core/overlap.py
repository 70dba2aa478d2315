"""Two ranked results side by side: two questions to a collection, or one to two that hold the same images.

That tells what another wording, weight or filter changes, and what another encoder does.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.collection.catalog import Catalog, Row
from core.errors import NotFoundError, QueryError
from core.query.recipe import ImageId, Recipe, Term
from core.query.url import MOST_LIMIT
from core.ranking import DEPTHS, AtDepth, at_depths, rank_biased_overlap
from core.search import Hit, Result
from core.workspace import Workspace

USUAL_DEPTH = max(DEPTHS)
BY_ID, BY_CONTENT = "id", "content"


@dataclass(frozen=True)
class Asked:
    """One side: a question, and the collection it is put to."""

    collection: str
    recipe: Recipe


@dataclass(frozen=True)
class Placed:
    """One image of a list."""

    row: Row
    score: float | None
    rank: int  # from 1
    other: int | None  # its rank in the other list; None where it is not in it


@dataclass(frozen=True)
class RankedList:
    """One of the two lists."""

    collection: str
    encoder: str  # that made the collection's vectors
    english: str
    matching: int  # images that pass the filter
    exact: bool
    images: tuple[Placed, ...]
    unknown: int  # of these, not in the other's collection at all

    @property
    def only(self) -> tuple[Placed, ...]:
        """The images that the other list does not have."""
        return tuple(image for image in self.images if image.other is None)


@dataclass(frozen=True)
class Overlap:
    """Two lists, and how much they agree."""

    a: RankedList
    b: RankedList
    both: int
    depths: tuple[AtDepth, ...]
    rbo: float | None  # rank-biased overlap, 0 to 1; None where both lists are empty
    matched_by: str  # “id”, or “content” where ids name different pictures, or no image has one id in both collections
    ids_differ: bool  # the two collections are known to give their ids to different pictures
    milliseconds: float

    def at(self, depth: int) -> AtDepth | None:
        """What they share among the first so many; None where neither list goes as deep."""
        return next((item for item in self.depths if item.depth == depth), None)


def overlap(space: Workspace, first: Asked, second: Asked, depth: int = USUAL_DEPTH) -> Overlap:
    """Run both questions and hold their first `depth` images against each other."""
    if not 1 <= depth <= MOST_LIMIT:
        raise QueryError(f"Lists of {depth} images cannot be compared.", "", f"Ask for 1 to {MOST_LIMIT:,}.")
    started = time.perf_counter()
    catalogs = [space.catalog(side.collection) for side in (first, second)]
    found = [_run(space, side, catalog, depth) for side, catalog in zip((first, second), catalogs, strict=True)]
    same = first.collection == second.collection
    matches = _same_images(found) if same else _Matches.between(catalogs, found)
    keys_a = [hit.row.id for hit in found[0].hits]
    keys_b = [matches.pairs.get(hit.row.id, f"\0{hit.row.id}") for hit in found[1].hits]
    ranks_a, ranks_b = ({key: rank for rank, key in enumerate(keys, 1)} for keys in (keys_a, keys_b))
    return Overlap(
        a=_listed(first, catalogs[0], found[0], [ranks_b.get(key) for key in keys_a], matches.unknown_a),
        b=_listed(second, catalogs[1], found[1], [ranks_a.get(key) for key in keys_b], matches.unknown_b),
        both=len(set(keys_a) & set(keys_b)),
        depths=at_depths(keys_a, keys_b, DEPTHS),
        rbo=rank_biased_overlap(keys_a, keys_b),
        matched_by=matches.by,
        ids_differ=matches.ids_differ,
        milliseconds=(time.perf_counter() - started) * 1000,
    )


def carried(space: Workspace, recipe: Recipe, source: str, target: str) -> Recipe:
    """A question to one collection as the same question to another: images that are searched by are found there.

    Words mean the same everywhere and given pictures lie in the workspace; an image that is not there is an error.
    """
    if source == target:
        return recipe
    here, there = space.catalog(source), space.catalog(target)
    return replace(recipe, terms=tuple(_carried(term, here, there, target) for term in recipe.terms))


def told_overlap(found: Overlap) -> dict[str, Any]:
    """The lists as JSON has them."""
    return {
        "a": _told(found.a),
        "b": _told(found.b),
        "both": found.both,
        "only_a": len(found.a.only),
        "only_b": len(found.b.only),
        "depths": [
            {"depth": item.depth, "common": item.common, "share": item.share, "jaccard": item.jaccard}
            for item in found.depths
        ],
        "rbo": found.rbo,
        "matched_by": found.matched_by,
        "milliseconds": round(found.milliseconds, 3),
    }


def _told(side: RankedList) -> dict[str, Any]:
    return {
        "collection": side.collection,
        "encoder": side.encoder,
        "english": side.english,
        "matching": side.matching,
        "exact": side.exact,
        "unknown": side.unknown,
        "images": [
            {"id": image.row.id, "rank": image.rank, "other": image.other}
            | ({} if image.score is None else {"score": round(image.score, 6)})
            for image in side.images
        ],
    }


def _run(space: Workspace, asked: Asked, catalog: Catalog, depth: int) -> Result:
    """A question's first images; an error says which collection cannot answer it."""
    try:
        return space.searcher(asked.collection, catalog).run(replace(asked.recipe, limit=depth))
    except (QueryError, NotFoundError) as error:
        raise type(error)(
            f"“{asked.collection}” cannot answer this. {error.title}", error.detail, error.hint
        ) from error


def _listed(
    asked: Asked, catalog: Catalog, result: Result, others: Sequence[int | None], unknown: frozenset[str]
) -> RankedList:
    images = [
        Placed(hit.row, hit.score, rank, other)
        for rank, (hit, other) in enumerate(zip(result.hits, others, strict=True), 1)
    ]
    return RankedList(
        collection=asked.collection,
        encoder=catalog.encoder.name,
        english=result.sentence,
        matching=result.matching,
        exact=result.exact,
        images=tuple(images),
        unknown=len(unknown),
    )


@dataclass(frozen=True)
class _Matches:
    """Which image of the first list is which of the second, by the second's id."""

    pairs: Mapping[str, str]
    by: str
    unknown_a: frozenset[str] = frozenset()  # ids that the other collection knows nothing of
    unknown_b: frozenset[str] = frozenset()
    ids_differ: bool = False

    @classmethod
    def between(cls, catalogs: Sequence[Catalog], found: Sequence[Result]) -> "_Matches":
        """The images of two collections: by id where ids name the same pictures in both, and by their bytes.

        Two collections may both number their images from 1. So ids count only where most of those that occur in both
        have the same content; where none can be compared, nothing speaks against them.
        """
        (here, there), (first, second) = catalogs, (found[0].hits, found[1].hits)
        seen = _is_same_ids(first, there), _is_same_ids(second, here)
        by_id = True in seen or False not in seen
        pairs: dict[str, str] = {}
        left = {hit.row.id: hit.row for hit in first}
        for hit in second:
            known = left.get(hit.row.id)
            if known is not None and (by_id or _is_same(known, hit.row)):
                pairs[hit.row.id] = left.pop(hit.row.id).id
        named = True in seen or bool(by_id and pairs)  # by ids that are known to count, or by which any was found
        by_hash: dict[str, list[str]] = {}
        for row in left.values():
            if row.content_hash:
                by_hash.setdefault(row.content_hash, []).append(row.id)
        for hit in second:
            if hit.row.id not in pairs and by_hash.get(hit.row.content_hash):
                pairs[hit.row.id] = by_hash[hit.row.content_hash].pop(0)
        unknown = (_unknown(first, there, by_id), _unknown(second, here, by_id))
        by = BY_CONTENT if not by_id or (pairs and not named) else BY_ID
        return cls(pairs, by, *unknown, ids_differ=not by_id)


def _same_images(found: Sequence[Result]) -> _Matches:
    return _Matches({hit.row.id: hit.row.id for hit in found[1].hits}, BY_ID)


def _is_same_ids(hits: Sequence[Hit], other: Catalog) -> bool | None:
    """Whether most of these ids that another collection has too name the same pictures there; None where none tells."""
    rows = {row.id: row for row in other.rows([hit.row.id for hit in hits])}
    pairs = [(hit.row, rows[hit.row.id]) for hit in hits if hit.row.id in rows]
    compared = [_is_same(one, two) for one, two in pairs if one.content_hash and two.content_hash]
    return 2 * compared.count(False) <= len(pairs) if compared else None


def _is_same(one: Row, two: Row) -> bool:
    return bool(one.content_hash) and one.content_hash == two.content_hash


def _unknown(hits: Sequence[Hit], other: Catalog, by_id: bool) -> frozenset[str]:
    """The images that another collection has neither by id nor by content."""
    ids = set(other.rowids([hit.row.id for hit in hits])) if by_id else set[str]()
    hashes = [hit.row.content_hash for hit in hits if hit.row.content_hash]
    text = "SELECT DISTINCT content_hash FROM images WHERE content_hash IN (SELECT unnest(?::VARCHAR[]))"
    held = {row[0] for row in other.select(text, (hashes,))}
    return frozenset(hit.row.id for hit in hits if hit.row.id not in ids and hit.row.content_hash not in held)


def _carried(term: Term, here: Catalog, there: Catalog, target: str) -> Term:
    if not isinstance(term, ImageId):
        return term
    rows = here.rows([term.id])
    if not rows:
        raise NotFoundError(f"There is no image “{term.id[:80]}” to search by.", "It may have been deleted.")
    text = "SELECT id FROM images WHERE content_hash = ? ORDER BY id <> ?, id LIMIT 1"
    found = there.select(text, (rows[0].content_hash, term.id)) if rows[0].content_hash else []
    if not found and not _is_other(rows[0], there.rows([term.id])):
        found = [(term.id,)]
    if not found:
        raise NotFoundError(
            f"“{target}” does not hold the image “{term.id[:80]}” that is searched by.",
            "Images are looked for by id and by content.",
            "Search by words or by a picture of your own: every collection understands these.",
        )
    return replace(term, id=found[0][0])


def _is_other(row: Row, found: Sequence[Row]) -> bool:
    """Whether the image that goes by the same id elsewhere is missing, or known to be another."""
    return not found or bool(row.content_hash and found[0].content_hash and not _is_same(row, found[0]))
