"""The journal of an export under way: which images are in the bundle already, on disk however many they are."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import StorageError

LOOKUP_IDS = 5_000  # at a time; SQLite takes 32,766 parameters
TABLE = (
    "CREATE TABLE IF NOT EXISTS images (id TEXT PRIMARY KEY, file TEXT NOT NULL, content_hash TEXT NOT NULL,"
    " bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, place INTEGER) WITHOUT ROWID"
)
INDEX = "CREATE INDEX IF NOT EXISTS by_file ON images (file)"


@dataclass(frozen=True, slots=True)
class Kept:
    """One image that is in the bundle."""

    id: str
    file: str  # name inside the folder of images, with that of its class where there are such
    content_hash: str  # SHA-256 of the original
    bytes: int  # of the file in the bundle
    sha256: str  # of the file in the bundle


class Journal:
    """Images in the bundle by id; for one thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the journal; what an earlier attempt left counts once it is placed again."""
        with _writing():
            try:
                self._connection = _opened(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                path.unlink()  # damaged: every image is made again
                self._connection = _opened(path)

    def of(self, ids: Sequence[str]) -> dict[str, Kept]:
        """What is known about these images."""
        found: dict[str, Kept] = {}
        for first in range(0, len(ids), LOOKUP_IDS):
            some = ids[first : first + LOOKUP_IDS]
            marks = ", ".join("?" for _ in some)
            text = f"SELECT id, file, content_hash, bytes, sha256 FROM images WHERE id IN ({marks})"
            found.update((row[0], Kept(*row)) for row in self._connection.execute(text, some))
        return found

    def place(self, images: Sequence[tuple[int, Kept]]) -> None:
        """Note images with their places in the result, in one commit."""
        rows = [(kept.id, kept.file, kept.content_hash, kept.bytes, kept.sha256, place) for place, kept in images]
        with _writing(), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO images VALUES (?, ?, ?, ?, ?, ?)", rows)

    def placed(self) -> Iterator[Kept]:
        """Every image of the result, in its order."""
        text = "SELECT id, file, content_hash, bytes, sha256 FROM images WHERE place IS NOT NULL ORDER BY place"
        return (Kept(*row) for row in self._connection.execute(text))

    def is_placed(self, file: str) -> bool:
        """Whether a file is one of the result's images."""
        text = "SELECT 1 FROM images WHERE file = ? AND place IS NOT NULL"
        return self._connection.execute(text, (file,)).fetchone() is not None

    def close(self) -> None:
        self._connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA synchronous = OFF")  # a power cut may damage it, and it is made anew
        with connection:
            connection.execute(TABLE)
            connection.execute(INDEX)
            connection.execute("UPDATE images SET place = NULL")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StorageError(
            "The export's journal could not be written.",
            f"The disk may be full: {error}.",
            "Free some space and start the same export again: it goes on where it stopped.",
        ) from error
