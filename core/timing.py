"""What each step of an answer cost, collected wherever someone is listening."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One timed step."""

    name: str  # such as "sql", "vectors", "decode"
    milliseconds: float  # wall time
    depth: int = 0  # steps that this one ran inside of


@dataclass
class Timings:
    """The steps of one answer in the order they ended."""

    steps: list[Step] = field(default_factory=list)
    depth: int = 0  # of the step under way

    @property
    def total(self) -> float:
        """Milliseconds of all outermost steps together."""
        return sum(item.milliseconds for item in self.steps if item.depth == 0)


_listening: ContextVar[Timings | None] = ContextVar("vitrine_timings", default=None)


@contextmanager
def collect() -> Iterator[Timings]:
    """Collect the steps that run inside the block; an inner block collects for itself."""
    timings = Timings()
    token = _listening.set(timings)
    try:
        yield timings
    finally:
        _listening.reset(token)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Time the block as one step; costs next to nothing when nobody listens."""
    timings = _listening.get()
    if timings is None:
        yield
        return
    depth = timings.depth
    timings.depth += 1
    started = time.perf_counter()
    try:
        yield
    finally:
        timings.depth = depth
        timings.steps.append(Step(name, (time.perf_counter() - started) * 1000, depth))
