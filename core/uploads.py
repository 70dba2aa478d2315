"""Pictures that were given to search by: held in memory, and stored only where something asked for has to find them."""

import hashlib
import os
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from core.collection.storage import storing
from core.errors import NotFoundError

MOST_HELD = 1_000  # pictures in memory; the least recently used beyond these, or beyond the bytes, are dropped
MOST_HELD_BYTES = 256 * 1024**2
MOST_KEPT = 1_000  # pictures on disk; the least recently used beyond these are dropped


class Uploads:
    """Pictures by the SHA-256 of their bytes. Safe to share between threads; other processes see what is kept."""

    def __init__(self, folder: Path, most_held_bytes: int = MOST_HELD_BYTES) -> None:
        self._folder = folder
        self._most_held_bytes = most_held_bytes
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._held_bytes = 0
        self._lock = threading.Lock()

    def hold(self, data: bytes) -> str:
        """Hold the bytes in memory and return their digest; a link that names it works while this process does."""
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            self._held_bytes += len(data) - len(self._held.pop(digest, b""))
            self._held[digest] = data
            while len(self._held) > MOST_HELD or (self._held_bytes > self._most_held_bytes and len(self._held) > 1):
                self._held_bytes -= len(self._held.popitem(last=False)[1])
        return digest

    def keep(self, digest: str) -> None:
        """Store a held picture, for a job or a view that outlives this process; NotFoundError where there is none."""
        data = self.read(digest)
        with storing("the uploaded picture"):
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary = self._folder / f".{digest}.{token_hex(4)}"
            temporary.write_bytes(data)
            os.replace(temporary, self._folder / digest)
        self._drop_old()

    def read(self, digest: str) -> bytes:
        """The bytes of a held or kept picture, or a NotFoundError."""
        with self._lock:
            if digest in self._held:
                self._held.move_to_end(digest)
                return self._held[digest]
        path = self._folder / digest
        if len(digest) == 64 and digest.isalnum():
            with suppress(FileNotFoundError):
                os.utime(path)
                return path.read_bytes()
        raise NotFoundError(
            "The picture this search was made with is no longer held.",
            f"The {MOST_HELD:,} most recent ones are, until the server ends; those of saved views and jobs are stored.",
            "Drop the picture again.",
        )

    def _drop_old(self) -> None:
        paths = list(self._folder.glob("[0-9a-f]*"))
        if len(paths) <= MOST_KEPT:
            return
        for path in sorted(paths, key=_last_used)[: len(paths) - MOST_KEPT]:
            path.unlink(missing_ok=True)


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process dropped it meanwhile
        return 0.0
