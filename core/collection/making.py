"""One maker at a time for each name, so that what several ask for at once is made once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Making:
    """Locks by name that are there as long as somebody holds or wants them. Safe to share between threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.RLock, int]] = {}  # and how many hold or want it

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Wait until nobody else makes what has this name; who makes it may ask for it again."""
        with self._guard:
            lock, users = self._locks.get(name, (threading.RLock(), 0))
            self._locks[name] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                users = self._locks[name][1] - 1
                if users:
                    self._locks[name] = (lock, users)
                else:
                    del self._locks[name]
