"""Medians of repeated runs, and what machine they were taken on."""

import statistics
from dataclasses import dataclass

from core.lab.machine import machine
from core.lab.rounds import milliseconds

__all__ = ["Figure", "figure", "machine", "milliseconds"]


@dataclass(frozen=True)
class Figure:
    """One measured figure beside the plainest way to do the same in the same run."""

    name: str
    unit: str  # "ms", "s", "images/s", "MB"
    median: float
    low: float
    high: float
    runs: int
    baseline: str = ""  # what it is compared with
    baseline_median: float | None = None

    @property
    def ratio(self) -> float | None:
        """This figure over the baseline's."""
        return None if not self.baseline_median else self.median / self.baseline_median


def figure(
    name: str, unit: str, values: list[float], baseline: str = "", baseline_values: list[float] | None = None
) -> Figure:
    """The median and spread of some runs."""
    middle = statistics.median(baseline_values) if baseline_values else None
    return Figure(name, unit, statistics.median(values), min(values), max(values), len(values), baseline, middle)
