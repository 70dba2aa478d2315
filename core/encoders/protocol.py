"""What Vitrine needs of an encoder, and nothing more."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL.Image import Image

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """A dual encoder of images and texts. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """As in the setting."""

    @property
    def fingerprint(self) -> str:
        """Tells its weights from any others'."""

    @property
    def dimension(self) -> int:
        """Components of one vector."""

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """RGB images to unit vectors, shape (len(images), dimension)."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Texts to unit vectors, shape (len(texts), dimension)."""

    def pieces(self, word: str) -> int:
        """Into how many pieces it takes a word apart: one or two if often seen, many if hardly ever."""
