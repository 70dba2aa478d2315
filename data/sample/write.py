"""The sample collection on disk: a folder of pictures and the table that describes them."""

import csv
import io
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from data.sample.raster import single_threaded
from data.sample.rows import COLUMNS, SampleRow, sample_rows
from data.sample.studio import draw

Progress = Callable[[int, int], None]

_CHUNK = 16
_STALE_AFTER = 3600.0
"""Seconds after which a half-written folder is taken for one that a killed run left."""


def write_sample(
    target: Path,
    count: int = 1200,
    seed: int = 7,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write `target/images/<id>.jpg` and `target/styles.csv`, and return `target`.

    The same count and seed give the same bytes, whatever the number of workers (default: one a core). The folder
    appears complete or not at all; an earlier sample in its place is replaced, anything else there is an error.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}")
    target = Path(target)
    _refuse_foreign(target)
    rows = sample_rows(count, seed)
    with _beside(target) as partial:
        (partial / "images").mkdir()
        done = 0
        for finished in _drawn(rows, seed, partial / "images", workers or os.cpu_count() or 1):
            done += finished
            if progress is not None:
                progress(done, count)
        (partial / "styles.csv").write_text(_table(rows), encoding="utf-8", newline="")
        _put_in_place(partial, target)
    return target


def _refuse_foreign(target: Path) -> None:
    """Refuse to replace what is not an earlier sample."""
    if not target.exists():
        return
    found = {entry.name for entry in target.iterdir()} if target.is_dir() else {target.name}
    if not found <= {"images", "styles.csv"}:
        raise FileExistsError(f"{target} holds other files: {', '.join(sorted(found)[:3])}")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside the target, and leave nothing of it, nor of runs that were killed long ago."""
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name}.partial-"
    for left in target.parent.glob(f"{prefix}*"):
        if time.time() - _last_touched(left) > _STALE_AFTER:
            shutil.rmtree(left, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    partial.chmod(0o755)
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _last_touched(folder: Path) -> float:
    images = folder / "images"
    return (images if images.exists() else folder).stat().st_mtime


def _put_in_place(partial: Path, target: Path) -> None:
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}.partial-", dir=target.parent))
        target.rename(old / "old")
        partial.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        partial.rename(target)


def _table(rows: list[SampleRow]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells() for row in rows)
    return text.getvalue()


def _drawn(rows: list[SampleRow], seed: int, folder: Path, workers: int) -> Iterator[int]:
    """Draw every row into the folder; yield how many each finished chunk held.

    A daemonic process may not have children, so there the work is done in place.
    """
    numbered = list(enumerate(rows))
    chunks = [(numbered[i : i + _CHUNK], seed, folder) for i in range(0, len(rows), _CHUNK)]
    if workers == 1 or len(chunks) == 1 or multiprocessing.current_process().daemon:
        yield from map(_draw_chunk, chunks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(chunks)), context, initializer=single_threaded) as pool:
        yield from pool.map(_draw_chunk, chunks)


def _draw_chunk(chunk: tuple[list[tuple[int, SampleRow]], int, Path]) -> int:
    rows, seed, folder = chunk
    for index, row in rows:
        picture = draw(row, np.random.default_rng([seed, index]))
        picture.save(folder / f"{row.id}.jpg", "JPEG", quality=90)
    return len(rows)
