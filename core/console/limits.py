"""How much one query of the console may take."""

from dataclasses import dataclass

from core.settings import Settings


@dataclass(frozen=True)
class Limits:
    """What stops a query; each of them holds whatever its SQL says."""

    seconds: float = 5.0  # wall time
    rows: int = 10_000  # of the answer; more are cut off
    memory_mb: int = 512  # of the engine's data, a fixed headroom for its process beside it


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings ask for."""
    return Limits(settings.sql_seconds, settings.sql_rows, settings.sql_memory_mb)
