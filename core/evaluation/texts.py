"""How well an encoder finds an image by the text that came with it."""

from collections.abc import Sequence

import numpy as np

from core.evaluation.columns import BY_TEXT
from core.evaluation.intervals import mean_figure
from core.evaluation.metrics import Vectors, found_within
from core.evaluation.scores import Recall, Skipped, TextFigures
from core.evaluation.vectors import Meter
from core.query.columns import Column

DEPTHS = (1, 10, 50)


def text_figures(column: Column, values: Sequence[str | None], images: Vectors, meter: Meter) -> TextFigures | Skipped:
    """Search the images used by each one's text; images of exactly the same text are right answers for each other."""
    texts = sorted({value for value in values if value is not None})
    vectors, usable = meter.read(texts)
    places = {texts[place]: number for number, place in enumerate(np.flatnonzero(usable))}
    own = np.array([-1 if value is None else places.get(value, -1) for value in values], np.int64)
    asking = own[own >= 0]
    if not len(asking):
        return Skipped(BY_TEXT, f"No image that was drawn has a text in “{column.label}”.")
    depths = [depth for depth in DEPTHS if depth < len(images)]
    told = meter.counted("Searching by text", len(places))
    found = found_within(vectors[usable], images, own, depths, told)[asking]
    return TextFigures(
        column=column.name,
        header=column.label,
        images=len(asking),
        missing=len(images) - len(asking),
        texts=len(places),
        among=len(images),
        recall=tuple(Recall(depth, mean_figure(found[:, place])) for place, depth in enumerate(depths)),
    )
