"""Pictures fitted into the one frame an image tower looks at, many at a time.

A picture is scaled to fit inside the frame with its aspect ratio kept and is centred on white, as catalogue photos
are; squashing it would change what it shows. numpy and Pillow do this about a hundred times quicker than an image
processor that takes pictures one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

REDUCING_GAP = 2.0
WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Frame:
    """What an image tower reads."""

    width: int  # pixels
    height: int  # pixels
    mean: tuple[float, ...]  # of each channel, on a scale of 0 to 1
    deviation: tuple[float, ...]

    def fitted(self, image: Image.Image) -> Image.Image:
        """One RGB picture inside the frame, aspect kept, centred on white."""
        if image.size == (self.width, self.height):
            return image
        scale = min(self.width / image.width, self.height / image.height)
        width = min(self.width, max(1, round(image.width * scale)))
        height = min(self.height, max(1, round(image.height * scale)))
        if (width, height) != image.size:
            image = image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=REDUCING_GAP)
        canvas = Image.new("RGB", (self.width, self.height), WHITE)
        canvas.paste(image, ((self.width - width) // 2, (self.height - height) // 2))
        return canvas

    def batch(self, images: Sequence[Image.Image]) -> npt.NDArray[np.float32]:
        """RGB pictures as the tower's input: float32, shape (len(images), 3, height, width)."""
        pixels = np.empty((len(images), self.height, self.width, 3), np.uint8)
        for row, image in enumerate(images):
            pixels[row] = np.asarray(self.fitted(image))
        return self.normalised(pixels)

    def normalised(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Frames of shape (count, height, width, 3) as the tower's input, shape (count, 3, height, width)."""
        mean, deviation = (np.asarray(item, np.float32) for item in (self.mean, self.deviation))
        scaled: npt.NDArray[np.float32] = (pixels.astype(np.float32) / np.float32(255) - mean) / deviation
        return scaled.transpose(0, 3, 1, 2)
