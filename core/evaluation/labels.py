"""How well an encoder tells the values of a column apart: by the nearest images, and by the values' own names."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.collection.catalog import Catalog
from core.evaluation import metrics
from core.evaluation.classes import Looked, class_figures, depth_of
from core.evaluation.columns import WORDS
from core.evaluation.intervals import f1_figure, mean_figure
from core.evaluation.metrics import Vectors
from core.evaluation.sample import names_of
from core.evaluation.scores import LabelFigures, Precision, Skipped
from core.evaluation.vectors import Meter
from core.query.columns import Column

DEPTHS = (5, 10, 50)  # precision among so many nearest others; among one it is the 1-NN accuracy
MOST_NAMES = 1_000  # more than this are no classes to choose from
Values = Sequence[str | None]
Codes = NDArray[np.int64]


def label_figures(
    columns: Sequence[Column],
    values: Sequence[Values],
    ids: Sequence[str],
    vectors: Vectors,
    catalog: Catalog,
    meter: Meter,
    seed: int,
) -> Iterator[LabelFigures | Skipped]:
    """The figures of every column, in order, or why it has none; `vectors` are the images used, `values` theirs."""
    present = [np.array([value is not None for value in item], np.bool_) for item in values]
    alike: dict[bytes, list[int]] = defaultdict(list)
    for place, mask in enumerate(present):
        alike[mask.tobytes()].append(place)
    found: dict[int, LabelFigures | Skipped] = {}
    for places in alike.values():  # columns that miss the same images share their neighbours
        mask = present[places[0]]
        looked: Looked | None = None
        for place in places:
            held = np.array([value for value in values[place] if value is not None], object)
            why = _unsuited(held)
            if why:
                found[place] = Skipped(columns[place].label, why)
                continue
            looked = looked or _looked(ids, vectors, mask, meter)
            missing = int(len(mask) - mask.sum())
            found[place] = _figures(columns[place], held, missing, looked, catalog, meter, seed)
    yield from (found[place] for place in range(len(columns)))


def _looked(ids: Sequence[str], vectors: Vectors, mask: NDArray[np.bool_], meter: Meter) -> Looked:
    shown = vectors[mask]
    depth = min(max(DEPTHS), len(shown) - 1)
    nearest = metrics.nearest_others(shown, depth, told=meter.counted("Comparing images", len(shown)))
    return Looked([ids[place] for place in np.flatnonzero(mask).tolist()], shown, nearest)


def _unsuited(values: NDArray[np.object_]) -> str:
    """Why there is nothing to tell apart, or nothing."""
    different = len(set(values))
    if not different:
        return "No image that was drawn has a value."
    if different == 1:
        return "Every image that was drawn has the same value."
    return "No two images that were drawn have the same value." if different == len(values) else ""


def _figures(
    column: Column,
    values: NDArray[np.object_],
    missing: int,
    looked: Looked,
    catalog: Catalog,
    meter: Meter,
    seed: int,
) -> LabelFigures:
    names = names_of(catalog, column.name)
    places = {name: place for place, name in enumerate(names)}
    codes = np.array([places[value] for value in values], np.int64)
    counts = np.bincount(codes, minlength=len(names))
    nearest = looked.nearest
    depths = [depth for depth in DEPTHS if depth <= nearest.shape[1]]
    guesses = _guessed(column, names, looked.vectors, meter)
    classes = class_figures(names, codes, looked, guesses)
    return LabelFigures(
        column=column.name,
        header=column.label,
        images=len(codes),
        missing=missing,
        values=int((counts > 0).sum()),
        names=len(names),
        single=int((counts == 1).sum()),
        common=names[counts.argmax()],
        baseline=mean_figure(codes == counts.argmax()),
        one_nearest=mean_figure(metrics.agreeing(nearest, codes, 1)),
        precision=tuple(_precision(nearest, codes, depth) for depth in depths),
        zero_shot=None if guesses is None else mean_figure(guesses == codes),
        weighted_f1=None if guesses is None else f1_figure(guesses, codes, len(names), seed),
        depth=depth_of(nearest),
        classes=classes.told,
        judged=classes.judged,
        poor=classes.poor,
    )


def _precision(nearest: Codes, codes: Codes, depth: int) -> Precision:
    most = round(float(metrics.most_agreeing(codes, depth).mean()), 6)
    return Precision(depth, mean_figure(metrics.agreeing(nearest, codes, depth)), most)


def _guessed(column: Column, names: list[str], images: Vectors, meter: Meter) -> Codes | None:
    """For every image the value whose plain name is nearest to it; None where values are no words."""
    if column.kind not in WORDS or len(names) > MOST_NAMES:
        return None
    vectors, usable = meter.read(names)
    if not usable.any():
        return None
    guesses: Codes = np.flatnonzero(usable)[metrics.zero_shot(images, vectors[usable])]
    return guesses
