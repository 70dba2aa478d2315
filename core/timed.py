"""What the latest answers cost, for whoever asks; kept in memory and bounded."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.timing import Timings

MOST_KEPT = 1_000


@dataclass(frozen=True)
class TimedAnswer:
    """One answer and its steps."""

    at: str  # UTC, ISO 8601
    collection: str
    english: str  # the recipe
    total: int  # images that matched
    timings: Timings


class Timed:
    """The latest answers of one process. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: deque[TimedAnswer] = deque(maxlen=MOST_KEPT)
        self._lock = threading.Lock()

    def note(self, collection: str, english: str, total: int, timings: Timings) -> None:
        """Keep one answer's cost."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            self._kept.append(TimedAnswer(at, collection, english, total, timings))

    def latest(self, count: int) -> list[dict[str, Any]]:
        """As plain values, newest first."""
        with self._lock:
            kept = list(self._kept)[::-1][:count]
        return [
            {
                "at": one.at,
                "collection": one.collection,
                "english": one.english,
                "total": one.total,
                "milliseconds": round(one.timings.total, 3),
                "steps": [
                    {"step": step.name, "milliseconds": round(step.milliseconds, 3), "depth": step.depth}
                    for step in one.timings.steps
                ],
            }
            for one in kept
        ]
