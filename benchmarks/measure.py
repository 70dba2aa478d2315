"""Medians of repeated runs, and what machine they were taken on."""

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


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


def milliseconds(work: Callable[[], object], runs: int) -> list[float]:
    """Wall time of each run after one that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def figure(
    name: str, unit: str, values: list[float], baseline: str = "", baseline_values: list[float] | None = None
) -> Figure:
    """The median and spread of some runs."""
    middle = statistics.median(baseline_values) if baseline_values else None
    return Figure(name, unit, statistics.median(values), min(values), max(values), len(values), baseline, middle)


def machine() -> dict[str, object]:
    """Facts that a figure means nothing without."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": platform.system(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()
