"""Scores one encoder on one collection."""

import hashlib
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.collection.vectors import check_same, fact_of
from core.encoders.protocol import Encoder
from core.errors import InputError
from core.evaluation.columns import Chosen, choose
from core.evaluation.labels import label_figures
from core.evaluation.metrics import Vectors
from core.evaluation.sample import Sample, different_pictures, draw
from core.evaluation.scores import Cost, Evaluation, LabelFigures, Sampled, Skipped, TextFigures
from core.evaluation.texts import text_figures
from core.evaluation.vectors import Looked, Meter, stored_vectors
from core.ingest.originals import OriginalReader
from core.ingest.pictures import pictures
from core.ingest.progress import Report
from core.settings import Settings

USUAL_SAMPLE = 2_500  # images: as many as the shipped encoder's own figures rest on


@dataclass(frozen=True)
class EvaluationRequest:
    """What to score."""

    encoder: str | None = None  # as in the setting; None for the one that made the collection's vectors
    labels: tuple[str, ...] = ()  # columns; none for every telling category
    text: str | None = None  # column; None for the first of free text
    sample: int = USUAL_SAMPLE  # images at the most; 0 for all
    seed: int = 0


@dataclass(frozen=True)
class Subject:
    """The collection at one version, and what reads it."""

    collection: Collection
    catalog: Catalog
    originals: OriginalReader
    settings: Settings


def evaluate(
    subject: Subject, encoder: Encoder, request: EvaluationRequest, report: Report = lambda progress: None
) -> Evaluation:
    """Score an encoder; nothing is written to the collection."""
    started, at = time.perf_counter(), datetime.now(UTC)
    catalog, meter = subject.catalog, Meter(encoder, report)
    if request.encoder is None:
        check_same(subject.collection.name, catalog.encoder, fact_of(encoder))
    chosen, sample = _drawn(catalog, request)
    own = (catalog.encoder.fingerprint, catalog.encoder.dimension) == (encoder.fingerprint, encoder.dimension)
    looked = stored_vectors(catalog.dataset, sample.rowids) if own else _look(subject, sample, meter)
    sampled = _sampled(subject, request, sample, looked)
    labels, text, skipped = _figures(chosen, sample, looked, catalog, meter, request.seed)
    return Evaluation(
        at=at.isoformat(timespec="microseconds"),
        encoder=fact_of(encoder),
        stored_vectors=own,
        sampled=sampled,
        labels=labels,
        text=text,
        skipped=skipped,
        cost=Cost(
            seconds=round(time.perf_counter() - started, 3),
            images_encoded=meter.images,
            image_seconds=round(meter.image_seconds, 3),
            texts_encoded=meter.texts,
            text_seconds=round(meter.text_seconds, 3),
        ),
    )


def _drawn(catalog: Catalog, request: EvaluationRequest) -> tuple[Chosen, Sample]:
    """The columns and images to score on, or an InputError where there are too few."""
    if request.sample < 0 or request.sample == 1:
        raise InputError(f"A sample of {request.sample} cannot be scored.", "", "Draw 2 images or more, or 0 for all.")
    chosen = choose(catalog, request.labels, request.text)
    if not chosen.names:
        raise _nothing(chosen.skipped)
    sample = draw(catalog, chosen.names, request.sample, request.seed)
    if len(sample.stored) < 2:
        detail = f"It holds {catalog.count_all:,} images, of which {len(sample.stored):,} differ."
        raise InputError("This collection has too few images to score.", detail, "Bring in two different ones or more.")
    return chosen, sample


def _look(subject: Subject, sample: Sample, meter: Meter) -> Looked:
    """Encode the originals of the images drawn; the thumbnail stands in for one that is gone."""
    rowids = {row.id: rowid for row, rowid in zip(sample.stored, sample.rowids.tolist(), strict=True)}

    def thumbnail(id: str) -> bytes:
        return subject.collection.thumbnails([rowids[id]], subject.catalog.dataset)[0]

    found = pictures(sample.stored, thumbnail, subject.originals, subject.settings)
    with closing(found):
        return meter.look(found, len(sample.stored), subject.settings.batch_images)


def _sampled(subject: Subject, request: EvaluationRequest, sample: Sample, looked: Looked) -> Sampled:
    catalog, used = subject.catalog, int(looked.usable.sum())
    if used < 2:
        detail = f"Of {len(sample.stored):,} images drawn, {used:,} have a vector that can be compared."
        raise InputError("There are too few vectors to score.", detail, "Draw more images, or try another encoder.")
    ids = sorted(row.id for row, usable in zip(sample.stored, looked.usable, strict=True) if usable)
    return Sampled(
        collection=subject.collection.name,
        version=catalog.version,
        images=catalog.count_all,
        copies=catalog.count_all - different_pictures(catalog),
        asked=request.sample,
        seed=request.seed,
        drawn=len(sample.stored),
        unusable=len(sample.stored) - used,
        from_thumbnails=looked.from_thumbnails,
        key=hashlib.sha256("\0".join(ids).encode()).hexdigest()[:12],
    )


def _figures(
    chosen: Chosen, sample: Sample, looked: Looked, catalog: Catalog, meter: Meter, seed: int
) -> tuple[tuple[LabelFigures, ...], TextFigures | None, tuple[Skipped, ...]]:
    """Every figure there is, or an InputError where there is none."""
    vectors: Vectors = looked.vectors[looked.usable]
    kept = np.flatnonzero(looked.usable)
    values = {name: [held[place] for place in kept] for name, held in sample.values.items()}
    told: list[LabelFigures | TextFigures | Skipped] = list(chosen.skipped)
    ids = [sample.stored[place].id for place in kept]
    held = [values[item.name] for item in chosen.labels]
    told += label_figures(chosen.labels, held, ids, vectors, catalog, meter, seed)
    if chosen.text is not None:
        told.append(text_figures(chosen.text, values[chosen.text.name], vectors, meter))
    labels = tuple(item for item in told if isinstance(item, LabelFigures))
    text = next((item for item in told if isinstance(item, TextFigures)), None)
    skipped = tuple(item for item in told if isinstance(item, Skipped))
    if not labels and text is None:
        raise _nothing(skipped)
    return labels, text, skipped


def _nothing(skipped: Sequence[Skipped]) -> InputError:
    detail = " ".join(f"{item.what}: {item.why}" for item in skipped[:4])
    hint = "Name a column of labels with --label, or one of texts with --text."
    return InputError("There is nothing in this collection to score an encoder on.", detail, hint)
