"""What everything that is asked here cost: noted by whoever answers, kept in the workspace, read by every front end."""

import logging
import sqlite3
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TypeVar

from core.timing import Timings, collect, together
from core.timings.asker import asker, is_recorded
from core.timings.record import Record
from core.timings.store import Point, Store, Wanted
from core.timings.writer import Writer

MOST_IN_MEMORY = 1_000  # of this process; what is told where the file cannot be read
FLUSH_SECONDS = 1.0
END_SECONDS = 3.0  # for what is not written yet when the process ends
log = logging.getLogger("vitrine.timings")
Found = TypeVar("Found")
_held: ContextVar[list[Record] | None] = ContextVar("vitrine_answers_held", default=None)


@dataclass
class Done:
    """What a piece of work says of itself once it knows."""

    english: str
    rows: int = 0
    matching: int = 0


class Recorder:
    """The records of one workspace. Safe to share between threads; any number of processes may have one.

    Noting never raises and never waits: an answer is worth more than the record of what it cost.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._store = Store(folder, most)
        self._writer = Writer(self._store) if most else None
        self._latest: deque[Record] = deque(maxlen=MOST_IN_MEMORY)
        self._numbers = count(1)  # of the records in memory, while the file gives them none
        if self._writer is not None:
            weakref.finalize(self, self._writer.end, END_SECONDS)  # also when the process ends

    def note(
        self,
        kind: str,
        collection: str,
        english: str,
        timings: Timings,
        *,
        milliseconds: float | None = None,
        recipe: Mapping[str, str] | None = None,
        first: int = 0,
        rows: int = 0,
        matching: int = 0,
    ) -> None:
        """Record what an answer cost: its steps, and their sum unless its wall time is said."""
        if not is_recorded():
            return
        by, held = asker(), _held.get()
        record = Record(
            kind=kind,
            collection=collection,
            english=english,
            milliseconds=timings.total if milliseconds is None else milliseconds,
            steps=tuple(together(timings.steps)),
            recipe=recipe,
            first=first,
            rows=rows,
            matching=matching,
            front=by.front,
            who=by.who,
        )
        if held is None:
            self._keep(record)
        else:
            held.append(record)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """What is answered inside the block is recorded with all that led to it and followed: parsing and rendering."""
        held: list[Record] = []
        token = _held.set(held)
        try:
            with collect() as timings:
                yield
        finally:
            _held.reset(token)
        if len(held) == 1:
            held = [replace(held[0], milliseconds=timings.elapsed, steps=tuple(together(timings.steps)))]
        for record in held:
            self._keep(record)

    @contextmanager
    def work(
        self, kind: str, collection: str, english: str, recipe: Mapping[str, str] | None = None
    ) -> Iterator[Done]:  # fmt: skip
        """Record the block as a piece of work, once it has ended well."""
        done = Done(english)
        with collect() as timings:
            yield done
        self.note(
            kind,
            collection,
            done.english,
            timings,
            milliseconds=timings.elapsed,
            recipe=recipe,
            rows=done.rows,
            matching=done.matching,
        )

    def records(self, wanted: Wanted) -> list[Record]:
        """Records, newest or slowest first."""
        return self._read(lambda: self._store.records(wanted), lambda: self._in_memory(wanted))

    def points(self, wanted: Wanted) -> list[Point]:
        """The same in little."""

        def here() -> list[Point]:
            found = self._in_memory(wanted)
            return [Point(item.id, item.at, item.kind, item.milliseconds, item.rows) for item in found]

        return self._read(lambda: self._store.points(wanted), here)

    def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Write what this process has noted, if that is possible in this time."""
        if self._writer is not None:
            self._writer.flush(seconds)

    def _keep(self, record: Record) -> None:
        self._latest.append(replace(record, id=next(self._numbers)))
        if self._writer is not None:
            try:
                self._writer.put(record)
            except Exception:  # such as no more threads
                log.exception("An answer could not be recorded")

    def _read(self, stored: Callable[[], list[Found]], here: Callable[[], list[Found]]) -> list[Found]:
        """What the file says, or this process's memory where it cannot be read or is not written."""
        if self._writer is None:
            return here()
        self.flush()
        try:
            return stored() or here()
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            log.warning("The record of what answers cost cannot be read: %s", error)
            return here()

    def _in_memory(self, wanted: Wanted) -> list[Record]:
        found = [item for item in reversed(list(self._latest)) if wanted.takes(item)]
        if wanted.slowest:
            found.sort(key=lambda item: -item.milliseconds)
        return found[: wanted.limit]
