"""Medians of repeated runs."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Several runs of the same."""

    median: float
    low: float
    p95: float
    high: float
    runs: int


def spread(values: Sequence[float]) -> Spread:
    """The median and the spread of some runs, of which there is at least one."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    median = statistics.median(ordered)
    return Spread(round(median, 4), round(ordered[0], 4), round(p95, 4), round(ordered[-1], 4), len(ordered))


def milliseconds(work: Callable[[], object], runs: int, warm_up: int = 1) -> list[float]:
    """Wall time of each run after some that are not counted."""
    for _ in range(warm_up):
        work()
    return [clocked(work) for _ in range(runs)]


def clocked(work: Callable[[], object]) -> float:
    """Wall time of one run, in milliseconds."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
