"""What happens to a picture before the image tower sees it.

The tower looks at an 80 by 64 frame. A picture is scaled to fit inside the frame with its aspect ratio kept and is
centred on white, because catalogue photos stand on white already: a 60 by 80 photo passes through without losing a
pixel, and a wide upload keeps its shape instead of being squashed. Only numpy and Pillow are used, so a front end can
hold the same code without torch.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

FRAME_HEIGHT = 80
FRAME_WIDTH = 64
REDUCING_GAP = 2.0
WHITE = (255, 255, 255)


def opened_at_scale(image: Image.Image) -> Image.Image:
    """Ask a JPEG that is not decoded yet for the smallest scale that still covers the frame.

    The decoder then skips most of the work: a 12-megapixel photo is read at an eighth of its size.
    """
    if image.format == "JPEG":
        image.draft("RGB", (int(FRAME_WIDTH * REDUCING_GAP), int(FRAME_HEIGHT * REDUCING_GAP)))
    return image


def flattened(image: Image.Image) -> Image.Image:
    """Return the picture as upright RGB, with whatever is transparent laid on white."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode == "RGB":
        return upright
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        with_alpha = upright.convert("RGBA")
        canvas = Image.new("RGB", with_alpha.size, WHITE)
        canvas.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return canvas
    return upright.convert("RGB")


def framed(image: Image.Image) -> Image.Image:
    """Scale the picture to fit the frame, aspect kept, centred on white; the answer is always 64 wide and 80 high."""
    picture = flattened(opened_at_scale(image))
    if picture.size == (FRAME_WIDTH, FRAME_HEIGHT):
        return picture
    scale = min(FRAME_WIDTH / picture.width, FRAME_HEIGHT / picture.height)
    width = min(FRAME_WIDTH, max(1, round(picture.width * scale)))
    height = min(FRAME_HEIGHT, max(1, round(picture.height * scale)))
    if (width, height) != picture.size:
        picture = picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=REDUCING_GAP)
    canvas = Image.new("RGB", (FRAME_WIDTH, FRAME_HEIGHT), WHITE)
    canvas.paste(picture, ((FRAME_WIDTH - width) // 2, (FRAME_HEIGHT - height) // 2))
    return canvas


def frames(images: Sequence[Image.Image]) -> NDArray[np.uint8]:
    """Return a batch of pictures as one uint8 array of shape (count, 80, 64, 3)."""
    batch = np.empty((len(images), FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)
    for row, image in enumerate(images):
        batch[row] = np.asarray(framed(image))
    return batch


def normalised(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn uint8 frames into what the tower reads: float32 of shape (count, 3, 80, 64) between -1 and 1."""
    scaled: NDArray[np.float32] = batch.astype(np.float32) / np.float32(127.5) - np.float32(1.0)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))
