"""An in-memory DuckDB database with one table, `images`, that may grow at its end while it is asked.

Several catalogs share one: each sees the rows that there were at its version. No file, network, extension or settings
can be reached once it is locked.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from core.collection.packs import COUNTED_BITS

WAIT_SECONDS = 1.0  # for those who read, before it is not grown after all


class Mirror:
    """Safe to share between threads."""

    def __init__(self) -> None:
        settings: dict[str, Any] = {"python_enable_replacements": "false", "perfect_ht_threshold": str(COUNTED_BITS)}
        self.connection: Any = duckdb.connect(":memory:", config=settings)
        self.rows = 0
        self._readers, self._is_growing = 0, False
        self._changed = threading.Condition()

    def lock(self) -> None:
        """Refuse access to anything outside, for good."""
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    @contextmanager
    def cursor(self, rows: int, place: str) -> Iterator[Any]:
        """A cursor for which the table has its first `rows` rows alone, by the column that numbers them."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_growing)  # who reads never waits for itself: it reads once
            self._readers += 1
        try:
            cursor = self.connection.cursor()
            if rows < self.rows:  # by far most ask the latest version, which needs no view
                cursor.execute(f"CREATE TEMP VIEW images AS SELECT * FROM memory.main.images WHERE {place} < {rows}")
            yield cursor
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    def grow(self, rows: int, added: int, insert: Callable[[], object]) -> bool:
        """Add rows to the end of a table of so many while nobody reads; False where it has others, or is read on."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_growing)
            self._is_growing = True
            try:
                if not self._changed.wait_for(lambda: not self._readers, WAIT_SECONDS) or self.rows != rows:
                    return False
                insert()
                self.rows += added
                return True
            finally:
                self._is_growing = False
                self._changed.notify_all()
