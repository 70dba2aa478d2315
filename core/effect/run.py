"""Measures what a pipeline does to search, on a random sample of images.

Each image of the sample is changed, encoded as if it had come in that way, and asked with: what is measured is how far
its vector moved and whether the original is still the first that is found, or within the first ten, of the whole
collection. The same images unchanged stand beside, for what reading and encoding them again does by itself.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from PIL import Image

from core.augment.pipeline import Pipeline, parse_pipeline
from core.collection.catalog import Catalog
from core.collection.vectors import check_same, fact_of
from core.effect.changing import Changed, changed
from core.effect.figures import Effect
from core.effect.points import Tally, point
from core.effect.ranks import Ranker, ranker
from core.effect.sample import Asked, asked_of, drawn
from core.effect.strengths import WHOLE, arrangements
from core.encoders.protocol import Encoder
from core.errors import InputError
from core.ingest.originals import OriginalReader
from core.ingest.progress import Progress, Report
from core.query.english import sentence
from core.query.url import from_parameters, to_parameters
from core.search import Searcher
from core.settings import Settings

USUAL_SAMPLE = 200  # images
MOST_SAMPLE = 5_000
STAGE = "Changing and encoding images"


@dataclass(frozen=True)
class EffectRequest:
    """What to measure; plain JSON values."""

    collection: str
    pipeline: Mapping[str, Any]  # in any form that `parse_pipeline` reads
    recipe: Mapping[str, str] = field(default_factory=dict)  # URL parameters; whose images to draw from
    sample: int = USUAL_SAMPLE  # images
    seed: int = 0  # the same draws the same images
    steps: bool = True  # each transform alone too


def check_request(request: EffectRequest, collection: str) -> Pipeline:
    """The request's pipeline, or an InputError where the request cannot be met."""
    if request.collection != collection:
        raise InputError(f"This is about “{request.collection[:80]}”, not about “{collection}”.")
    if not 2 <= request.sample <= MOST_SAMPLE:
        raise InputError(
            f"A sample of {request.sample:,} cannot be measured.", "", f"Draw 2 to {MOST_SAMPLE:,} images."
        )
    if not 0 <= request.seed < 2**63:
        raise InputError("That seed cannot be used.", "It is a whole number from 0.")
    from_parameters(request.recipe)
    return parse_pipeline(request.pipeline)


def effect(
    name: str,
    catalog: Catalog,
    searcher: Searcher,
    encoder: Encoder,
    originals: OriginalReader,
    settings: Settings,
    request: EffectRequest,
    report: Report = lambda progress: None,
) -> Effect:
    """Measure; nothing is written. The encoder has to be the one that made the collection's vectors."""
    started, at = time.perf_counter(), datetime.now(UTC)
    pipeline = check_request(request, name)
    check_same(name, catalog.encoder, fact_of(encoder))
    report(Progress("Drawing images", 0, 0))
    recipe = from_parameters(request.recipe)
    ids, matching = drawn(catalog, searcher, recipe, request.sample, request.seed)
    asked = asked_of(catalog, searcher, ids)
    ways = arrangements(pipeline, steps=request.steps)
    ranks = ranker(searcher, catalog)
    tallies = [Tally() for _ in ways]
    unread = [f"{len(ids) - len(asked)} of them have no vector yet."] * (len(ids) - len(asked))
    changing = changed(asked, ways, originals, settings)
    with closing(changing):
        batch = Batch(encoder, ranks, tallies, settings.batch_images)
        for done, (one, made) in enumerate(zip(asked, changing, strict=True)):
            report(Progress(STAGE, done, len(asked), len(unread)))
            if made.unread:
                unread.append(made.unread)
            else:
                batch.add(one, made)
        batch.encode()
    report(Progress(STAGE, len(asked), len(asked), len(unread)))
    _check_measured(tallies[[way.kind for way in ways].index(WHOLE)], unread)
    return Effect(
        at=at.isoformat(timespec="milliseconds"),
        collection=name,
        version=catalog.version,
        images=catalog.count_all,
        encoder=catalog.encoder,
        exact=ranks.exact,
        pipeline=pipeline.to_dict(),
        recipe=to_parameters(recipe),
        sentence=sentence(recipe, catalog.columns),
        matching=matching,
        asked=request.sample,
        seed=request.seed,
        drawn=len(ids),
        unread=len(unread),
        unread_why=unread[0] if unread else "",
        points=tuple(point(way, tally, catalog) for way, tally in zip(ways, tallies, strict=True)),
        encoded=sum(len(tally.standings) for tally in tallies),
        seconds=round(time.perf_counter() - started, 3),
    )


class Batch:
    """Changed pictures on their way to the encoder and to their ranks."""

    def __init__(self, encoder: Encoder, ranks: Ranker, tallies: Sequence[Tally], size: int) -> None:
        self._encoder = encoder
        self._ranks = ranks
        self._tallies = tallies
        self._size = max(1, size)
        self._waiting: list[tuple[Asked, Tally, Image.Image]] = []

    def add(self, one: Asked, made: Changed) -> None:
        """Take every picture of one image."""
        for tally, picture, failure in zip(self._tallies, made.pictures, made.failures, strict=True):
            if picture is None:
                tally.fail(failure)
            else:
                self._waiting.append((one, tally, picture))
        while len(self._waiting) >= self._size:
            self._encode(self._size)

    def encode(self) -> None:
        """Encode what is left."""
        while self._waiting:
            self._encode(self._size)

    def _encode(self, count: int) -> None:
        some, self._waiting = self._waiting[:count], self._waiting[count:]
        vectors = np.asarray(self._encoder.encode_images([picture for _, _, picture in some]), np.float32)
        originals = np.stack([one.original for one, _, _ in some])
        for (one, tally, _), standing in zip(
            some, self._ranks.stand(vectors, originals, [one.own for one, _, _ in some]), strict=True
        ):
            tally.add(one.row.id, standing)


def _check_measured(whole: Tally, unread: Sequence[str]) -> None:
    if not whole.standings:
        why = whole.failure or (unread[0] if unread else "No image matches.")
        raise InputError("There is nothing to measure.", why, "Choose other images, or another pipeline.")
