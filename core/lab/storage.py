"""Reading images at random from loose files, one HDF5 file, one zip and a Lance table: the same bytes in all four.

What is read are the originals' bytes as they are, thumbnails where originals are gone; nothing is decoded. All four
hold the same images in the same order, and each round reads the same ones in the same random order, one after the other
as a viewer asks for them. Lance is asked for all of them together as well, which is how Vitrine reads, and so is HDF5.
Before anything is timed, what each gives is compared byte for byte.

“Warm” is read from the system's memory: everything was read before. “Cold” is read from the disk, where the system
lets its memory of these files be dropped; each round opens the files anew, and opening counts.
"""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.collection.catalog import Catalog, Row
from core.collection.store import Collection
from core.errors import InputError, StorageError, VitrineError
from core.ingest.originals import OriginalReader
from core.ingest.progress import Progress, Report
from core.lab.machine import forget
from core.lab.rounds import Spread, clocked, spread
from core.lab.stores import BATCH, STORE, STORES
from core.query.recipe import All

READ = 1_000
MOST_READ, MOST_HELD = 20_000, 50_000
HELD_TIMES = 4  # as many images are stored as are read, so that a round is a sample of what is there
MOST_BYTES = 2 * 1024**3  # of all images together; five times as much room is needed


@dataclass(frozen=True)
class StorageRequest:
    """What to measure."""

    images: int = READ  # read in each round
    rounds: int = 5
    seed: int = 0


@dataclass(frozen=True)
class StoragePoint:
    """One store, read in one way."""

    store: str
    together: bool  # asked for all images at once rather than one after the other
    cold: bool
    milliseconds: Spread  # of all images
    images_per_second: float
    bytes: int  # on the disk


def check_storage(asked: Mapping[str, Any]) -> StorageRequest:
    """A request from plain values, or an InputError."""
    try:
        request = StorageRequest(**asked)
        good = 1 <= request.images <= MOST_READ and 1 <= request.rounds <= 100 and request.seed >= 0
    except TypeError as error:
        raise InputError("The measurement cannot be read.", str(error)[:200]) from None
    if not good:
        raise InputError("This cannot be measured.", "", f"Read 1 to {MOST_READ:,} images in 1 to 100 rounds.")
    return request


def measure_storage(
    collection: Collection,
    catalog: Catalog,
    originals: OriginalReader,
    request: StorageRequest,
    report: Report = lambda progress: None,
) -> dict[str, Any]:
    """Measure in a temporary folder that is gone afterwards; plain values."""
    started = time.perf_counter()
    count = min(request.images * HELD_TIMES, MOST_HELD, catalog.count_all)
    if not count:
        raise InputError("There is nothing to read.", "The collection has no image.")
    read = min(request.images, count)
    rows = catalog.rows(catalog.sample(All(), count, request.seed))
    with tempfile.TemporaryDirectory(prefix="vitrine-storage-") as name:
        folder = Path(name)
        source, gone = _collect(folder / "source", rows, collection, catalog, originals, report)
        written = sum(path.stat().st_size for path in source)
        _check_room(folder, written)
        for store in STORES:
            report(Progress(f"Writing {store}", 0, len(rows)))
            STORE[store].write(folder / store, source)
        _check_equal(folder, source)
        read = min(read, len(source))
        points, cold = _all_points(folder, request, read, len(source), report)
    notes = [f"{gone:,} originals could not be had; their thumbnails are read instead."] if gone else []
    if not cold:
        notes.append("This system does not let its memory of files be dropped, so nothing was read cold.")
    return {
        "images": read,
        "held": len(source),
        "mean_bytes": round(written / max(1, len(source))),
        "thumbnails": gone,
        "rounds": request.rounds,
        "seed": request.seed,
        "points": [asdict(point) for point in points],
        "notes": notes,
        "seconds": round(time.perf_counter() - started, 2),
    }


