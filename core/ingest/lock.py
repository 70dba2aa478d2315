"""One process at a time may write images to a collection, or make its vectors anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.collection.storage import storing
from core.errors import BusyError


@contextmanager
def only_writer(folder: Path, collection: str, *, wait: bool = False) -> Iterator[None]:
    """Hold a collection's lock in the workspace `folder`; with `wait`, once whoever holds it has finished."""
    busy = BusyError(
        f"Another process is writing to “{collection}”.",
        "An ingest, or vectors that are being made anew; only one may write to a collection at a time.",
        "Wait until it has finished, then start this one again.",
    )
    with _held(folder, collection, busy, wait):
        yield


@contextmanager
def only_embedder(folder: Path, collection: str) -> Iterator[None]:
    """Hold the lock of making a collection's vectors anew, beside which images may still be brought in."""
    busy = BusyError(
        f"The vectors of “{collection}” are being made anew already.",
        "Only one process at a time may do that.",
        "Wait until it has finished, or stop it; what it has made is kept.",
    )
    with _held(folder, f"{collection}.embed", busy, wait=False):
        yield


@contextmanager
def _held(folder: Path, name: str, busy: BusyError, wait: bool) -> Iterator[None]:
    """Hold a lock; the system frees that of a killed process."""
    lock = FileLock(folder / "locks" / f"{name}.lock")
    try:
        with storing("the collection's lock"):
            (folder / "locks").mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        raise busy from None
    try:
        yield
    finally:
        lock.release()
