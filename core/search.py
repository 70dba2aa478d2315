"""Runs a recipe: filters in DuckDB, similarity through the vector index, and says whether that is exact."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog, Places, Row
from core.collection.compact import Version
from core.collection.hashes import hashes
from core.collection.held import Held
from core.collection.indexes import index_kind, not_indexed
from core.collection.planner import MOST_PARTITIONS, Plan, is_held, plan
from core.collection.store import Collection, Ranking
from core.encoders.protocol import Encoder
from core.errors import NotFoundError, QueryError, VitrineError
from core.hashed import HASH, Hashed, alike, near_looks, no_hashes
from core.query.english import sentence
from core.query.recipe import Accuracy, Alike, All, ImageId, Not, OneOf, Recipe, Term, Upload, Words
from core.query.sql import lance_filter
from core.query.url import MOST_LIMIT
from core.relevance import MadeUp, Relevance, distances, judge, strange_words
from core.timing import Timings, collect, step

Vector = npt.NDArray[np.float32]
Recalled = Callable[[Accuracy, bool, int], tuple[float, int] | None]
"""The audited recall of approximate answers, and of how many images: by accuracy, whether filtered, partitions."""
EXACT = Plan(exact=True)
SAMPLED = 4_000  # images whose scores stand for those of a large collection
DEEPEST = MOST_LIMIT  # place in a ranking that a page may reach


@dataclass(frozen=True)
class Hit:
    """One image of a result."""

    row: Row
    score: float | None  # cosine similarity, -1 to 1; None without similarity terms
    parts: tuple[float, ...] = ()  # what each term adds to the score, in their order; they sum to it
    bits: int | None = None  # of its hash that differ, where hashes were compared


@dataclass(frozen=True)
class Result:
    """The answer to a recipe, or one page of it."""

    hits: tuple[Hit, ...]
    matching: int  # images that pass the filter, less those that are terms themselves
    exact: bool
    sentence: str
    timings: Timings
    recall: float | None = None  # share of the exact answer that such answers hold, as audited; None where unknown
    recall_at: int = 0  # images of an answer that was audited

    @property
    def best(self) -> float | None:
        """The highest score; None without hits or similarity terms."""
        return max((hit.score for hit in self.hits if hit.score is not None), default=None)

    @property
    def summary(self) -> str:
        """The honest count, such as “50 of 741, exact”."""
        how = "exact" if self.exact else "approximate"
        if self.recall is not None:
            how += f", recall {rounded_down(self.recall)} of {self.recall_at:,}"
        return f"{len(self.hits):,} of {self.matching:,}, {how}"


class Searcher:
    """Answers recipes about one collection at one version."""

    def __init__(
        self,
        collection: Collection,
        catalog: Catalog,
        encoder: Callable[[], Encoder],  # the one that made the collection's vectors
        pictured: Callable[[ImageId | Upload], Vector],  # of a picture, or a part of one, that has no vector here
        note: Callable[[Recipe, int, "Result"], None] = lambda recipe, offset, result: None,
        made_up: MadeUp | None = None,  # kept for all that are searched with an encoder
        hashed: Hashed = no_hashes,  # of a picture that has none here
        recall: Recalled = lambda accuracy, filtered, probes: None,
    ) -> None:
        self._collection = collection
        self._catalog = catalog
        self._encoder = encoder
        self._pictured = pictured
        self._note = note
        self._made_up = made_up or MadeUp()
        self._hashed = hashed
        self._recall = recall
        self._vectors: dict[tuple[Term, ...], tuple[list[Vector], Vector, float]] = {}

    def run(self, recipe: Recipe, offset: int = 0) -> Result:
        """Answer a recipe, or the page of it that begins at `offset`; a sample has no pages."""
        if recipe.terms and offset + recipe.limit > DEEPEST:
            raise QueryError("Similarity goes no deeper.", f"The first {DEEPEST:,} images can be paged through.")
        with collect() as timings:
            matching = self._catalog.count(_others(recipe))
            if recipe.terms and recipe.alike is not Alike.MEANING:
                hits, how = self._looking_alike(recipe, offset)
            elif recipe.terms:
                hits, how = self._similar(recipe, offset, matching)
            else:
                hits, how = self._listed(recipe, offset), EXACT
        english = sentence(recipe, self._catalog.columns)
        known = self._recall(recipe.accuracy, bool(recipe.where.conditions), how.probes) if how.use_index else None
        recall, at = (None, 0) if known is None or how.exact else known
        result = Result(tuple(hits), matching, how.exact, english, timings, recall, at)
        self._note(recipe, offset, result)
        return result

    def _listed(self, recipe: Recipe, offset: int) -> list[Hit]:
        with step("fetch", self._catalog.count_all) as fetched:
            if recipe.sample:
                rows = self._catalog.sample_rows(recipe.where, recipe.limit, recipe.seed)
            else:
                rows = self._catalog.page(recipe.where, recipe.order, recipe.limit, offset)
            fetched.rows_out = len(rows)
        return [Hit(row, None) for row in rows]

    def _similar(self, recipe: Recipe, offset: int, matching: int) -> tuple[list[Hit], Plan]:
        units, vector, length = self._mixed(recipe.terms)
        weights = [term.weight for term in recipe.terms]
        own = set(self._catalog.rowids(ids).values()) if (ids := _own(recipe)) else set()
        rows = self._catalog.count_all
        passing = matching if recipe.where.conditions else rows
        how = plan(
            index_kind(self._catalog), rows, passing, recipe.accuracy, len(vector), compact=self.is_compact
        )  # fmt: skip
        found = self.nearest(vector, offset + recipe.limit + len(own), recipe.where, matching, how)
        least = -2.0 if recipe.threshold is None else recipe.threshold
        pairs = zip(found.rowids, found.scores, strict=True)
        kept = [(rowid, score) for rowid, score in pairs if rowid not in own and score >= least]
        scores = dict(kept[offset : offset + recipe.limit])
        found_rows = self._fetched(list(scores))
        parts = self._parts(list(scores), units, [weight / length for weight in weights])
        return [Hit(row, scores[row.rowid], parts.get(row.rowid, ())) for row in found_rows], how

    def _looking_alike(self, recipe: Recipe, offset: int) -> tuple[list[Hit], Plan]:
        """By hashes alone, or by meaning among those whose hash is near; exact unless these are too many."""
        where = _others(recipe)
        passing = self._catalog.places(where) if where.conditions else None
        near = near_looks(self._catalog, recipe, self._hashed, passing)
        rowids = hashes(self._catalog, HASH[recipe.alike]).rowids[near.places].tolist()
        bits = dict(zip(rowids, near.bits.tolist(), strict=True))
        if recipe.alike in (Alike.PHASH, Alike.DHASH):
            pairs = list(zip(rowids, alike(near.bits).tolist(), strict=True))
        else:
            pairs = self._by_meaning(recipe, near.places, rowids)
        least = -2.0 if recipe.threshold is None else recipe.threshold
        scores = dict([(rowid, score) for rowid, score in pairs if score >= least][offset : offset + recipe.limit])
        found = self._fetched(list(scores))
        return [Hit(row, scores[row.rowid], (), bits[row.rowid]) for row in found], Plan(exact=not near.cut)

    def _fetched(self, rowids: list[int]) -> list[Row]:
        with step("fetch", len(rowids)) as fetched:
            found = self._catalog.rows_at(rowids)
            fetched.rows_out = len(found)
        return found

    def _by_meaning(self, recipe: Recipe, places: Places, rowids: list[int]) -> list[tuple[int, float]]:
        """Images by how like the terms their vectors are, most alike first; those without one are left out."""
        vector = self.vector(recipe.terms)
        if self._is_held:
            found = self._held().nearest(vector, len(places), np.sort(places))
            return list(zip(found.rowids, found.scores, strict=True))
        with step("vectors", len(rowids), len(rowids)):
            held = self._collection.vectors_at(rowids, self._catalog.dataset)
            return sorted(((rowid, float(own @ vector)) for rowid, own in held.items()), key=lambda pair: -pair[1])

    def nearest(self, vector: Vector, count: int, where: All, matching: int, how: Plan) -> Ranking:
        """The `count` images most like a unit vector among the `matching` ones, asked in a certain way."""
        found = self._nearest(vector, count, where, how, matching)
        if how.use_index and len(found.rowids) < min(count, matching):  # the others lie in partitions not probed
            found = self._nearest(vector, count, where, replace(how, probes=MOST_PARTITIONS), matching)
        return found

    def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        """The collection's unit vectors of images by id; ids that are unknown or have none are left out."""
        return self._collection.vectors(ids, self._catalog.dataset)

    @property
    def is_compact(self) -> bool:
        """Whether this version's vectors are in memory, two bytes a component."""
        return self._collection.compact.at(self._catalog.dataset) is not None

    def _passing(self, where: All) -> npt.NDArray[np.int64]:
        rowids = self._catalog.rowids_by_place
        return rowids[self._catalog.places(where)] if where.conditions else rowids

    def _compared(self, held: Version, vector: Vector, count: int, rowids: npt.NDArray[np.int64]) -> Ranking:
        """The nearest of some images by what is in memory, each scored by its vector in the table."""
        near = held.candidates(vector, rowids, count)
        with step("vectors", len(near)) as compared:
            known = self._collection.vectors_at(near, self._catalog.dataset)
            scores = {rowid: float(own @ vector) for rowid, own in known.items()}
            best = sorted(scores, key=lambda rowid: -scores[rowid])[:count]
            compared.rows_out = len(best)
        return Ranking(best, [scores[rowid] for rowid in best])

    def _nearest(self, vector: Vector, count: int, where: All, how: Plan, among: int) -> Ranking:
        if how.in_memory:
            return self._held().nearest(vector, count, self._catalog.places(where) if where.conditions else None)
        held = self._collection.compact.at(self._catalog.dataset) if how.compact else None
        if held is not None and not how.use_index:
            return self._compared(held, vector, count, self._passing(where))
        condition = lance_filter(where, self._catalog.columns) if where.conditions else None
        dataset = self._catalog.dataset
        if held is None:  # or no more: memory may hold a later version's meanwhile
            return self._collection.nearest(vector, count, condition, dataset, how, among)
        # Quicker than to have the index compare its candidates by their vectors in the table. Where no filter is, what
        # the index lacks is compared here too, which Lance would read anew.
        many, bare, whole = count * how.refine, replace(how, refine=0), condition is None
        found = self._collection.nearest(vector, many, condition, dataset, bare, among, indexed=whole)
        near = np.asarray(found.rowids, np.int64)
        near = np.concatenate([near, not_indexed(self._catalog)]) if whole else near
        return Ranking(*held.nearest(vector, near, count))

    def relevance(self, recipe: Recipe, best: float) -> Relevance | None:
        """Where relevance ends in a recipe's result whose best score that is; None without terms or images."""
        if not recipe.terms or not self._catalog.count_all or recipe.alike is not Alike.MEANING:
            return None
        with step("relevance", self._catalog.count_all):
            vectors, vector = self._spread(), self.vector(recipe.terms)
            unrelated: list[float] = []
            strange, only = list[str](), False
            if any(isinstance(term, Words | Upload) or term.box is not None for term in recipe.terms):
                encoder = self._encoder()  # which images of the collection alone do without
                strange, only = strange_words(encoder, recipe.terms)
                unrelated = self._unrelated(recipe.terms, encoder, vectors)
            scores = self._spread_scores(_others(recipe), vector)
            return judge(
                scores, vectors @ vector, best, unrelated, strange, only_strange=only, sampled=not self._is_held
            )

    def _unrelated(self, terms: tuple[Term, ...], encoder: Encoder, vectors: Vector) -> list[float]:
        weights = [term.weight for term in terms]

        def mix(units: Sequence[Vector]) -> Vector:
            return mixed(units, weights)[0]

        kinds = [(isinstance(term, Words), term.weight) for term in terms]
        made = self._made_up.of(encoder)
        found: list[float] = self._catalog.recent(f"distances of {kinds}", lambda: distances(terms, mix, made, vectors))
        return found

    @property
    def _is_held(self) -> bool:
        return is_held(self._catalog.count_all, self._catalog.encoder.dimension)

    def _held(self) -> Held:
        held: Held = self._catalog.remembered("vectors", lambda: Held(self._catalog))
        return held

    def _spread(self) -> Vector:
        """The collection's vectors, or those of a random sample of it; shape (images, dimension)."""
        if self._is_held:
            return self._held().vectors
        sample: Vector = self._catalog.remembered("vector sample", lambda: self._sampled(All()))
        return sample

    def _spread_scores(self, where: All, vector: Vector) -> Vector:
        """Scores of the images that pass a filter, or of a random sample of them."""
        if self._is_held:
            scores = self._held().scores(vector, self._catalog.places(where) if where.conditions else None)
            return scores[~np.isnan(scores)]
        if not where.conditions:
            return self._spread() @ vector
        sample: Vector = self._catalog.recent(f"vector sample of {where!r}", lambda: self._sampled(where))
        return sample @ vector

    def _sampled(self, where: All) -> Vector:
        rowids = sorted(self._catalog.rowids(self._catalog.sample(where, SAMPLED, 0)).values())
        held = self._collection.vectors_at(rowids, self._catalog.dataset)
        empty = np.zeros((0, self._catalog.encoder.dimension), np.float32)
        return np.stack(list(held.values())) if held else empty

    def _parts(
        self, rowids: Sequence[int], units: Sequence[Vector], shares: Sequence[float]
    ) -> dict[int, tuple[float, ...]]:
        """What each of several terms adds to the scores of the images at these row ids."""
        if len(units) < 2 or not rowids:
            return {}
        with step("parts", len(rowids), len(rowids)):
            held = self._collection.vectors_at(rowids, self._catalog.dataset)
            each = np.stack(units) * np.asarray(shares, np.float32)[:, None]
            return {rowid: tuple(map(float, each @ vector)) for rowid, vector in held.items()}

    def vector(self, terms: Sequence[Term]) -> Vector:
        """The weighted sum of the terms' unit vectors, as a unit vector of shape (dimension,)."""
        return self._mixed(tuple(terms))[1]

    def _mixed(self, terms: tuple[Term, ...]) -> tuple[list[Vector], Vector, float]:
        """Each term's unit vector, their weighted sum as one, and the length the sum had; computed once."""
        if terms not in self._vectors:
            units = [self._term(term) for term in terms]
            self._vectors = {terms: (units, *mixed(units, [term.weight for term in terms]))}
        return self._vectors[terms]

    def _term(self, term: Term) -> Vector:
        if isinstance(term, Words):
            return self._encode_words(term)
        if isinstance(term, Upload) or term.box is not None:
            return self._pictured(term)
        found = self.vectors([term.id])
        if term.id not in found:
            raise self._without_vector(term.id)
        return found[term.id]

    def _without_vector(self, id: str) -> VitrineError:
        if not self._catalog.rows([id]):
            return NotFoundError(f"There is no image “{id[:80]}” in this collection.", "It may be deleted.")
        name = self._collection.name
        return QueryError(
            f"The image “{id[:80]}” has no vector yet.",
            "It came back from the trash after the collection passed to another encoder.",
            f"Complete the vectors: vitrine embed --collection {name}",
        )

    def _encode_words(self, term: Words) -> Vector:
        with step("encode", 1, 1):
            return np.asarray(self._encoder().encode_texts([term.text])[0], np.float32)


def rounded_down(recall: float) -> str:
    """A recall in three digits that never says more than was measured."""
    return f"{math.floor(recall * 1000 + 1e-6) / 1000:.3f}"


def mixed(units: Sequence[Vector], weights: Sequence[float]) -> tuple[Vector, float]:
    """The weighted sum of unit vectors as a unit vector, shape (dimension,), and the length it had."""
    total = np.sum([weight * unit for weight, unit in zip(weights, units, strict=True)], axis=0)
    length = float(np.linalg.norm(total))
    if length < 1e-6:
        raise QueryError("The search terms cancel each other out.", "", "Change a weight or remove a term.")
    return np.asarray(total / length, np.float32), length


def _own(recipe: Recipe) -> tuple[str, ...]:
    """The images that are searched by; an answer does not repeat them."""
    return tuple(dict.fromkeys(term.id for term in recipe.terms if isinstance(term, ImageId)))


def _others(recipe: Recipe) -> All:
    """The recipe's filter, less the images that are searched by."""
    own = _own(recipe)
    return recipe.including(Not(OneOf("id", own))).where if own else recipe.where
