"""How a measured time grows with the number of images: constant, in proportion, or n log n, or none of these.

Each kind of growth is fitted so that every measured size counts alike, whatever its time: relative errors are squared.
The kind that foretells best wins: each size is left out in turn and foretold from the others. A simpler kind is kept
where another is hardly better; where the best one misses by more than a quarter, nothing fits, and nothing is foretold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log2

import numpy as np
import numpy.typing as npt

LEAST_SIZES = 4
MOST_ERROR = 0.25  # mean relative error of what was left out, beyond which nothing fits
HARDLY = 0.01  # of relative error by which a kind has to be better than a simpler one

Numbers = npt.NDArray[np.float64]


class Kind(StrEnum):
    """How a time grows, simplest first."""

    CONSTANT = "constant"
    LINEAR = "linear"
    N_LOG_N = "n log n"


SHAPES: dict[Kind, Callable[[float], float]] = {
    Kind.CONSTANT: lambda size: 0.0,
    Kind.LINEAR: lambda size: size,
    Kind.N_LOG_N: lambda size: size * log2(max(size, 2.0)),
}


@dataclass(frozen=True)
class Growth:
    """A time as base + slope × shape(size)."""

    kind: Kind
    base: float  # in the unit of the times
    slope: float
    error: float  # mean relative error when each measured size is foretold from the others
    sizes: int  # that were measured
    largest: float

    def at(self, size: float) -> float:
        """The time at a size."""
        return self.base + self.slope * SHAPES[self.kind](size)

    @property
    def words(self) -> str:
        """Such as “linear, off by 4 %”."""
        return f"{self.kind.value}, off by {100 * self.error:.0f} %"


def grow(sizes: Sequence[float], times: Sequence[float]) -> Growth | None:
    """The kind of growth that fits times measured at some sizes; None where too few were measured, or none fits."""
    pairs = [(size, time) for size, time in zip(sizes, times, strict=True) if size > 0 and time > 0]
    if len({size for size, _ in pairs}) < LEAST_SIZES:
        return None
    x, y = (np.array(side, np.float64) for side in zip(*pairs, strict=True))
    best: Growth | None = None
    for kind in Kind:
        error = _left_out(kind, x, y)
        if best is None or error < best.error - HARDLY:
            best = Growth(kind, *_fitted(kind, x, y), error, len(pairs), float(x.max()))
    return best if best is not None and best.error <= MOST_ERROR else None


def _left_out(kind: Kind, x: Numbers, y: Numbers) -> float:
    """The mean relative error of each size's time when it is foretold from the other sizes."""
    errors = []
    for size in np.unique(x):
        others = x != size
        base, slope = _fitted(kind, x[others], y[others])
        foretold = base + slope * SHAPES[kind](float(size))
        errors += [abs(foretold - time) / time for time in y[~others].tolist()]
    return float(np.mean(errors))


def _fitted(kind: Kind, x: Numbers, y: Numbers) -> tuple[float, float]:
    """Base and slope, neither below nothing, by least squares of relative errors."""
    from scipy.optimize import nnls

    shape = np.array([SHAPES[kind](size) for size in x.tolist()])
    most = float(shape.max()) or 1.0  # brings both columns to one scale
    columns = np.stack([np.ones_like(x), shape / most], axis=1) / y[:, None]
    if kind is Kind.CONSTANT:
        columns[:, 1] = 0.0
    (base, slope), _ = nnls(columns, np.ones_like(y))
    return float(base), float(slope) / most
