"""Figures with the range that chance in drawing the images leaves them: 95 % intervals."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.metrics import f1_of_counts

NORMAL_95 = 1.959964  # standard deviations to either side that hold 95 % of a normal distribution
RESAMPLES = 1_000
LEAST_SCATTER = 1e-12  # a variance below it is rounding noise of values that are all alike
MOST_TRIALS = 10  # hits and misses that one image's value may count for
DIGITS = 6  # figures are rounded to, so that files compare


@dataclass(frozen=True)
class Figure:
    """A figure between 0 and 1, its 95 % interval, and how many images it rests on."""

    value: float
    low: float
    high: float
    images: int


def mean_figure(values: NDArray[np.generic]) -> Figure:
    """The mean of one value between 0 and 1 for each image; for hits and misses, Wilson's interval of their share.

    Shares, such as precision among ten neighbours, scatter less than hits and misses do. Wilson's interval is then
    taken for the number of hits and misses that would scatter as much (Kish's effective sample size); it stays between
    0 and 1 and keeps a width where every image has the same value, which a bootstrap would not.

    An image counts for ten hits and misses at the most, which its ten nearest are if they tell independently of each
    other. The scatter of a few images is itself a guess: three that happen to be almost alike must not pass for
    thousands. Among fifty places, which tell little more than ten do, that errs on the wide side.
    """
    observed = np.asarray(values, np.float64)
    mean, scatter = float(observed.mean()), float(observed.var())
    trials = mean * (1 - mean) / scatter if scatter > LEAST_SCATTER else 1.0
    low, high = wilson(mean, len(observed) * min(trials, MOST_TRIALS))
    return figure(mean, low, high, len(observed))


def wilson(share: float, count: float) -> tuple[float, float]:
    """The 95 % score interval of a share among `count` independent trials (Wilson, 1927)."""
    square = NORMAL_95**2
    centre = (share + square / (2 * count)) / (1 + square / count)
    half = NORMAL_95 / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def f1_figure(guess: NDArray[np.int64], truth: NDArray[np.int64], names: int, seed: int) -> Figure:
    """The weighted F1 of guessed and true codes below `names`, with the percentile bootstrap's interval (Efron, 1979).

    Images are drawn again by how often each pair of guess and truth occurs: the same as drawing images, at a cost that
    does not grow with their number. Where every draw is alike, as without a single miss, Wilson's interval stands in.
    """
    pairs, counts = np.unique(guess * names + truth, return_counts=True)
    guesses, truths = np.divmod(pairs, names)
    chance = np.random.default_rng(seed)
    drawn = [
        f1_of_counts(guesses, truths, chance.multinomial(len(truth), counts / len(truth)).astype(np.float64), names)
        for _ in range(RESAMPLES)
    ]
    value = f1_of_counts(guesses, truths, counts.astype(np.float64), names)
    low, high = (float(bound) for bound in np.quantile(drawn, (0.025, 0.975)))
    if low == high:
        low, high = wilson(value, len(truth))
    return figure(value, min(value, low), max(value, high), len(truth))


def figure(value: float, low: float, high: float, images: int) -> Figure:
    """A figure, rounded."""
    return Figure(round(value, DIGITS), round(low, DIGITS), round(high, DIGITS), images)
