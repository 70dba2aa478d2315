"""Turns what Lance and the system raise for a full or closed disk into one clear error."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import StorageError

AGAIN = "start the same command again: it goes on where it stopped."
# What is said about it, by what the error's text has in it.
KINDS = (
    (
        ("no space left", "disk quota", "os error 28", "os error 122", "storage full"),
        "The disk is full",
        f"Free some space and {AGAIN}",
    ),
    (
        ("file too large", "os error 27"),
        "Files may not grow that large here",
        f"Raise the limit on the size of files (ulimit -f) and {AGAIN}",
    ),
    (
        ("permission denied", "read-only file system", "os error 13)", "os error 30)"),
        "The workspace may not be written",
        f"Check the rights of the workspace's folder, or set VITRINE_WORKSPACE to another, and {AGAIN}",
    ),
)


@contextmanager
def storing(what: str) -> Iterator[None]:
    """Run a write; a full or closed disk becomes a StorageError, and anything else stays what it is."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        text = str(error).lower()
        for signs, title, hint in KINDS:
            if any(sign in text for sign in signs):
                detail = "Everything written before is kept."
                raise StorageError(f"{title}: {what} could not be written.", detail, hint) from error
        raise
