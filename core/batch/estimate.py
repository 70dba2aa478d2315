"""How large the pictures of a set will be, told from a few of them before it is made."""

from dataclasses import replace

from core.augment.apply import Applier
from core.augment.output import encode, source_info
from core.augment.pipeline import Pipeline
from core.batch.request import AugmentRequest
from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.ingest.decode import decode_pixels
from core.ingest.listed import WEB
from core.ingest.originals import OriginalReader
from core.query.url import from_parameters
from core.settings import Settings

DRAWN = 8  # images that speak for all
SEED = 0
ROW_BYTES = 500  # of metadata for each picture, about


def estimate(
    catalog: Catalog,
    originals: OriginalReader,
    settings: Settings,
    pipeline: Pipeline,
    request: AugmentRequest,
) -> float | None:
    """Bytes of one picture with its metadata, about; None where none of a few can be made or they lie on the web."""
    sizes = []
    ids = request.ids[:DRAWN] or catalog.sample(from_parameters(request.recipe).where, DRAWN, SEED)
    applier = Applier(replace(pipeline, seed=SEED))
    for row in catalog.rows(ids):
        uri = str(row.values["uri"])
        if WEB.match(uri):
            continue
        try:
            data = originals.read(uri)
            pixels = decode_pixels(data, settings, work_px=settings.max_pixels)
            made = next(applier.variants(pixels, [0], row.id))
            sizes.append(len(encode(made.image, request.output, source_info(data))))
        except VitrineError:
            continue
    return sum(sizes) / len(sizes) + ROW_BYTES if sizes else None
