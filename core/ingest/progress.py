"""How far an ingest is, told to whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Where an ingest is."""

    stage: str  # such as "Reading the source", "Adding images"
    done: int
    total: int
    bad: int = 0  # files put into quarantine so far


Report = Callable[[Progress], None]
