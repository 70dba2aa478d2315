"""Turns what Lance raises for a full or broken disk into one clear error."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import StorageError

FULL = ("no space left", "disk quota", "os error 28", "os error 122", "storage full")


@contextmanager
def storing(what: str) -> Iterator[None]:
    """Run a write; a full disk becomes a StorageError, and anything else stays what it is."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        text = str(error).lower()
        if any(sign in text for sign in FULL):
            raise StorageError(
                f"The disk is full: {what} could not be written.",
                "Everything written before is kept.",
                "Free some space and start the same command again: it goes on where it stopped.",
            ) from error
        raise
