"""For whom work is done: whoever stands in the history for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_acting: ContextVar[str] = ContextVar("vitrine_who", default="")


@contextmanager
def acting(who: str) -> Iterator[None]:
    """Whoever the work inside the block is done for stands in the events that it leaves."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


def whoever(who: str | None = None) -> str:
    """The name given, else that of whoever the work is done for."""
    return _acting.get() if who is None else who
