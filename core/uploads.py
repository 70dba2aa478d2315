"""Pictures that were given to search by, kept so that a copied link shows the same result."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from core.collection.storage import storing
from core.errors import NotFoundError

MOST_UPLOADS = 1_000  # the least recently used beyond these are dropped


class Uploads:
    """A bounded folder of pictures by the SHA-256 of their bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Keep the bytes and return their digest."""
        digest = hashlib.sha256(data).hexdigest()
        with storing("the uploaded picture"):
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary = self._folder / f".{digest}.{token_hex(4)}"
            temporary.write_bytes(data)
            os.replace(temporary, self._folder / digest)
        self._drop_old()
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes of a kept picture, or a NotFoundError."""
        path = self._folder / digest
        if len(digest) == 64 and digest.isalnum():
            with suppress(FileNotFoundError):
                os.utime(path)
                return path.read_bytes()
        raise NotFoundError(
            "The picture this search was made with is no longer kept.",
            f"The {MOST_UPLOADS:,} most recent ones are.",
            "Drop the picture again.",
        )

    def _drop_old(self) -> None:
        paths = list(self._folder.glob("[0-9a-f]*"))
        if len(paths) <= MOST_UPLOADS:
            return
        for path in sorted(paths, key=_last_used)[: len(paths) - MOST_UPLOADS]:
            path.unlink(missing_ok=True)


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process dropped it meanwhile
        return 0.0
