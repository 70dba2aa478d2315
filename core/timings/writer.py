"""Writes records in a thread of its own, a batch at a time: who notes one never waits for a disk or a lock.

Where the file cannot be written (a full disk, a lock, a workspace for reading only) that is logged once, what waits
is bounded, and it is tried again from time to time.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Sequence

from core.timings.record import Record
from core.timings.store import Store

GATHER_SECONDS = 0.25  # a batch is what comes in this time
IDLE_SECONDS = 5.0  # without a record the thread ends; the next record begins another
BUSY_SECONDS = 5.0  # waited for another process that writes
RETRY_SECONDS = 30.0  # after a failure
LOCKED_SECONDS = 0.5  # after one that was a lock
END_TRY_SECONDS = 0.05  # between two as the process ends
MOST_WAITING = 5_000  # records; beyond, the oldest are let go
log = logging.getLogger("vitrine.timings")


class Writer:
    """The records of one process on their way to the file. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Record] = deque(maxlen=MOST_WAITING)
        self._noted = threading.Condition()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._retry_at = 0.0
        self._failing_since: float | None = None
        self._complained = False

    def put(self, record: Record) -> None:
        """Take a record; returns at once."""
        with self._noted:
            self._waiting.append(record)
            self._noted.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="timings", daemon=True)
                self._thread.start()

    def flush(self, seconds: float) -> None:
        """Write what waits, unless somebody else is at it for longer than that or it cannot be written now."""
        if self._waiting and time.monotonic() >= self._retry_at and self._writing.acquire(timeout=seconds):
            try:
                self._write(seconds)
            finally:
                self._writing.release()

    def end(self, seconds: float) -> None:
        """Write what waits as the process ends; what cannot be written in this time is lost."""
        until = time.monotonic() + seconds
        while self._waiting and (left := until - time.monotonic()) > 0:
            if self._retry_at - time.monotonic() > LOCKED_SECONDS:
                return  # more than a lock is in the way
            self._retry_at = 0.0
            self.flush(left)
            if self._waiting:
                time.sleep(END_TRY_SECONDS)

    def _run(self) -> None:
        while True:
            with self._noted:
                if not self._waiting and not self._noted.wait(IDLE_SECONDS) and not self._waiting:
                    self._thread = None
                    return
            time.sleep(max(GATHER_SECONDS, self._retry_at - time.monotonic()))
            with self._writing:
                self._write(BUSY_SECONDS)

    def _write(self, seconds: float) -> None:
        """Write all that waits; what cannot be written waits on."""
        batch = self._taken()
        if not batch:
            return
        try:
            self._append(batch, seconds)
            self._retry_at, self._failing_since = 0.0, None
        except Exception as error:  # whatever it is, answers go on
            with self._noted:
                room = MOST_WAITING - len(self._waiting)
                self._waiting.extendleft(reversed(batch[len(batch) - min(room, len(batch)) :]))
            locked = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            self._retry_at = time.monotonic() + (LOCKED_SECONDS if locked else RETRY_SECONDS)
            self._failing_since = self._failing_since or time.monotonic()
            long = time.monotonic() - self._failing_since > RETRY_SECONDS
            if not self._complained and (long or not locked):
                log.warning("What answers cost is not recorded in %s: %s", self._store.path, error)
                self._complained = True

    def _append(self, batch: Sequence[Record], seconds: float) -> None:
        try:
            with self._store.opened(seconds) as connection:
                self._store.append(connection, batch)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # damaged: begin anew beside it
            self._store.set_aside()
            raise

    def _taken(self) -> list[Record]:
        with self._noted:
            batch = list(self._waiting)
            self._waiting.clear()
        return batch
