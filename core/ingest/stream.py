"""Files to vectors: read and decoded in threads ahead of the encoder, which takes them in batches."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.encoders.protocol import Encoder
from core.errors import ImageError
from core.ingest.decode import Decoded, decode
from core.ingest.items import Item, Source
from core.settings import Settings
from core.timing import heard, step

BATCHES_AHEAD = 2  # decoded while the encoder works, so that it never waits; this bounds memory too

Outcome = Decoded | ImageError
Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Encoded:
    """What goes into the collection of one file; the pixels are let go."""

    item: Item
    width: int
    height: int
    thumbnail: bytes  # WebP
    content_hash: str
    phash: int
    dhash: int
    vector: npt.NDArray[np.float32]  # unit length, shape (dimension,)


def decoded(source: Source, items: Sequence[Item], settings: Settings) -> Generator[tuple[Item, Outcome], None, None]:
    """Each item with its picture, or with the error that says why there is none; in the items' order."""

    def outcome(item: Item) -> Outcome:
        try:
            with step("read", 1, 1):
                data = source.read(item)
            with step("decode", 1, 1):
                return decode(data, settings)
        except ImageError as error:
            return error

    with closing(in_threads(heard(outcome), items, settings)) as outcomes:
        yield from zip(items, outcomes, strict=True)


def in_threads(
    work: Callable[[Given], Made], items: Iterable[Given], settings: Settings
) -> Generator[Made, None, None]:
    """What `work` makes of each item, in their order; only as far ahead of whoever asks as memory should bear."""
    threads = max(1, settings.decode_threads)
    room = threads + BATCHES_AHEAD * max(1, settings.batch_images)
    with ThreadPoolExecutor(threads, thread_name_prefix="decode") as pool:
        yield from in_order(pool, work, items, room)


def in_order(
    pool: ThreadPoolExecutor, work: Callable[[Given], Made], items: Iterable[Given], room: int
) -> Generator[Made, None, None]:
    """What `work` makes of each item in a pool's threads, in their order; `room` of them are begun or wait at most."""
    waiting = iter(items)
    ahead: deque[Future[Made]] = deque()
    try:
        ahead.extend(pool.submit(work, item) for item in islice(waiting, room))
        while ahead:
            found = ahead.popleft().result()
            ahead.extend(pool.submit(work, item) for item in islice(waiting, 1))
            yield found
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class Batch:
    """Pictures on their way to the encoder."""

    def __init__(self, encoder: Callable[[], Encoder], size: int) -> None:
        self._encoder = encoder
        self._size = max(1, size)
        self._waiting: list[tuple[Item, Decoded]] = []

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= self._size

    def add(self, item: Item, picture: Decoded) -> None:
        """Take one picture."""
        self._waiting.append((item, picture))

    def encode(self) -> list[Encoded]:
        """Encode what has gathered."""
        if not self._waiting:
            return []
        with step("encode", len(self._waiting), len(self._waiting)):
            vectors = self._encoder().encode_images([picture.image for _, picture in self._waiting])
        encoded = [
            Encoded(
                item,
                picture.width,
                picture.height,
                picture.thumbnail,
                picture.content_hash,
                picture.phash,
                picture.dhash,
                vector,
            )
            for (item, picture), vector in zip(self._waiting, vectors, strict=True)
        ]
        self._waiting = []
        return encoded
