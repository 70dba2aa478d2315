"""What each step of an answer cost, and how many rows went in and came out, collected wherever someone is listening."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TypeVar

MOST_STEPS = 400  # held one by one; beyond, steps of one name are put together
Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Step:
    """One timed step, or several of one name put together."""

    name: str  # such as "sql", "vectors", "decode"
    milliseconds: float  # wall time
    inside: tuple[str, ...] = ()  # of which steps it ran, the outermost first
    rows_in: int | None = None  # that it had to look at; None where that says nothing
    rows_out: int | None = None  # that it gave
    times: int = 1
    began: float = 0.0  # milliseconds after the collecting had begun

    @property
    def depth(self) -> int:
        """How many steps it ran inside of."""
        return len(self.inside)


class Rows:
    """What a step's block says of its rows, as soon as it knows."""

    __slots__ = ("rows_in", "rows_out")

    def __init__(self, rows_in: int | None, rows_out: int | None) -> None:
        self.rows_in = rows_in
        self.rows_out = rows_out


@dataclass
class Timings:
    """The steps of one answer in the order they ended. Other threads may add to it."""

    steps: list[Step] = field(default_factory=list)
    under_way: tuple[str, ...] = ()  # steps, the outermost first
    started: float = field(default_factory=time.perf_counter, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def total(self) -> float:
        """Milliseconds of all outermost steps together."""
        return sum(item.milliseconds for item in self.steps if not item.inside)

    @property
    def elapsed(self) -> float:
        """Milliseconds of wall time since the collecting began."""
        return (time.perf_counter() - self.started) * 1000

    def take(self, steps: Iterable[Step], inside: tuple[str, ...] = (), later: float = 0.0) -> None:
        """Add steps that ran inside of others, in something that began so many milliseconds later."""
        with self._lock:
            self.steps += [replace(item, inside=inside + item.inside, began=item.began + later) for item in steps]
            self._bound()

    def add(self, item: Step) -> None:
        """Add one step as it is."""
        with self._lock:
            self.steps.append(item)
            self._bound()

    def _bound(self) -> None:
        if len(self.steps) > MOST_STEPS:
            self.steps = together(self.steps)


_listening: ContextVar[Timings | None] = ContextVar("vitrine_timings", default=None)


@contextmanager
def collect() -> Iterator[Timings]:
    """Collect the steps that run inside the block; whoever listens outside of it hears them when it ends."""
    outer, timings = _listening.get(), Timings()
    token = _listening.set(timings)
    try:
        yield timings
    finally:
        _listening.reset(token)
        if outer is not None and timings.steps:
            outer.take(timings.steps, outer.under_way, (timings.started - outer.started) * 1000)


def listener() -> Timings | None:
    """What collects the steps that run here, where anything does."""
    return _listening.get()


@contextmanager
def step(name: str, rows_in: int | None = None, rows_out: int | None = None) -> Iterator[Rows]:
    """Time the block as one step; costs next to nothing when nobody listens."""
    timings, rows = _listening.get(), Rows(rows_in, rows_out)
    if timings is None:
        yield rows
        return
    inside = timings.under_way
    timings.under_way = (*inside, name)
    started = time.perf_counter()
    try:
        yield rows
    finally:
        timings.under_way = inside
        took, began = (time.perf_counter() - started) * 1000, (started - timings.started) * 1000
        timings.add(Step(name, took, inside, rows.rows_in, rows.rows_out, 1, began))


def heard(work: Callable[[Given], Made]) -> Callable[[Given], Made]:
    """Return `work` for other threads: its steps are heard by whoever listens here, inside the step under way here.

    Threads overlap, so together their steps may take longer than what they ran inside of.
    """
    timings = _listening.get()
    if timings is None:
        return work
    inside = timings.under_way or ("in threads",)

    def listened_to(given: Given) -> Made:
        began = timings.elapsed
        with collect() as own:
            made = work(given)
        timings.take(own.steps, inside, began)
        return made

    return listened_to


def together(steps: Iterable[Step]) -> list[Step]:
    """Steps of one name inside of the same ones as one each, in the order they began; inner ones follow their own."""
    found: dict[tuple[str, ...], Step] = {}
    for item in steps:
        key = (*item.inside, item.name)
        found[key] = _sum(found[key], item) if key in found else item

    def place(item: Step) -> list[float]:
        key = (*item.inside, item.name)
        outer = (found.get(key[:length]) for length in range(1, len(key)))
        return [*(item.began if one is None else one.began for one in outer), item.began]

    return sorted(found.values(), key=place)


def _sum(one: Step, other: Step) -> Step:
    return replace(
        one,
        milliseconds=one.milliseconds + other.milliseconds,
        rows_in=_added(one.rows_in, other.rows_in),
        rows_out=_added(one.rows_out, other.rows_out),
        times=one.times + other.times,
        began=min(one.began, other.began),
    )


def _added(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
