"""Measures how many of the exact nearest images the answers to a sample of questions hold, and how long they take.

Half of the questions are images of the collection, half are words from its own table, which stand further from every
image. Recall counts what reaches the score of the exact k-th nearest: copies of one picture may stand for each other.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from math import ceil

import numpy as np
import numpy.typing as npt

from core.audit.figures import Audit, Point, Setting
from core.audit.truth import RowIds, least_scores
from core.collection.catalog import Catalog
from core.collection.counts import nearest_share
from core.collection.indexes import index_kind
from core.collection.planner import MOST_PARTITIONS, QUANTISED, REFINED, Plan, is_held, partitions, plan
from core.encoders.protocol import Encoder
from core.errors import InputError
from core.ingest.progress import Progress, Report
from core.query.columns import Kind
from core.query.english import sentence
from core.query.recipe import Accuracy, All, Recipe
from core.query.url import MOST_LIMIT
from core.search import Searcher

USUAL_K = 50
USUAL_QUESTIONS = 48
MOST_QUESTIONS = 1_000
SHARES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # of the partitions
WANTED_SHARE = 0.02  # of the images pass the filter that is tried, if a column has such a value
NEAR = 1e-5  # scores this close are the same: Lance and NumPy sum in another order
FEWEST_IMAGES = 2
WARM_UP = 3  # questions asked before any is timed
READING, ASKING = "Comparing every vector", "Asking"

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True)
class AuditRequest:
    """What to measure."""

    k: int = USUAL_K  # images asked for
    questions: int = USUAL_QUESTIONS
    seed: int = 0


@dataclass(frozen=True)
class Asked:
    """Questions under one filter, and the score that each one's exact k-th nearest has."""

    where: All
    matching: int
    vectors: Vector  # unit, shape (questions, dimension)
    least: Vector  # shape (questions,)
    k: int


@dataclass(frozen=True)
class Way:
    """One way of asking that is measured."""

    label: str
    asked: Asked
    how: Plan
    setting: tuple[Accuracy, bool] | None  # a person's choice, and whether with a filter; None for a part of the curve


def audit(
    name: str,
    searcher: Searcher,
    catalog: Catalog,
    encoder: Encoder | None,
    request: AuditRequest,
    report: Report = lambda progress: None,
) -> Audit:
    """Measure; nothing is written. Without an encoder images alone are asked."""
    _check(request, catalog)
    started, at = time.perf_counter(), datetime.now(UTC)
    images = _image_questions(searcher, catalog, request)
    words = _word_questions(catalog, encoder, request)
    vectors = np.concatenate([images, words])
    filtered = nearest_share(catalog, WANTED_SHARE)
    whole, narrow = _asked(catalog, vectors, filtered, request.k, report)
    kind, lists = index_of(catalog)
    ways = _ways(catalog, kind, lists, whole, narrow)
    measured = []
    for done, way in enumerate(ways):
        report(Progress(ASKING, done, len(ways)))
        measured.append((way.setting, _measure(searcher, way)))
    report(Progress(ASKING, len(ways), len(ways)))
    return Audit(
        at=at.isoformat(timespec="seconds"),
        collection=name,
        version=catalog.version,
        images=catalog.count_all,
        encoder=catalog.encoder,
        index=kind,
        partitions=lists,
        k=request.k,
        image_questions=len(images),
        word_questions=len(words),
        filter="" if narrow is None else sentence(Recipe(narrow.where), catalog.columns),
        matching=0 if narrow is None else narrow.matching,
        settings=tuple(Setting(*setting, point) for setting, point in measured if setting is not None),
        curve=tuple(point for setting, point in measured if setting is None),
        seconds=round(time.perf_counter() - started, 3),
    )


def index_of(catalog: Catalog) -> tuple[str, int]:
    """What answers about a collection's vectors, and into how many partitions it divides them."""
    if is_held(catalog.count_all, catalog.encoder.dimension):
        return "memory", 0
    kind = index_kind(catalog)
    return ("none", 0) if kind is None else (kind, partitions(catalog.count_all))


def _check(request: AuditRequest, catalog: Catalog) -> None:
    if not 1 <= request.k <= MOST_LIMIT:
        raise InputError(f"{request.k:,} images cannot be asked for.", "", f"Ask for 1 to {MOST_LIMIT:,}.")
    if not 2 <= request.questions <= MOST_QUESTIONS:
        raise InputError(f"{request.questions:,} questions cannot be asked.", "", f"Ask 2 to {MOST_QUESTIONS:,}.")
    if catalog.count_all < FEWEST_IMAGES:
        raise InputError("This collection has too few images to audit.", f"It holds {catalog.count_all}.")


