"""`vitrine bench --rows`: a made-up or enlarged collection in a temporary workspace, measured beside baselines.

Every stage has a process of its own, so the memory that is quoted is what answering takes and nothing else. The
workspace is removed at the end, also when it is interrupted.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import InputError, StorageError, VitrineError
from core.ingest.progress import Progress, Report
from core.lab.answering import RUNS
from core.lab.machine import machine, versions
from core.lab.process import StageError, run_stage
from core.lab.questions import FIGURES, WORDS
from core.lab.stages import BASELINES, TEMPORARY
from core.lab.vectors import DIMENSION

FORMAT = 1
NAME = "made-up"
LEAST_ROWS, MOST_ROWS = 100, 100_000_000
BASELINES_SECONDS = 600.0  # for all of them together
ROW_BYTES = 600  # of metadata and its indexes, an image; vectors and thumbnails come on top


@dataclass(frozen=True)
class Source:
    """A collection of the workspace that is enlarged."""

    folder: Path  # of the workspace
    name: str
    dimension: int
    thumbnail_bytes: int = 0  # of an image, on average


@dataclass(frozen=True)
class BenchRequest:
    """What to measure."""

    rows: int
    source: Source | None = None  # None for images that are made up from nothing
    baselines: Sequence[str] = BASELINES
    runs: int = RUNS
    seed: int = 0


def run_bench(request: BenchRequest, report: Report = lambda progress: None) -> dict[str, Any]:
    """Measure; plain values as `--json` prints them."""
    if not LEAST_ROWS <= request.rows <= MOST_ROWS:
        raise InputError(f"{request.rows:,} rows cannot be measured.", "", f"From {LEAST_ROWS:,} to {MOST_ROWS:,} can.")
    facts, began, at = machine(), time.perf_counter(), datetime.now(UTC)
    with temporary_workspace(request) as folder:
        measured = measure_sized(folder, request, report)
        until = time.perf_counter() + BASELINES_SECONDS
        baselines = {name: _baseline(name, folder, until, report) for name in request.baselines}
    return {
        "format": FORMAT,
        "at": at.isoformat(timespec="seconds"),
        "rows": measured["rows"],
        "synthetic": True,
        "collection": "" if request.source is None else request.source.name,
        "dimension": DIMENSION if request.source is None else request.source.dimension,
        "machine": facts,
        "versions": versions(),
        "figures": measured["figures"],
        "baselines": baselines,
        "meaning": WORDS,
        "spreads": measured["spreads"],
        "details": measured["details"],
        "seconds": round(time.perf_counter() - began, 1),
    }


def measure_sized(folder: Path, request: BenchRequest, report: Report) -> dict[str, Any]:
    """Build and index the collection in a workspace, then ask it from a new process."""
    source = request.source
    asked: dict[str, Any] = {"folder": str(folder), "name": NAME, "rows": request.rows, "seed": request.seed}
    if source is not None:
        asked["source"] = {"folder": str(source.folder), "name": source.name}
    built = run_stage("build", asked, report)
    answered = run_stage("ask", {**asked, "runs": request.runs}, report).found
    figures = {**answered["figures"], "index_build_s": built.found["index_build_s"]}
    details = {
        **answered["details"],
        **{name: built.found[name] for name in ("make_s", "table_bytes", "index_bytes")},
        "index_rss_mb": built.rss_mb,
        "opened_from_disk": answered["cold"],
    }
    ordered = {name: figures[name] for name in FIGURES if name in figures}
    return {"rows": answered["rows"], "figures": ordered, "spreads": answered["spreads"], "details": details}


@contextmanager
def temporary_workspace(request: BenchRequest) -> Iterator[Path]:
    """A folder that is gone after the block, on a disk that has the room."""
    dimension, thumbnail = DIMENSION, 0
    if request.source is not None:
        dimension, thumbnail = request.source.dimension, request.source.thumbnail_bytes
    needed = int(request.rows * (1.3 * 4 * dimension + ROW_BYTES + thumbnail))
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < needed:
        raise StorageError(
            f"Measuring {request.rows:,} rows needs {needed / 1e9:,.1f} GB of disk.",
            f"{tempfile.gettempdir()} has {free / 1e9:,.1f} GB free.",
            "Set TMPDIR to a folder on another disk, or ask for fewer rows.",
        )
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        yield Path(folder)


def _baseline(name: str, folder: Path, until: float, report: Report) -> Mapping[str, Any]:
    """One baseline's figures; one that fails, or for which no time is left, says so and spoils nothing else."""
    report(Progress(f"Baseline {name}", 0, 1))
    try:
        ended = run_stage(name, {"folder": str(folder), "name": NAME}, report, max(1.0, until - time.perf_counter()))
    except StageError as error:
        return {"failed": f"{error.title} {error.detail}"}
    except VitrineError as error:
        return {"failed": str(error)}
    return {**ended.found, "rss_mb": ended.rss_mb}
