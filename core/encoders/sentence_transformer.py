"""Any CLIP-like sentence-transformers model as an encoder; torch is imported when one is made.

Pictures take a way of their own (`tower`), words and models that are not understood there sentence-transformers'
own. Either way vectors keep a cosine of 0.999 with those of float32, and for a model of the hub with those of its own
image processor, so a collection embedded on one machine can be searched on another.
"""

import os
import socket
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import numpy as np
from PIL.Image import Image

from core.encoders.protocol import Vectors
from core.encoders.threads import one_thread
from core.encoders.tower import tower_of
from core.encoders.weights import fingerprint
from core.errors import EncoderError

HUB_SECONDS = 5.0  # the model hub may take to answer


class SentenceTransformerEncoder:
    """An encoder from a sentence-transformers folder or hub name, on the CPU or whatever torch has."""

    def __init__(self, name: str, location: str) -> None:
        self.name = name
        self.fingerprint = fingerprint(location)
        self._lock = threading.Lock()
        self._model = _load(name, location)
        self._tower = tower_of(self._model)
        self.dimension = int(self.encode_texts(["a picture"]).shape[1])

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """RGB images to unit vectors, float32, shape (len(images), dimension)."""
        if not images:
            return np.zeros((0, self.dimension), np.float32)
        if self._tower is not None:
            with self._lock:
                return self._tower.encode(images)
        return self._encode(list(images))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Texts to unit vectors, float32, shape (len(texts), dimension)."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return self._encode([text.strip() or " " for text in texts])

    def pieces(self, word: str) -> int:
        """Into how many pieces the model's tokeniser takes a word apart; one it cannot read counts a piece a letter."""
        tokeniser = getattr(self._model.tokenizer, "tokenizer", self._model.tokenizer)
        tokens = tokeniser.tokenize(word)
        return len(word) if tokeniser.unk_token in tokens else len(tokens)

    def _encode(self, items: list[Any]) -> Vectors:
        with self._lock, one_thread() if self._tower is not None else nullcontext():
            vectors = self._model.encode(
                items, batch_size=len(items), convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, np.float32)


def _load(name: str, location: str) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    try:
        model = SentenceTransformer(location, local_files_only=Path(location).is_dir() or not _hub_answers())
    except (OSError, ValueError, ImportError, RuntimeError, KeyError, SafetensorError) as error:
        reason = "Its folder cannot be loaded" if Path(location).is_dir() else (
            "It is neither shipped nor a folder here, and fetching it failed"
        )  # fmt: skip
        raise EncoderError(
            f"The encoder “{name}” cannot be had.",
            f"{reason}: {_first_line(error)}",
            "Two ways on: copy the model into a folder and name that instead, or use the shipped vitrine-clip.",
        ) from error
    # Convolutions over this memory layout are about four times quicker on a CPU.
    return model.eval().to(memory_format=torch.channels_last)


def _hub_answers() -> bool:
    """Whether the model hub can be reached; asked once, because its own client tries for over a minute."""
    from huggingface_hub.constants import ENDPOINT, HF_HUB_OFFLINE

    if HF_HUB_OFFLINE:
        return False
    if getproxies().get("https"):
        return True
    address = urlsplit(ENDPOINT)
    try:
        with socket.create_connection((address.hostname or "", address.port or 443), HUB_SECONDS):
            return True
    except OSError:
        return False


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
