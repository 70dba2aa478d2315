"""Vectors of pictures that a search goes by and that no collection holds: given ones, and parts of any."""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL.Image import Image

from core.encoders.protocol import Encoder
from core.ingest.decode import WORK_PX, decode_pixels, hashes_of
from core.query.recipe import Box
from core.settings import Settings
from core.timing import step

MOST_VECTORS = 256  # remembered
MOST_ENLARGED = 8  # times; a smaller part of a picture is read no finer

Vector = npt.NDArray[np.float32]


class Pictured:
    """Encodes pictures, and remembers the latest ones' vectors. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._vectors: OrderedDict[tuple[str, str, Box | None], Vector] = OrderedDict()

    def vector(self, encoder: Encoder, content: str, read: Callable[[], tuple[bytes, bool]], box: Box | None) -> Vector:
        """The unit vector of a picture, or of a part of it, shape (dimension,).

        `content` names what `read` returns; where that is something else, as it says, the vector is not remembered.
        """
        key = (encoder.fingerprint, content, box)
        with self._lock:
            if key in self._vectors:
                self._vectors.move_to_end(key)
                return self._vectors[key]
        data, is_content = read()
        image = self._pixels(data, box)
        with step("encode", 1, 1):
            found = np.asarray(encoder.encode_images([image])[0], np.float32)
        with self._lock:
            if is_content:
                self._vectors[key] = found
            while len(self._vectors) > MOST_VECTORS:
                self._vectors.popitem(last=False)
        return found

    def hashes(self, data: bytes, box: Box | None) -> tuple[int, int]:
        """The perceptual and the difference hash of a picture, or of a part of it."""
        with step("hash"):
            return hashes_of(self._pixels(data, box))

    def _pixels(self, data: bytes, box: Box | None) -> Image:
        with step("decode", 1, 1):
            if box is None:
                return decode_pixels(data, self._settings)
            share = max(box.right - box.left, box.bottom - box.top)
            enlarged = min(MOST_ENLARGED, 1 / share)
            return cut(decode_pixels(data, self._settings, work_px=round(WORK_PX * enlarged)), box)


def cut(image: Image, box: Box) -> Image:
    """The part of a picture, at least one pixel wide and high."""
    width, height = image.size
    left, top = min(math.floor(box.left * width), width - 1), min(math.floor(box.top * height), height - 1)
    right, bottom = math.ceil(box.right * width), math.ceil(box.bottom * height)
    return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
