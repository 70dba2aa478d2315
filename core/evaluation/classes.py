"""How well each value of a column is found by its own images, and what stands where it should have.

An average hides the classes that search cannot be trusted with. A class of few images cannot fill ten places, so
classes are ordered by the part that is reached of what could be, and one with too few images to tell stands last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.collection.catalog import Catalog
from core.evaluation import metrics
from core.evaluation.intervals import DIGITS, mean_figure
from core.evaluation.metrics import Vectors
from core.evaluation.sample import known
from core.evaluation.scores import ClassFigures, Confusion, LabelFigures, Mistake, Neighbour, Precision
from core.query.recipe import OneOf, Value
from core.query.sql import quote

DEPTHS = (1, 5, 10, 50)
ORDERING = 10  # nearest others that classes are ordered by, or fewer where there are fewer images
LEAST_IMAGES = 10  # a class with fewer is not judged
MOST_CLASSES = 200  # of one column, the worst of them
HALF = 0.5  # of what could be reached; search is not to be relied on for a class below it
MOST_CONFUSIONS = 8
MOST_MISTAKES = 4  # images of a class that are shown with their wrong neighbours
MOST_WRONG = 3  # neighbours of each
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Looked:
    """The images used that have a value in a column, and each one's nearest others."""

    ids: Sequence[str]
    vectors: Vectors  # shape (images, dimension), unit length
    nearest: Codes  # places, shape (images, depth)


@dataclass(frozen=True)
class Classes:
    """The classes of a column that are kept, and how many there are of all."""

    told: tuple[ClassFigures, ...]  # the worst first, those with too few images to judge last
    judged: int  # with enough images to be ordered; more than are kept where there are many
    poor: int  # of the judged, below half of what they could reach


@dataclass(frozen=True)
class _Class:
    """One class before it is told: its code, the places of its images, and how good it is."""

    code: int
    rows: Codes
    reached: float  # the part of the precision that could be, 0 to 1


def class_figures(names: Sequence[str], codes: Codes, looked: Looked, guesses: Codes | None) -> Classes:
    """The classes, the worst first; counts are of all, the figures of those that are kept."""
    depth = depth_of(looked.nearest)
    rows = np.argsort(codes, kind="stable")
    counts = np.bincount(codes, minlength=len(names))
    parts = np.split(rows, np.cumsum(counts)[:-1])
    found = [_Class(code, part, _reached(codes, looked, part, depth)) for code, part in enumerate(parts) if len(part)]
    judged = sorted((item for item in found if len(item.rows) >= LEAST_IMAGES), key=lambda item: item.reached)
    small = sorted((item for item in found if len(item.rows) < LEAST_IMAGES), key=lambda item: -len(item.rows))
    told = [_told(item, names, codes, looked, guesses, depth) for item in (*judged, *small)[:MOST_CLASSES]]
    return Classes(tuple(told), len(judged), sum(round(item.reached, DIGITS) < HALF for item in judged))


def depth_of(nearest: Codes) -> int:
    """The nearest others by which classes are ordered."""
    return max(depth for depth in DEPTHS if depth <= min(ORDERING, nearest.shape[1]))


def reached(figures: ClassFigures, depth: int) -> float | None:
    """The part of the precision at a depth that a class could reach; None where nothing can be."""
    found = figures.at(depth)
    return None if found is None or not found.most else min(1.0, found.figure.value / found.most)


def worst(label: LabelFigures, most: int) -> list[ClassFigures]:
    """The classes with enough images that miss anything, the worst first."""
    missing = [item for item in label.classes[: label.judged] if (reached(item, label.depth) or 0) < 1]
    return missing[:most]


def condition_of(catalog: Catalog, column: str, value: str) -> OneOf | None:
    """The filter for a class's images; None where the column or the value is gone. Space around values is ignored."""
    if column not in catalog.metadata:
        return None
    text = f"CAST({quote(column)} AS VARCHAR)"
    rows = catalog.select(
        f"SELECT DISTINCT {quote(column)}, {text} FROM images WHERE contains({text}, ?)", (value,)
    )  # fmt: skip
    values: tuple[Value, ...] = tuple(stored for stored, told in rows if known(told) == value)
    return OneOf(column, values) if values else None


def _reached(codes: Codes, looked: Looked, rows: Codes, depth: int) -> float:
    most = min(len(rows) - 1, depth) / depth
    return float(_same(codes, looked, rows, depth).mean()) / most if most else 0.0


def _same(codes: Codes, looked: Looked, rows: Codes, depth: int) -> NDArray[np.float64]:
    """For each image of a class the share of its nearest others that are of it."""
    same: NDArray[np.float64] = (codes[looked.nearest[rows, :depth]] == codes[rows[0]]).mean(1)
    return same


def _told(
    item: _Class, names: Sequence[str], codes: Codes, looked: Looked, guesses: Codes | None, depth: int
) -> ClassFigures:
    places = codes[looked.nearest[item.rows, :depth]]
    own = None if guesses is None else guesses[item.rows]
    return ClassFigures(
        value=names[item.code],
        images=len(item.rows),
        precision=tuple(_precision(codes, looked, item.rows, depth) for depth in _depths(looked.nearest)),
        confusions=_confusions(places.ravel(), item.code, names),
        zero_shot=None if own is None else mean_figure(own == item.code),
        guesses=() if own is None else _confusions(own, item.code, names),
        mistakes=tuple(_mistakes(item, names, codes, looked, depth)),
    )


def _depths(nearest: Codes) -> list[int]:
    return [depth for depth in DEPTHS if depth <= nearest.shape[1]]


def _precision(codes: Codes, looked: Looked, rows: Codes, depth: int) -> Precision:
    most = round(min(len(rows) - 1, depth) / depth, DIGITS)
    return Precision(depth, mean_figure(_same(codes, looked, rows, depth)), most)


def _confusions(found: Codes, code: int, names: Sequence[str]) -> tuple[Confusion, ...]:
    """The other values among these, the most frequent first."""
    counts = np.bincount(found, minlength=len(names))
    counts[code] = 0
    order = np.argsort(-counts, kind="stable")[:MOST_CONFUSIONS]
    return tuple(
        Confusion(names[other], round(float(counts[other]) / len(found), DIGITS)) for other in order if counts[other]
    )


def _mistakes(item: _Class, names: Sequence[str], codes: Codes, looked: Looked, depth: int) -> list[Mistake]:
    """A few images whose nearest other is wrong, and after them those where it comes later; drawn in random order."""
    wrong = codes[looked.nearest[item.rows, :depth]] != item.code
    order = np.argsort(np.where(wrong.any(1), wrong.argmax(1), depth), kind="stable")[:MOST_MISTAKES]
    made = []
    for place in order[wrong[order].any(1)]:
        image = item.rows[place]
        ranks = np.flatnonzero(wrong[place])[:MOST_WRONG]
        others = looked.nearest[image, ranks]
        alike = metrics.similarities(looked.vectors, image, others)
        neighbours = tuple(
            Neighbour(looked.ids[other], names[codes[other]], int(rank) + 1, round(float(score), DIGITS))
            for other, rank, score in zip(others, ranks, alike, strict=True)
        )
        made.append(Mistake(looked.ids[image], neighbours))
    return made
