"""What happens to a picture before the image tower sees it.

The tower looks at a 140 by 112 frame. A picture is scaled to fit inside the frame with its aspect ratio kept and is
centred on white, because catalogue photos stand on white already, and a wide upload keeps its shape instead of being
squashed. The dashboard fits pictures with the same code.

The archive's photos are 60 by 80 pixels, so training keeps frames of two thirds that size, which such a photo passes
into without losing a pixel, and enlarges them on the way to the tower.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.encoders.frame import REDUCING_GAP, Frame
from core.ingest.decode import to_rgb

FRAME_HEIGHT, FRAME_WIDTH = 140, 112
KEPT_HEIGHT, KEPT_WIDTH = 80, 64
FRAME = Frame(FRAME_WIDTH, FRAME_HEIGHT, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
KEPT_FRAME = Frame(KEPT_WIDTH, KEPT_HEIGHT, FRAME.mean, FRAME.deviation)


def opened_at_scale(image: Image.Image) -> Image.Image:
    """Ask a JPEG that is not decoded yet for the smallest scale that still covers the frame.

    The decoder then skips most of the work: a 12-megapixel photo is read at an eighth of its size.
    """
    if image.format == "JPEG":
        image.draft("RGB", (int(FRAME_WIDTH * REDUCING_GAP), int(FRAME_HEIGHT * REDUCING_GAP)))
    return image


def framed(image: Image.Image) -> Image.Image:
    """Any picture upright in the frame, aspect kept, centred on white; the answer is always 112 wide and 140 high."""
    return FRAME.fitted(_upright(image))


def kept(image: Image.Image) -> Image.Image:
    """Any picture as training keeps it: as `framed`, but 64 wide and 80 high."""
    return KEPT_FRAME.fitted(_upright(image))


def _upright(image: Image.Image) -> Image.Image:
    return to_rgb(ImageOps.exif_transpose(opened_at_scale(image)))


def frames(images: Sequence[Image.Image]) -> NDArray[np.uint8]:
    """Return a batch of pictures as one uint8 array of shape (count, 140, 112, 3)."""
    return np.stack([np.asarray(framed(image)) for image in images])


def normalised(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn uint8 frames into what the tower reads: float32 of shape (count, 3, 140, 112) between -1 and 1."""
    return np.ascontiguousarray(FRAME.normalised(batch))
