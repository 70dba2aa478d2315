"""Pictures of images that are in a collection already, read again from where they came from."""

import hashlib
import io
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass

from PIL import Image

from core.errors import ImageError, NotFoundError, VitrineError
from core.ingest.decode import decode_pixels
from core.ingest.originals import OriginalReader
from core.ingest.stream import in_threads
from core.settings import Settings
from core.timing import heard, step


@dataclass(frozen=True, slots=True)
class Stored:
    """What is needed to find an image's picture again."""

    id: str
    uri: str
    content_hash: str  # SHA-256 of the original when it came in


@dataclass(frozen=True, slots=True)
class Picture:
    """One image's pixels, as an encoder reads them."""

    id: str
    content_hash: str
    image: Image.Image  # RGB
    from_thumbnail: bool  # the original could not be read, or is another picture now


def pictures(
    rows: Iterable[Stored], thumbnail: Callable[[str], bytes], originals: OriginalReader, settings: Settings
) -> Generator[Picture, None, None]:
    """Read and decode pictures in threads, in the rows' order; `thumbnail` gives an id's WebP where all else fails.

    An image that has been deleted meanwhile is passed over.
    """

    def picture(row: Stored) -> Picture | None:
        try:
            with step("read", 1, 1):
                data = originals.read(row.uri)
            if hashlib.sha256(data).hexdigest() == row.content_hash:
                with step("decode", 1, 1):
                    return Picture(row.id, row.content_hash, decode_pixels(data, settings), False)
        except VitrineError:
            pass
        try:
            kept = Image.open(io.BytesIO(thumbnail(row.id))).convert("RGB")
        except NotFoundError:
            return None
        return Picture(row.id, row.content_hash, kept, True)

    with closing(in_threads(heard(picture), rows, settings)) as found:
        yield from (made for made in found if made is not None)


def original_bytes(row: Stored, originals: OriginalReader) -> bytes:
    """The original's file; an error where it is gone or is another picture now."""
    data = originals.read(row.uri)
    if hashlib.sha256(data).hexdigest() != row.content_hash:
        raise ImageError("The original is another picture now.", "", "Bring its source in again.")
    return data


def full_pixels(row: Stored, originals: OriginalReader, settings: Settings) -> Image.Image:
    """The original at its full size, RGB; an error where it is gone or is another picture now."""
    return decode_pixels(original_bytes(row, originals), settings, work_px=settings.max_pixels)
