"""Thumbnails that a page is about to ask for, read together: one by one they take fifty times as long."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from core.collection.catalog import Catalog, Row
from core.collection.store import Collection

MOST_THUMBNAILS = 2_000  # kept, some 6 kB each

Seen = tuple[Row, bytes]
"""An image's row and its WebP thumbnail."""


class Ahead:
    """The latest thumbnails that were read ahead. Safe to share between threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, int, str], Seen] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, collection: Collection, catalog: Catalog, rows: Sequence[Row]) -> None:
        """Read the thumbnails of these rows of a catalog's version, less those that are held."""
        place = collection.name, catalog.version
        missing = [row for row in rows if (*place, row.id) not in self._held]
        if not missing:
            return
        try:
            found = collection.thumbnails([row.rowid for row in missing], catalog.dataset)
        except (OSError, RuntimeError, ValueError):  # that version is gone; each is asked for alone later
            return
        if len(found) != len(missing):  # some are deleted by now
            return
        with self._lock:
            for row, thumbnail in zip(missing, found, strict=True):
                self._held[*place, row.id] = row, thumbnail
            while len(self._held) > MOST_THUMBNAILS:
                self._held.popitem(last=False)

    def get(self, name: str, version: int, id: str) -> Seen | None:
        """What is held of an image at a version of its collection."""
        with self._lock:
            return self._held.get((name, version, id))
