"""Pictures made into what a model from the hub reads, exactly as its own image processor does, many at a time.

CLIP scales the shortest side and cuts out the middle, SigLIP and ViT squash. Pillow scales, and a whole batch is
normalised at once in 32-bit floats, which threads can do side by side and which is the same with or without
torchvision, whose presence changes the processor that transformers picks. There is no `reducing_gap`: pictures come
from decoding with at most 512 pixels on their long side, where it would change values and save nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

UNDERSTOOD = frozenset({"CLIPImageProcessor", "SiglipImageProcessor", "ViTImageProcessor"})
CHANNELS = 3
LONGEST = 8  # times the shortest side; of a longer picture only the middle is scaled, or a line would take gigabytes


@dataclass(frozen=True)
class Crop:
    """What an image tower reads, and how a picture becomes that."""

    width: int  # of what the tower reads, pixels
    height: int  # of what the tower reads, pixels
    shortest: int | None  # the shortest side before the middle is cut out, pixels; None: squashed, nothing cut off
    resample: Image.Resampling
    factor: float  # pixel values are multiplied by this first, mostly 1/255
    mean: tuple[float, ...]  # of each channel, after the factor
    deviation: tuple[float, ...]

    def fitted(self, image: Image.Image) -> Image.Image:
        """The part of one RGB picture that the tower sees, at its size."""
        if self.shortest is None:
            return image.resize((self.width, self.height), self.resample)
        width, height = (int(self.shortest * side / min(image.size)) for side in image.size)
        left, top = (width - self.width) // 2, (height - self.height) // 2
        part = (left, top, left + self.width, top + self.height)
        if max(width, height) <= LONGEST * self.shortest:
            return image.resize((width, height), self.resample).crop(part)
        across, down = image.width / width, image.height / height
        right, bottom = min(part[2] * across, image.width), min(part[3] * down, image.height)
        box = (left * across, top * down, right, bottom)
        return image.resize((self.width, self.height), self.resample, box)

    def batch(self, images: Sequence[Image.Image]) -> npt.NDArray[np.float32]:
        """RGB pictures as the tower's input: float32, shape (len(images), 3, height, width)."""
        pixels = np.empty((len(images), self.height, self.width, CHANNELS), np.uint8)
        for row, image in enumerate(images):
            pixels[row] = np.asarray(self.fitted(image))
        mean, deviation = np.asarray(self.mean), np.asarray(self.deviation)
        values = pixels.astype(np.float32)
        values *= (self.factor / deviation).astype(np.float32)
        values -= (mean / deviation).astype(np.float32)
        return values.transpose(0, 3, 1, 2)


def crop_of(processor: Any) -> Crop | None:
    """The crop that does what an image processor does; None where it has a setting that is not understood here."""
    kind = type(processor).__name__.removesuffix("Pil").removesuffix("Fast")
    steps = (processor.do_resize, processor.do_rescale, processor.do_normalize) if kind in UNDERSTOOD else (False,)
    if not all(steps) or getattr(processor, "do_pad", None):
        return None
    target = _target(_sides(processor.size), _sides(processor.crop_size) if processor.do_center_crop else None)
    mean, deviation = tuple(processor.image_mean), tuple(processor.image_std)
    if target is None or len(mean) != CHANNELS or len(deviation) != CHANNELS:
        return None
    return Crop(*target, Image.Resampling(processor.resample), float(processor.rescale_factor), mean, deviation)


def _sides(size: Any) -> dict[str, int]:
    return {name: int(value) for name, value in dict(size).items() if value}


def _target(size: dict[str, int], crop: dict[str, int] | None) -> tuple[int, int, int | None] | None:
    """Width, height and shortest side, if the settings are of one of the two kinds known."""
    if crop is None:
        return (size["width"], size["height"], None) if set(size) == {"width", "height"} else None
    if set(size) != {"shortest_edge"} or set(crop) != {"width", "height"}:
        return None
    fits = max(crop.values()) <= size["shortest_edge"]  # beyond that a processor pads with black
    return (crop["width"], crop["height"], size["shortest_edge"]) if fits else None
