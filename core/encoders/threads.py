"""Work spread over the processor's cores: each thread takes pictures of its own, torch adds no threads to that."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@cache
def all_threads() -> int:
    """As many threads as torch would use; asked for before the first `one_thread`, in which torch says 1."""
    import torch

    return torch.get_num_threads()


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch's own threads out of what runs in this block.

    They wait for each other after every layer, and wait busily: on two cores with anything else running, such as the
    decoding of the next pictures, two threads take several times as long as one.
    """
    import torch

    threads = all_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def side_by_side(
    work: Callable[[Sequence[Item]], Result], items: Sequence[Item], workers: int, most: int
) -> list[Result]:
    """The results of `work` on pieces of at most `most` items, in order, from as many threads as `workers`.

    The threads wait for each other once, at the end. New ones are started each time, which takes a tenth of a
    millisecond and leaves nothing behind.
    """
    import torch

    size = max(1, min(most, math.ceil(len(items) / workers)))
    pieces = [items[first : first + size] for first in range(0, len(items), size)]
    with one_thread():
        if len(pieces) == 1:
            return [work(pieces[0])]
        with ThreadPoolExecutor(min(workers, len(pieces)), "encode", torch.set_num_threads, (1,)) as pool:
            return list(pool.map(work, pieces))
