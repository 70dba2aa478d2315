"""Single images: their rows, thumbnails and originals, and pictures to search by."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from core.collection.ahead import Ahead
from core.collection.catalog import Catalog, Row
from core.collection.hashes import Hash
from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.errors import NotFoundError, VitrineError
from core.ingest.originals import OriginalReader
from core.pictured import Pictured, Vector
from core.query.recipe import ImageId, Upload
from core.settings import Settings
from core.uploads import Uploads


def row_of(catalog: Catalog, collection: str, id: str) -> Row:
    """What is known about one image, or a NotFoundError."""
    rows = catalog.rows([id])
    if not rows:
        raise NotFoundError(f"There is no image “{id[:80]}” in “{collection}”.", "It may have been deleted.")
    return rows[0]


class Images:
    """Reads single images of any collection. Safe to share between threads."""

    def __init__(self, settings: Settings, originals: OriginalReader, uploads: Uploads) -> None:
        self._originals = originals
        self._uploads = uploads
        self._pictured = Pictured(settings)
        self._ahead = Ahead()

    def thumbnail(self, collection: Collection, catalog: Catalog, id: str) -> tuple[Row, bytes]:
        """One image's row and its WebP thumbnail."""
        held = self._ahead.get(collection.name, catalog.version, id)
        if held is not None:
            return held
        row = row_of(catalog, collection.name, id)
        return row, collection.thumbnails([row.rowid], catalog.dataset)[0]

    def read_ahead(self, collection: Collection, catalog: Catalog, rows: Sequence[Row]) -> None:
        """Read together the thumbnails that a browser is about to ask for."""
        self._ahead.read(collection, catalog, rows)

    def vector(
        self, collection: Collection, catalog: Catalog, encoder: Callable[[], Encoder], term: ImageId | Upload
    ) -> Vector:
        """The vector of a picture that no collection holds one of: a given one, or a part of any."""
        if isinstance(term, Upload):
            given = term.digest
            return self._pictured.vector(encoder(), given, lambda: (self._uploads.read(given), True), term.box)
        row = row_of(catalog, collection.name, term.id)
        seen = partial(self._seen, collection, catalog, row)
        return self._pictured.vector(encoder(), row.content_hash, seen, term.box)

    def hashes(self, collection: Collection, catalog: Catalog, term: ImageId | Upload) -> dict[Hash, int]:
        """The hashes of a given picture, or of a part of any."""
        if isinstance(term, Upload):
            data = self._uploads.read(term.digest)
        else:
            data = self._seen(collection, catalog, row_of(catalog, collection.name, term.id))[0]
        return dict(zip(Hash, self._pictured.hashes(data, term.box), strict=True))

    def _seen(self, collection: Collection, catalog: Catalog, row: Row) -> tuple[bytes, bool]:
        """An image's original, or its thumbnail where that cannot be had or is another picture now; and which it is."""
        with suppress(VitrineError):
            data = self._originals.read(str(row.values["uri"]))
            if hashlib.sha256(data).hexdigest() == row.content_hash:
                return data, True
        return collection.thumbnails([row.rowid], catalog.dataset)[0], False
