"""From how every changed image stands to the figures of one arrangement."""

from collections.abc import Sequence
from math import ceil, floor, sqrt

import numpy as np
import numpy.typing as npt

from core.collection.catalog import Catalog
from core.effect.figures import Drift, Example, Point
from core.effect.ranks import DEEP, Standing
from core.effect.strengths import Arrangement
from core.evaluation.intervals import DIGITS, NORMAL_95, Figure, mean_figure

MOST_EXAMPLES = 6
NOTHING = Figure(0.0, 0.0, 1.0, 0)


class Tally:
    """What gathers for one arrangement while images are encoded."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.standings: list[Standing] = []
        self.failed = 0
        self.failure = ""  # of the first

    def add(self, id: str, standing: Standing) -> None:
        """Take one image that was changed and encoded."""
        self.ids.append(id)
        self.standings.append(standing)

    def fail(self, why: str) -> None:
        """Take one image that the arrangement could not be applied to."""
        self.failed += 1
        self.failure = self.failure or why


def point(way: Arrangement, tally: Tally, catalog: Catalog) -> Point:
    """The figures of one arrangement, with the images that moved most."""
    drifts = np.array([standing.drift for standing in tally.standings])
    ahead = np.array([standing.ahead for standing in tally.standings])
    return Point(
        kind=way.kind,
        step=way.step,
        share=way.share,
        scaled=way.scaled,
        words=way.words,
        pipeline=None if way.pipeline is None else way.pipeline.to_dict(),
        images=len(drifts),
        failed=tally.failed,
        failure=tally.failure,
        drift=drift_of(drifts),
        first=mean_figure(ahead < 1) if len(ahead) else NOTHING,
        ten=mean_figure(ahead < DEEP) if len(ahead) else NOTHING,
        examples=_examples(tally, drifts, catalog),
    )


def drift_of(drifts: npt.NDArray[np.float64]) -> Drift:
    """The middle of the drifts with its 95 % interval by order statistics, and their spread."""
    if not len(drifts):
        return Drift(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    ranked, half = np.sort(drifts), NORMAL_95 * sqrt(len(drifts)) / 2
    low = ranked[max(0, floor(len(drifts) / 2 - half) - 1)]
    high = ranked[min(len(drifts) - 1, ceil(len(drifts) / 2 + half))]
    spread = np.quantile(drifts, (0.5, 0.05, 0.25, 0.75, 0.95))
    median, *rest = (round(float(value), DIGITS) for value in spread)
    return Drift(median, round(float(low), DIGITS), round(float(high), DIGITS), *rest)


def _examples(tally: Tally, drifts: npt.NDArray[np.float64], catalog: Catalog) -> tuple[Example, ...]:
    """The images that moved most, each with the image that is found first instead."""
    places: Sequence[int] = np.argsort(-drifts, kind="stable")[:MOST_EXAMPLES].tolist()
    named = {row.rowid: row.id for row in catalog.rows_at([tally.standings[place].first for place in places])}
    return tuple(
        Example(tally.ids[place], round(held.drift, DIGITS), held.ahead, named.get(held.first, ""))
        for place in places
        for held in (tally.standings[place],)
    )