def _image_questions(searcher: Searcher, catalog: Catalog, request: AuditRequest) -> Vector:
    ids = catalog.sample(All(), request.questions // 2, request.seed)
    found = searcher.vectors(ids)
    if not found:
        raise InputError("There is nothing to audit.", "None of the images that were drawn has a vector.")
    return np.stack(list(found.values()))


def _word_questions(catalog: Catalog, encoder: Encoder | None, request: AuditRequest) -> Vector:
    texts = _texts(catalog, request.questions - request.questions // 2, request.seed)
    if encoder is None or not texts:
        return np.zeros((0, catalog.encoder.dimension), np.float32)
    return np.asarray(encoder.encode_texts(texts), np.float32)


def _texts(catalog: Catalog, count: int, seed: int) -> list[str]:
    """Words that people may ask with: the classes of the table's columns and texts of its images, some of each."""
    classes = [text for column in catalog.of_kind(Kind.CATEGORY) for text in column.classes]
    described = max(catalog.of_kind(Kind.TEXT), key=lambda column: column.distinct, default=None)
    texts = []
    if described is not None:
        rows = catalog.rows(catalog.sample(All(), count, seed + 1))
        texts = [str(row.values[described.name]) for row in rows if row.values[described.name]]
    chance = np.random.default_rng(seed)
    drawn = [classes[place] for place in chance.permutation(len(classes))[: count - min(len(texts), count // 2)]]
    return list(dict.fromkeys([*drawn, *texts]))[:count]


def _asked(
    catalog: Catalog, vectors: Vector, filtered: All | None, k: int, report: Report
) -> tuple[Asked, Asked | None]:
    rows = catalog.count_all
    passing = None
    if filtered is not None:
        sql = catalog.where(filtered)
        found = catalog.arrays(f"SELECT _rowid FROM images WHERE {sql.text}", sql.parameters)
        passing = found["_rowid"].astype(np.int64)
    groups: list[RowIds | None] = [None] if passing is None else [None, passing]
    true = least_scores(catalog.dataset, vectors, k, groups, lambda read: report(Progress(READING, read, rows)))
    whole = Asked(All(), rows, vectors, true[0].least, true[0].count)
    if filtered is None or passing is None:
        return whole, None
    return whole, Asked(filtered, len(passing), vectors, true[1].least, true[1].count)


def _ways(catalog: Catalog, kind: str, lists: int, whole: Asked, narrow: Asked | None) -> list[Way]:
    """The settings a person can choose, then the curve: more and more partitions."""
    rows, index = catalog.count_all, index_kind(catalog)
    ways = []
    for accuracy, asked in product((Accuracy.AUTO, Accuracy.QUICK), (whole, narrow)):
        if asked is not None:
            how = plan(index, rows, asked.matching, accuracy, catalog.encoder.dimension)
            label = accuracy.value + (", filtered" if asked is narrow else "")
            ways.append(Way(label, asked, how, (accuracy, asked is narrow)))
    for share in SHARES if lists else ():
        probes = MOST_PARTITIONS if share == 1 else ceil(share * lists)
        refine = REFINED[Accuracy.AUTO] if kind == QUANTISED else 0
        how = Plan(exact=share == 1 and kind != QUANTISED, use_index=True, probes=probes, refine=refine)
        ways.append(Way(f"{100 * share:g} %", whole, how, None))
    return ways


def _measure(searcher: Searcher, way: Way) -> Point:
    asked, how = way.asked, way.how
    taken, shares, found_least = [], [], asked.k
    for vector in asked.vectors[:WARM_UP]:
        searcher.nearest(vector, asked.k, asked.where, asked.matching, how)
    for vector, least in zip(asked.vectors, asked.least.tolist(), strict=True):
        started = time.perf_counter()
        found = searcher.nearest(vector, asked.k, asked.where, asked.matching, how)
        taken.append(1000 * (time.perf_counter() - started))
        right = sum(score >= least - NEAR for score in found.scores)
        shares.append(min(1.0, right / asked.k) if asked.k else 1.0)
        found_least = min(found_least, len(found.rowids))
    return Point(
        label=way.label,
        exact=how.exact,
        probes=how.probes,
        refine=how.refine,
        recall=round(statistics.mean(shares), 6),
        worst=round(min(shares), 6),
        median_ms=round(statistics.median(taken), 3),
        p95_ms=round(_percentile(taken, 0.95), 3),
        least_found=found_least,
    )


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
