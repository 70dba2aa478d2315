"""Small files that only their owner may read: written whole or not at all, by one process at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from filelock import FileLock, Timeout

from core.errors import BusyError, StorageError

OWNER_ONLY = 0o600
LOCK_SECONDS = 10.0  # a write takes milliseconds


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock of a file among all processes, to read it and write it back; a BusyError after ten seconds."""
    folder = path.parent / "locks"
    lock = FileLock(folder / f".{path.name}.lock")  # the dot keeps it apart from the collections' locks
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise BusyError(
            f"Another process is writing {path.name}.",
            f"It has not finished within {LOCK_SECONDS:g} seconds.",
            "Try again.",
        ) from None
    except OSError as error:
        raise _refused(path, "written", error) from error
    try:
        yield
    finally:
        lock.release()


def read_private(path: Path) -> bytes | None:
    """The file's bytes, or None where there is no such file; one that cannot be read is a StorageError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(path, "read", error) from error


def write_private(path: Path, data: bytes) -> None:
    """Put `data` in the file's place; a reader sees the old bytes or the new ones, and no other user either."""
    temporary = path.parent / f".{path.name}.{token_hex(4)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, "written", error) from error


def _refused(path: Path, done: str, error: OSError) -> StorageError:
    return StorageError(
        f"{path.name} in the workspace cannot be {done}.",
        error.strerror or str(error),
        f"Check the rights and the room on the disk of {path}.",
    )
