"""Pictures made by several processes: one interpreter alone is held up by its lock, whatever the libraries let go.

Each is a program of its own that is given images over its input and ends when that closes, so none outlives a killed
parent, and none loads more than it needs.
"""

import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import IO, Any, cast

from core.batch.picture import Lines, Maker, Order
from core.errors import StorageError
from core.ingest.originals import OriginalReader
from core.ingest.pictures import Stored
from core.ingest.stream import in_order
from core.settings import ROOT

CHUNK_IMAGES = 32  # handed to a process at a time
AHEAD = 2  # chunks that wait for each process, so that none waits for its next
LEAST_PICTURES = 400  # fewer are made sooner in this process than others start

Chunk = Sequence[Stored]


def by_threads(order: Order, originals: OriginalReader, chunks: Iterator[Chunk]) -> Generator[Lines, None, None]:
    """Make the pictures of each chunk in this process, in the chunks' order."""
    mine = threading.local()

    def lines(chunk: Chunk) -> Lines:
        if not hasattr(mine, "maker"):
            mine.maker = Maker(order, originals)
        return cast(Maker, mine.maker).lines(chunk)

    threads = max(1, order.settings.decode_threads)
    with ThreadPoolExecutor(threads, thread_name_prefix="augment") as pool:
        yield from in_order(pool, lines, chunks, threads * AHEAD)


def by_processes(order: Order, chunks: Iterator[Chunk], processes: int) -> Generator[Lines, None, None]:
    """Make the pictures of each chunk in other processes, in the chunks' order."""
    with _crew(order, processes) as idle, ThreadPoolExecutor(processes, thread_name_prefix="augment") as pool:

        def lines(chunk: Chunk) -> Lines:
            worker = idle.get()
            try:
                return worker.lines(chunk)
            finally:
                idle.put(worker)

        yield from in_order(pool, lines, chunks, processes * AHEAD)


class _Worker:
    """One other process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.batch.crew"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._given = Connection(os.dup(cast(IO[bytes], self._process.stdin).fileno()), readable=False)
        self._told = Connection(os.dup(cast(IO[bytes], self._process.stdout).fileno()), writable=False)

    def begin(self, order: Order) -> None:
        """Tell it what is to be made of every image."""
        self._ask(self._given.send, order)

    def lines(self, chunk: Chunk) -> Lines:
        """What it makes of some images; its StorageError is raised here."""
        self._ask(self._given.send, chunk)
        answer = self._ask(self._told.recv)
        if isinstance(answer, Exception):
            raise answer
        return cast(Lines, answer)

    def end(self) -> None:
        """Stop it, whatever it is at."""
        self._process.kill()
        self._process.communicate()
        self._given.close()
        self._told.close()

    def _ask(self, talk: Callable[..., Any], *what: object) -> Any:
        try:
            return talk(*what)
        except (OSError, EOFError) as error:
            hint = "It may have run out of memory. Start the same again: it goes on where it stopped."
            raise StorageError("A process that makes pictures died.", "", hint) from error


@contextmanager
def _crew(order: Order, processes: int) -> Iterator["SimpleQueue[_Worker]"]:
    """Workers that are idle; all are ended with the block."""
    idle: SimpleQueue[_Worker] = SimpleQueue()
    workers: list[_Worker] = []
    try:
        for _ in range(processes):
            workers.append(_Worker())
        for worker in workers:
            worker.begin(order)
            idle.put(worker)
        yield idle
    finally:
        for worker in workers:
            worker.end()


def main() -> None:
    """Make pictures of what comes in, until nothing more does."""
    given, told = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # whatever a library prints is no answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import cv2

    cv2.setNumThreads(1)  # there are as many processes as cores
    try:
        order: Order = given.recv()
        maker = Maker(order, OriginalReader(order.settings))
        while True:
            told.send(_answer(maker, given.recv()))
    except (EOFError, OSError, KeyboardInterrupt):
        os._exit(0)  # taking down what the libraries hold would only take time


def _end_with_parent() -> None:
    """End in the middle of a chunk too: whoever takes the set up again writes to the same folder."""
    watched = select.poll()
    watched.register(0, 0)  # asks for nothing but whether the other end is still open
    watched.poll()
    os._exit(0)


def _answer(maker: Maker, chunk: Chunk) -> Lines | StorageError:
    try:
        return maker.lines(chunk)
    except StorageError as error:
        return error


if __name__ == "__main__":
    main()
