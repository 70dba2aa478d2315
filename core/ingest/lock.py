"""One ingest at a time may write to a collection."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.collection.storage import storing
from core.errors import BusyError


@contextmanager
def only_writer(folder: Path, collection: str) -> Iterator[None]:
    """Hold a collection's lock in the workspace `folder`; the system frees the lock of a killed process."""
    lock = FileLock(folder / "locks" / f"{collection}.lock")
    try:
        with storing("the collection's lock"):
            (folder / "locks").mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(
            f"Another ingest is writing to “{collection}”.",
            "Only one may write to a collection at a time.",
            "Wait until it has finished, then start this one again.",
        ) from None
    try:
        yield
    finally:
        lock.release()
