"""Through which front end something is asked, and whether it is recorded at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from core.acting import whoever


@dataclass(frozen=True)
class Asker:
    """Where a question comes from."""

    front: str = ""  # "dashboard", "api", "command" or "worker"; empty for a program of one's own
    who: str = ""  # the person, where that is known


_asker: ContextVar[Asker | None] = ContextVar("vitrine_asker", default=None)
_recorded: ContextVar[bool] = ContextVar("vitrine_recorded", default=True)


@contextmanager
def asking(front: str, who: str = "") -> Iterator[None]:
    """What is asked inside the block comes through this front end."""
    token = _asker.set(Asker(front, who))
    try:
        yield
    finally:
        _asker.reset(token)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Nothing inside the block is recorded: it is asked to measure, and would stand among what people asked."""
    token = _recorded.set(False)
    try:
        yield
    finally:
        _recorded.reset(token)


def asker() -> Asker:
    """Where what is asked here comes from; whoever the work is done for is known too."""
    found = _asker.get() or Asker()
    return found if found.who else Asker(found.front, whoever())


def is_recorded() -> bool:
    """Whether what happens here is to be recorded."""
    return _recorded.get()
