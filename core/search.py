"""Runs a recipe: filters in DuckDB, similarity through the vector index, and says whether that is exact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog, Row
from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.errors import NotFoundError, QueryError, VitrineError
from core.query.english import sentence
from core.query.recipe import ImageId, Recipe, Term, Upload, Words
from core.query.sql import lance_filter
from core.query.url import MOST_LIMIT
from core.timing import Timings, collect, step

Vector = npt.NDArray[np.float32]
DEEPEST = MOST_LIMIT  # place in a ranking that a page may reach


@dataclass(frozen=True)
class Hit:
    """One image of a result."""

    row: Row
    score: float | None  # cosine similarity, -1 to 1; None without similarity terms


@dataclass(frozen=True)
class Result:
    """The answer to a recipe, or one page of it."""

    hits: tuple[Hit, ...]
    matching: int  # images that pass the filter
    exact: bool
    sentence: str
    timings: Timings

    @property
    def summary(self) -> str:
        """The honest count, such as “50 of 741, exact”."""
        how = "exact" if self.exact else "approximate"
        return f"{len(self.hits):,} of {self.matching:,}, {how}"


class Searcher:
    """Answers recipes about one collection at one version."""

    def __init__(
        self,
        collection: Collection,
        catalog: Catalog,
        encoder: Callable[[], Encoder],  # the one that made the collection's vectors
        uploaded: Callable[[str], Vector],
        note: Callable[[str, int, Timings], None] = lambda english, total, timings: None,
    ) -> None:
        self._collection = collection
        self._catalog = catalog
        self._encoder = encoder
        self._uploaded = uploaded
        self._note = note

    def run(self, recipe: Recipe, offset: int = 0) -> Result:
        """Answer a recipe, or the page of it that begins at `offset`; a sample has no pages."""
        if recipe.terms and offset + recipe.limit > DEEPEST:
            raise QueryError("Similarity goes no deeper.", f"The first {DEEPEST:,} images can be paged through.")
        with collect() as timings:
            matching = self._catalog.count(recipe.where)
            if recipe.terms:
                scores, exact = self._similar(recipe, offset)
            else:
                scores, exact = dict.fromkeys(self._ids(recipe, offset)), True
            with step("fetch"):
                rows = self._catalog.rows(list(scores))
        hits = tuple(Hit(row, scores[row.id]) for row in rows)
        english = sentence(recipe, self._catalog.columns)
        self._note(english, matching, timings)
        return Result(hits, matching, exact, english, timings)

    def _ids(self, recipe: Recipe, offset: int) -> list[str]:
        if recipe.sample:
            return self._catalog.sample(recipe.where, recipe.limit, recipe.seed)
        return self._catalog.ids(recipe.where, recipe.order, recipe.limit, offset)

    def _similar(self, recipe: Recipe, offset: int) -> tuple[Mapping[str, float | None], bool]:
        vector = self.vector(recipe.terms)
        where = lance_filter(recipe.where, self._catalog.columns) if recipe.where.conditions else None
        own = {term.id for term in recipe.terms if isinstance(term, ImageId)}
        found, exact = self._collection.nearest(vector, offset + recipe.limit + len(own), where, self._catalog.dataset)
        least = -2.0 if recipe.threshold is None else recipe.threshold
        scores = {
            id: 1.0 - distance
            for id, distance in zip(found["id"].to_pylist(), found["_distance"].to_pylist(), strict=True)
            if id not in own and 1.0 - distance >= least
        }
        return dict(list(scores.items())[offset : offset + recipe.limit]), exact

    def vector(self, terms: Sequence[Term]) -> Vector:
        """The weighted sum of the terms' unit vectors, as a unit vector of shape (dimension,)."""
        total = np.sum([term.weight * self._term(term) for term in terms], axis=0)
        length = float(np.linalg.norm(total))
        if length < 1e-6:
            raise QueryError("The search terms cancel each other out.", "", "Change a weight or remove a term.")
        return np.asarray(total / length, np.float32)

    def _term(self, term: Term) -> Vector:
        if isinstance(term, ImageId):
            found = self._collection.vectors([term.id], self._catalog.dataset)
            if term.id not in found:
                raise self._without_vector(term.id)
            return found[term.id]
        if isinstance(term, Upload):
            return self._uploaded(term.digest)
        return self._encode_words(term)

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
        with step("encode"):
            return np.asarray(self._encoder().encode_texts([term.text])[0], np.float32)