def _collect(
    folder: Path,
    rows: Sequence[Row],
    collection: Collection,
    catalog: Catalog,
    originals: OriginalReader,
    report: Report,
) -> tuple[list[Path], int]:
    """Every image's bytes in a file of its own, and how many are thumbnails; images with neither are left out."""
    folder.mkdir()
    paths, gone, size = list[Path](), 0, 0
    for first in range(0, len(rows), BATCH):
        report(Progress("Reading originals", first, len(rows)))
        part = rows[first : first + BATCH]
        thumbnails = collection.thumbnails([row.rowid for row in part], catalog.dataset)
        for row, thumbnail in zip(part, thumbnails, strict=True):
            data = _original(row, originals)
            gone += data is None
            if data is None and not thumbnail:
                continue
            path = folder / f"{len(paths):06}"
            size += path.write_bytes(data or thumbnail)
            paths.append(path)
        if size > MOST_BYTES:
            break
    if not paths:
        raise InputError("There is nothing to read.", "No original can be had, and there are no thumbnails.")
    return paths, gone


def _original(row: Row, originals: OriginalReader) -> bytes | None:
    with suppress(VitrineError):
        data = originals.read(str(row.values["uri"]))
        if data and hashlib.sha256(data).hexdigest() == row.content_hash:
            return data
    return None


def _check_room(folder: Path, size: int) -> None:
    needed, free = size * len(STORES), shutil.disk_usage(folder).free
    if free < needed:
        detail = f"{folder.parent} has {free / 1e9:,.1f} GB free and {needed / 1e9:,.1f} GB are needed."
        raise StorageError("There is too little room to compare stores.", detail, "Ask for fewer images.")


def _check_equal(folder: Path, source: Sequence[Path]) -> None:
    """Every store gives every image's own bytes, one by one and together; anything else is a fault of ours."""
    for store in STORES:
        with _opened(folder, store) as held:
            for place, path in enumerate(source):
                assert held.one(place) == path.read_bytes(), f"{store} gives another image at {place}"
            if hasattr(held, "several"):
                places = list(range(len(source)))[:BATCH][::-1]
                assert held.several(places) == [source[place].read_bytes() for place in places], store


def _all_points(
    folder: Path, request: StorageRequest, read: int, held: int, report: Report
) -> tuple[list[StoragePoint], bool]:
    """Every store in every way, and whether anything could be read cold."""
    chance = np.random.default_rng(request.seed)
    drawn = [chance.choice(held, read, replace=False).tolist() for _ in range(request.rounds)]
    points, any_cold = [], False
    ways = [(store, together) for store in STORES for together in (False, True)]
    ways = [(store, together) for store, together in ways if not together or hasattr(STORE[store], "several")]
    for done, (store, together) in enumerate(ways):
        report(Progress(f"Reading {store}", done, len(ways)))
        size = sum(path.stat().st_size for path in (folder / store).rglob("*") if path.is_file())

        def point(cold: bool, times: list[float], size: int = size, way: tuple[str, bool] = (store, together)) -> None:
            found = spread(times)
            points.append(StoragePoint(*way, cold, found, round(1000 * read / found.median, 1), size))

        point(False, _warm(folder, store, drawn, together))
        cold = _cold(folder, store, drawn, together)
        if cold:
            any_cold = True
            point(True, cold)
    return points, any_cold


def _warm(folder: Path, store: str, drawn: Sequence[list[int]], together: bool) -> list[float]:
    with _opened(folder, store) as held:
        for places in drawn:  # once, so that all of it is in memory
            _read(held, places, together)
        return [clocked(lambda at=places: _read(held, at, together)) for places in drawn]  # type: ignore[misc]


def _cold(folder: Path, store: str, drawn: Sequence[list[int]], together: bool) -> list[float]:
    """Nothing where the system cannot be asked to forget."""
    times = []
    for places in drawn:
        if not forget(folder / store):
            return []

        def work(at: list[int] = places) -> None:
            with _opened(folder, store) as held:
                _read(held, at, together)

        times.append(clocked(work))
    return times


def _read(held: Any, places: list[int], together: bool) -> int:
    """How many bytes there were."""
    if together:
        return sum(len(data) for data in held.several(places))
    return sum(len(held.one(place)) for place in places)


@contextmanager
def _opened(folder: Path, store: str) -> Iterator[Any]:
    held = STORE[store](folder / store)
    try:
        yield held
    finally:
        held.close()
