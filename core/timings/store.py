"""The workspace's records in one SQLite file, which any number of processes read and write; the oldest ones go.

SQLite in its write-ahead mode keeps readers and a writer out of each other's way, and a killed process leaves nothing
half written.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from core.timings.record import MOST_ENGLISH, Record, read_recipe, read_steps, recipe_text, steps_text

FOLDER, FILE = "timings", "timings.sqlite"
COLUMNS = (
    "id", "at", "kind", "collection", "english", "recipe", "first", "rows", "matching", "milliseconds", "front",
    "who", "steps",
)  # fmt: skip
TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, collection TEXT NOT NULL,
    english TEXT NOT NULL, recipe TEXT NOT NULL, first INTEGER NOT NULL, rows INTEGER NOT NULL,
    matching INTEGER NOT NULL, milliseconds REAL NOT NULL, front TEXT NOT NULL, who TEXT NOT NULL, steps TEXT NOT NULL
)
"""
READ_SECONDS = 2.0  # waited for a lock


@dataclass(frozen=True)
class Wanted:
    """Which records are read."""

    kinds: tuple[str, ...] = ()  # all where none is named
    collection: str | None = None
    since: str = ""  # UTC, ISO 8601
    after: int = 0  # id
    limit: int | None = None
    slowest: bool = False  # first, else the newest

    def takes(self, record: Record) -> bool:
        """Whether a record is among them, however many there are."""
        return (
            (not self.kinds or record.kind in self.kinds)
            and self.collection in (None, record.collection)
            and record.at >= self.since
            and record.id > self.after
        )


@dataclass(frozen=True)
class Point:
    """The little of a record that charts and percentiles go by."""

    id: int
    at: str
    kind: str
    milliseconds: float
    rows: int


class Store:
    """The file with the records."""

    def __init__(self, folder: Path, most: int) -> None:
        self.path = folder / FOLDER / FILE
        self._most = most

    @contextlib.contextmanager
    def opened(self, seconds: float) -> Iterator[sqlite3.Connection]:
        """The file to write to, made if need be; waits so long for a lock."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(self.path, timeout=seconds, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(TABLE)
            yield connection

    def append(self, connection: sqlite3.Connection, records: Sequence[Record]) -> None:
        """Write records in one transaction, and let go of those beyond the most that are kept."""
        names = ", ".join(COLUMNS[1:])
        marks = ", ".join("?" * len(COLUMNS[1:]))
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(f"INSERT INTO answers ({names}) VALUES ({marks})", map(_values, records))
            connection.execute("DELETE FROM answers WHERE id <= (SELECT max(id) FROM answers) - ?", (self._most,))
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def set_aside(self) -> None:
        """Move a damaged file out of the way, so that a new one is begun."""
        with contextlib.suppress(OSError):
            self.path.replace(self.path.with_suffix(".damaged"))
            for beside in ("-wal", "-shm"):  # of the old file; the new one must not take them for its own
                self.path.with_name(self.path.name + beside).unlink(missing_ok=True)

    def records(self, wanted: Wanted) -> list[Record]:
        """Records, newest or slowest first."""
        return [_record(row) for row in self._read(", ".join(COLUMNS), wanted)]

    def points(self, wanted: Wanted) -> list[Point]:
        """The same in little, which is quick for all there are."""
        return [Point(*row) for row in self._read("id, at, kind, milliseconds, rows", wanted)]

    def _read(self, columns: str, wanted: Wanted) -> list[tuple[Any, ...]]:
        if not self.path.is_file():
            return []
        asked: dict[str, tuple[Any, ...]] = {
            f"kind IN ({', '.join('?' * len(wanted.kinds))})": wanted.kinds,
            "collection = ?": (wanted.collection,) if wanted.collection is not None else (),
            "at >= ?": (wanted.since,) if wanted.since else (),
            "id > ?": (wanted.after,) if wanted.after else (),
        }
        given = {text: values for text, values in asked.items() if values}
        where = " AND ".join(given) or "true"
        order = "milliseconds DESC, id DESC" if wanted.slowest else "id DESC"
        limit = -1 if wanted.limit is None else wanted.limit
        with contextlib.closing(sqlite3.connect(self.path, timeout=READ_SECONDS)) as connection:
            sql = f"SELECT {columns} FROM answers WHERE {where} ORDER BY {order} LIMIT ?"
            return connection.execute(sql, (*chain.from_iterable(given.values()), limit)).fetchall()


def _values(record: Record) -> tuple[Any, ...]:
    return (
        record.at,
        record.kind,
        record.collection,
        record.english[:MOST_ENGLISH],
        recipe_text(record.recipe),
        record.first,
        record.rows,
        record.matching,
        record.milliseconds,
        record.front,
        record.who,
        steps_text(record.steps),
    )


def _record(row: tuple[Any, ...]) -> Record:
    known = dict(zip(COLUMNS, row, strict=True))
    return Record(**{**known, "recipe": read_recipe(known["recipe"]), "steps": read_steps(known["steps"])})
