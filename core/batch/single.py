"""One picture file through a pipeline to another file's bytes."""

from dataclasses import dataclass
from typing import Any

from core.augment.apply import apply
from core.augment.output import Output, check_output, encode, source_info
from core.augment.pipeline import Pipeline
from core.ingest.decode import decode_pixels
from core.settings import Settings


@dataclass(frozen=True)
class Single:
    """A made picture as a file."""

    data: bytes
    width: int  # pixels
    height: int
    drawn: dict[str, Any]


def augment_bytes(
    pipeline: Pipeline, data: bytes, settings: Settings, output: Output, variant: int = 0, key: str = ""
) -> Single:
    """Read a picture at its full size, change it and write it; the same arguments give the same bytes.

    With an image's id as `key` these are the pixels that a set of the collection has of it.
    """
    check_output(output)
    image = decode_pixels(data, settings, work_px=settings.max_pixels)
    made = apply(pipeline, image, variant, key)
    written = encode(made.image, output, source_info(data))
    return Single(written, made.image.width, made.image.height, made.drawn)
