"""How answers grow with a collection: the same figures at growing sizes, of images like its own or made up.

Each size is made in a temporary workspace, indexed, and asked from a process of its own, as `vitrine bench` does.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import InputError
from core.ingest.progress import Progress, Report
from core.lab.bench import LEAST_ROWS, MOST_ROWS, BenchRequest, Source, measure_sized, temporary_workspace
from core.lab.growth import LEAST_SIZES, Growth, Kind, grow
from core.lab.vectors import DIMENSION

LARGEST = 100_000
STEPS = 5
RATIO = 10**0.5  # of one size to the one before
GROWING = (
    *("facets_ms", "page_ms", "sample_ms", "crosstab_ms", "search_ms", "search_filtered_ms", "quick_ms"),
    *("index_build_s", "open_s", "rss_mb"),
)
STAGE = "Measuring sizes"


@dataclass(frozen=True)
class ScaleRequest:
    """What to measure; plain JSON values."""

    largest: int = LARGEST
    steps: int = STEPS
    runs: int = 9
    seed: int = 0
    made_up: bool = False  # images made up from nothing instead of ones like the collection's own


def check_scale(asked: Mapping[str, Any]) -> ScaleRequest:
    """A request from plain values, or an InputError."""
    try:
        request = ScaleRequest(**asked)
        good = LEAST_ROWS * 10 <= request.largest <= MOST_ROWS and LEAST_SIZES <= request.steps <= 12
        good = good and 1 <= request.runs <= 1_000 and request.seed >= 0
    except TypeError as error:
        raise InputError("The measurement cannot be read.", str(error)[:200]) from None
    if not good:
        hint = f"Go up to {LEAST_ROWS * 10:,} to {MOST_ROWS:,} images, in {LEAST_SIZES} to 12 steps of 1 to 1,000 runs."
        raise InputError("This cannot be measured.", "", hint)
    return request


def sizes_for(request: ScaleRequest) -> list[int]:
    """Growing sizes with about the same ratio, the largest last; closer together where they would become too small."""
    ratio = min(RATIO, (request.largest / LEAST_ROWS) ** (1 / (request.steps - 1)))
    sizes = [_rounded(request.largest / ratio**step) for step in reversed(range(request.steps))]
    return [*sizes[:-1], request.largest]


def measure_scale(
    source: Source | None, request: ScaleRequest, report: Report = lambda progress: None
) -> dict[str, Any]:  # fmt: skip
    """Measure every size; plain values. Without a source images are made up from nothing."""
    started = time.perf_counter()
    sizes = sizes_for(request)
    measured = []
    for done, rows in enumerate(sizes):

        def heard(progress: Progress, done: int = done) -> None:
            report(Progress(STAGE, done, len(sizes)))

        heard(Progress(STAGE, 0, 0))
        asked = BenchRequest(rows, None if request.made_up else source, (), request.runs, request.seed)
        with temporary_workspace(asked) as folder:
            measured.append(measure_sized(folder, asked, heard))
    report(Progress(STAGE, len(sizes), len(sizes)))
    growths = fitted(sizes, [one["figures"] for one in measured])
    last = measured[-1]["details"]
    return {
        "sizes": measured,
        "growths": {name: None if growth is None else asdict(growth) for name, growth in growths.items()},
        "synthetic": True,
        "of": "" if source is None or request.made_up else source.name,
        "dimension": DIMENSION if source is None or request.made_up else source.dimension,
        "table_bytes_each": round(last["table_bytes"] / sizes[-1], 1),
        "index_bytes_each": round(last["index_bytes"] / sizes[-1], 1),
        "seconds": round(time.perf_counter() - started, 1),
    }


def fitted(sizes: Sequence[int], figures: Sequence[Mapping[str, float]]) -> dict[str, Growth | None]:
    """The growth of every figure that each size has; None where nothing fits."""
    names = [name for name in GROWING if all(name in one for one in figures)]
    return {name: grow(sizes, [one[name] for one in figures]) for name in names}


def read_growths(record: Mapping[str, Any]) -> dict[str, Growth | None]:
    """The growths of a kept measurement."""
    return {
        name: None if held is None else Growth(**{**held, "kind": Kind(held["kind"])})
        for name, held in record.get("growths", {}).items()
    }


def _rounded(size: float) -> int:
    """Two digits, which are easier to read."""
    step = 10 ** max(0, len(str(int(size))) - 2)
    return int(round(size / step) * step)
