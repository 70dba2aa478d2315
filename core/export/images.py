"""Puts a result's images into the bundle: originals read in threads, or thumbnails from the collection."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath

from core.collection.catalog import Catalog, Row
from core.collection.storage import storing
from core.collection.store import Collection
from core.errors import ImageError, NotFoundError, VitrineError
from core.export.files import fact_of
from core.export.journal import Kept
from core.export.names import suffix_for, suffix_in
from core.ingest.listed import WEB
from core.ingest.originals import OriginalReader
from core.timing import heard, step

MOST_TOGETHER = 16  # local images that a thread takes at a time: handing one over takes as long as writing it
THUMBNAIL_ROWS = 200  # in memory at a time
THUMBNAIL_SUFFIX = ".webp"


@dataclass(frozen=True, slots=True)
class Failure:
    """One image that is not in the bundle."""

    id: str
    outcome: str  # a word, as in an ingest's ledger
    reason: str  # one sentence


class ImageFolder:
    """The bundle's folder of images. Each file is whole from the moment it has its name."""

    def __init__(self, folder: Path, parts: Path, name: Callable[[Row, str], str]) -> None:
        """`parts` is another folder of the same disk, for files under way; `name` makes one of an image's suffix."""
        self._folder = folder
        self._parts = parts
        self.name = name

    def put(self, row: Row, name: str, data: bytes) -> Kept:
        """Write one file."""
        with step("place", 1, 1), storing(f"the image {name}"):
            target = self._folder / name
            if "/" in name:
                target.parent.mkdir(exist_ok=True)
            part = self._parts / target.name
            part.write_bytes(data)
            os.replace(part, target)
        return Kept(row.id, name, row.content_hash, len(data), hashlib.sha256(data).hexdigest())

    def still_holds(self, row: Row, suffix: str, kept: Kept | None) -> bool:
        """Whether the file that an earlier attempt wrote is there, whole, and the one that is wanted now."""
        if kept is None or kept.content_hash != row.content_hash or kept.file != self.name(row, suffix):
            return False
        path = self._folder / kept.file
        try:
            return path.stat().st_size == kept.bytes and fact_of(path, kept.file).sha256 == kept.sha256
        except OSError:
            return False


class Originals:
    """Writes originals, byte for byte."""

    def __init__(
        self, reader: OriginalReader, folder: ImageFolder, pool: ThreadPoolExecutor, threads: int
    ) -> None:  # fmt: skip
        self._reader = reader
        self._folder = folder
        self._pool = pool
        self._threads = threads

    def write(self, rows: Sequence[Row], known: dict[str, Kept]) -> Iterator[Kept | Failure]:
        """What becomes of each image, in order; as many are in memory as the pool has threads."""
        far = any(WEB.match(str(row.values["uri"])) for row in rows)
        size = 1 if far else max(1, min(MOST_TOGETHER, len(rows) // self._threads))
        parts = [rows[first : first + size] for first in range(0, len(rows), size)]
        return chain.from_iterable(self._pool.map(heard(partial(self._some, known)), parts))

    def _some(self, known: dict[str, Kept], rows: Sequence[Row]) -> list[Kept | Failure]:
        return [self._one(row, known.get(row.id)) for row in rows]

    def _one(self, row: Row, known: Kept | None) -> Kept | Failure:
        uri = str(row.values["uri"])
        suffix = suffix_in(uri)
        expected = suffix or (PurePosixPath(known.file).suffix if known else "")
        if known is not None and self._folder.still_holds(row, expected, known):
            return known
        try:
            with step("read", 1, 1):
                data = self._reader.read(uri)
        except VitrineError as error:
            return Failure(row.id, _word(error), error.title)
        if hashlib.sha256(data).hexdigest() != row.content_hash:
            reason = "The original is another picture than the one that was brought in."
            return Failure(row.id, "changed", reason)
        return self._folder.put(row, self._folder.name(row, suffix or suffix_for(data)), data)


class Thumbnails:
    """Writes the thumbnails that the collection holds, at the catalog's version."""

    def __init__(self, collection: Collection, catalog: Catalog, folder: ImageFolder) -> None:
        self._collection = collection
        self._catalog = catalog
        self._folder = folder

    def write(self, rows: Sequence[Row], known: dict[str, Kept]) -> Iterator[Kept | Failure]:
        """What becomes of each image, in order."""
        parts = (rows[first : first + THUMBNAIL_ROWS] for first in range(0, len(rows), THUMBNAIL_ROWS))
        return chain.from_iterable(self._some(part, known) for part in parts)

    def _some(self, rows: Sequence[Row], known: dict[str, Kept]) -> Iterator[Kept | Failure]:
        held = {row.id for row in rows if self._folder.still_holds(row, THUMBNAIL_SUFFIX, known.get(row.id))}
        lacking = [row for row in rows if row.id not in held]
        rowids = [row.rowid for row in lacking]
        with step("read", len(rowids), len(rowids)):
            read = self._collection.thumbnails(rowids, self._catalog.dataset) if rowids else []
        data = dict(zip((row.id for row in lacking), read, strict=True))
        for row in rows:
            if row.id in held:
                yield known[row.id]
            elif data[row.id]:
                yield self._folder.put(row, self._folder.name(row, THUMBNAIL_SUFFIX), data[row.id])
            else:
                yield Failure(row.id, "no-thumbnail", "The collection holds no thumbnail of this image.")


def _word(error: VitrineError) -> str:
    if isinstance(error, NotFoundError):
        return "missing"
    return error.code if isinstance(error, ImageError) else "unreadable"
