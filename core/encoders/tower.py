"""The image half of a model, on a CPU as fast as was found to be possible.

Pictures are prepared in batches (`frame` for the shipped encoder and its like, `crop` for models of the hub), in as
many threads as there are cores (`threads`), and multiplied in bfloat16 where the processor can and the vectors stay
what they are (`precision`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL.Image import Image

from core.encoders.crop import Crop, crop_of
from core.encoders.folding import fold_norms
from core.encoders.frame import Frame
from core.encoders.precision import arithmetic, multiplies_bfloat16, narrow_if_same, probe_pictures
from core.encoders.protocol import Vectors
from core.encoders.threads import all_threads, side_by_side

PIECE_IMAGES = 8  # one thread takes at a time; fewer read the weights too often, more leave a core idle at the end
PIECE_FRAMES = 16  # what is computed on the way stays near the processor; 64 take half as long again each
IMAGE_HALF = ("vision_model", "visual_projection")  # of a CLIP or SigLIP model
FRAMED_MODEL = "vision-text-dual-encoder"  # reads a frame of fixed shape, into which pictures are fitted


class ImageTower:
    """Pictures to vectors. One thread at a time may ask; it spreads the work itself."""

    def __init__(self, model: Any, reads: Crop | Frame, piece: int) -> None:
        self._model = model
        self._reads = reads
        on_cpu = model.device.type == "cpu"
        self._workers = all_threads() if on_cpu else 1
        self._piece = piece if on_cpu else None  # None: all at once
        self._is_narrow: bool | None = None  # not known before the first picture; a search by words never needs it

    def encode(self, images: Sequence[Image]) -> Vectors:
        """RGB pictures, at least one, to unit vectors, float32, shape (len(images), dimension)."""
        if self._is_narrow is None:
            self._is_narrow = self._narrowed()
        return self._vectors(images, self._is_narrow)

    def _narrowed(self) -> bool:
        if not multiplies_bfloat16(self._model.device.type):
            return False
        clip, pictures = self._model[0].model, probe_pictures()
        parts = [getattr(clip, name) for name in IMAGE_HALF if hasattr(clip, name)]
        return narrow_if_same(parts, lambda narrow: self._vectors(pictures, narrow))

    def _vectors(self, images: Sequence[Image], narrow: bool) -> Vectors:
        import torch

        def encoded(piece: Sequence[Image]) -> Vectors:
            pixels = torch.from_numpy(self._reads.batch(piece)).to(self._model.device)
            with torch.inference_mode(), arithmetic(narrow):
                vectors = self._model({"pixel_values": pixels, "modality": "image"})["sentence_embedding"].float()
            return np.asarray(torch.nn.functional.normalize(vectors, dim=-1).cpu().numpy())

        return np.concatenate(side_by_side(encoded, images, self._workers, self._piece or len(images)))


def tower_of(model: Any) -> ImageTower | None:
    """The image half of a sentence-transformers model; None where its own processor has to be used."""
    first = model[0]
    processor = getattr(getattr(first, "processor", None), "image_processor", None)
    frame = _frame_of(first, processor)
    if frame is not None:
        fold_norms(first.model.vision_model, (frame.height, frame.width))
        return ImageTower(model, frame, PIECE_FRAMES)
    method = getattr(first, "modality_config", {}).get("image", {}).get("method")
    crop = crop_of(processor) if method == "get_image_features" else None
    return ImageTower(model, crop, PIECE_IMAGES) if crop else None


def _frame_of(first: Any, processor: Any) -> Frame | None:
    """The frame of a model that reads one of fixed shape."""
    if getattr(getattr(first, "config", None), "model_type", "") != FRAMED_MODEL:
        return None
    size = processor.size
    if size.get("height") is None or size.get("width") is None:
        return None
    return Frame(size["width"], size["height"], tuple(processor.image_mean), tuple(processor.image_std))
