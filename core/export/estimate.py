"""How large a bundle will be, told from a few of its images before it is made."""

import os
from collections.abc import Sequence

from core.collection.catalog import Catalog, Row
from core.collection.store import Collection
from core.export.request import ExportRequest, read_recipe
from core.ingest.files import path_of

DRAWN = 40  # images that speak for all
SEED = 0
ROW_BYTES = 200  # of metadata, about
FLOAT_BYTES = 4


def estimate(collection: Collection, catalog: Catalog, request: ExportRequest, images: int) -> int | None:
    """Bytes of a bundle of so many images, about; None where their originals lie where a size is not told."""
    each = _image_bytes(collection, catalog, request)
    if each is None:
        return None
    vectors = 0 if request.embeddings == "none" else FLOAT_BYTES * catalog.encoder.dimension
    return round(images * (each + vectors + ROW_BYTES))


def _image_bytes(collection: Collection, catalog: Catalog, request: ExportRequest) -> float | None:
    if request.images == "none":
        return 0
    where = read_recipe(request, collection.name).where
    ids = request.ids[:DRAWN] or tuple(catalog.sample(where, DRAWN, SEED))
    rows = catalog.rows(ids)
    if request.images == "thumbnail":
        sizes = [len(data or b"") for data in collection.thumbnails([row.rowid for row in rows], catalog.dataset)]
    else:
        sizes = _original_sizes(rows)
    return sum(sizes) / len(sizes) if sizes else None


def _original_sizes(rows: Sequence[Row]) -> list[int]:
    """Sizes of the originals that are files of this machine."""
    sizes = []
    for row in rows:
        try:
            path = path_of(str(row.values["uri"]))
            if os.path.isabs(path):
                sizes.append(os.stat(path).st_size)
        except (OSError, ValueError):
            continue
    return sizes
