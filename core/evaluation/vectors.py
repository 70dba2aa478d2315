"""Where an evaluation's vectors come from: the collection, or an encoder that looks at its images again."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.collection.matrix import matrix_of
from core.collection.schema import vector_column
from core.encoders.protocol import Encoder
from core.evaluation.metrics import Vectors, unit
from core.ingest.pictures import Picture
from core.ingest.progress import Progress, Report

ROWS_AT_ONCE = 8_192  # read from the collection
TEXTS_AT_ONCE = 256


@dataclass(frozen=True)
class Looked:
    """One vector for each image that was drawn; unit length where usable."""

    vectors: Vectors  # shape (drawn, dimension)
    usable: NDArray[np.bool_]
    from_thumbnails: int = 0


def stored_vectors(dataset: Any, rowids: NDArray[np.int64]) -> Looked:
    """The vectors that a collection holds at these row ids of a dataset's version."""
    name = vector_column(dataset.schema)
    vectors = np.full((len(rowids), dataset.schema.field(name).type.list_size), np.nan, np.float32)
    for start in range(0, len(rowids), ROWS_AT_ONCE):
        rows = rowids[start : start + ROWS_AT_ONCE].tolist()
        found, there = matrix_of(dataset._take_rows(rows, columns=[name])[name])
        vectors[start : start + len(there)][there] = found
    return Looked(*unit(vectors))


class Meter:
    """An encoder at work, and what its work takes."""

    def __init__(self, encoder: Encoder, report: Report) -> None:
        self.encoder = encoder
        self.report = report
        self.images = self.texts = 0  # encoded
        self.image_seconds = self.text_seconds = 0.0

    def look(self, pictures: Iterator[Picture], count: int, batch: int) -> Looked:
        """Encode `count` pictures, a batch at a time; reading and decoding them counts as part of the work."""
        started = time.perf_counter()
        vectors = np.zeros((count, self.encoder.dimension), np.float32)
        thumbnails = done = 0
        while found := list(islice(pictures, max(1, batch))):
            vectors[done : done + len(found)] = self.encoder.encode_images([picture.image for picture in found])
            thumbnails += sum(picture.from_thumbnail for picture in found)
            done += len(found)
            self.report(Progress("Encoding images", done, count))
        self.images += done
        self.image_seconds += time.perf_counter() - started
        return Looked(*unit(vectors), thumbnails)

    def read(self, texts: Sequence[str]) -> tuple[Vectors, NDArray[np.bool_]]:
        """Encode texts to unit vectors, and tell which are usable."""
        started = time.perf_counter()
        vectors = np.zeros((len(texts), self.encoder.dimension), np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            some = texts[start : start + TEXTS_AT_ONCE]
            vectors[start : start + len(some)] = self.encoder.encode_texts(some)
            self.report(Progress("Encoding texts", start + len(some), len(texts)))
        self.texts += len(texts)
        self.text_seconds += time.perf_counter() - started
        return unit(vectors)

    def counted(self, stage: str, total: int) -> Callable[[int], None]:
        """Tells how far a stage is."""
        return lambda done: self.report(Progress(stage, done, total))
