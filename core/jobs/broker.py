"""What brings a job to a worker: a queue, and a lease that a worker holds while it has a job.

Both live in a file of the workspace, with nothing to start, or in a Redis server that several machines share. huey is
the queue in either case: it is small, keeps its tasks in SQLite or Redis by the same calls, and needs no server of its
own, which Celery, Dramatiq and RQ do. A task is the job's id and nothing else; it travels as JSON, never as a pickle.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

from filelock import FileLock, Timeout
from huey import Huey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from core.errors import StorageError

QUEUE, TASK = "vitrine", "vitrine.run"
LEASE_SECONDS = 20  # a Redis lease outlives its dead worker by at most this
# A lease is renewed and given back by its holder only, in one step on the server.
RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('expire', KEYS[1], ARGV[2]) end return 0"
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
POLL_SECONDS = 0.5  # between two looks into an empty queue


class HeldError(Exception):
    """Another worker has the lease."""


class Broker(Protocol):
    """A queue of job ids, and leases by name."""

    shared: bool  # whether workers are started by hand, on any machine

    def put(self, id: str) -> None:
        """Offer a job to the workers."""

    def waiting(self) -> set[str]:
        """The jobs that are offered and not taken yet."""

    def consumer(self, run: Callable[[str], None], at_once: int) -> Consumer:
        """Threads that take jobs and run them, not started yet."""

    @contextmanager
    def lease(self, name: str) -> Iterator[None]:
        """Hold a name as long as the block and its process live; `HeldError` where somebody has it."""

    def is_held(self, name: str) -> bool:
        """Whether a living process has the name."""


class _Json(Serializer):  # type: ignore[misc]
    """Messages as JSON: what a broker hands over is data, never code."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data) if isinstance(data, Message) else data, default=str).encode()

    def _deserialize(self, data: bytes) -> Any:
        value = json.loads(data)
        if not isinstance(value, list):
            return value
        args = value[Message._fields.index("args")]
        return Message(*value)._replace(args=tuple(args))


class _HueyQueue:
    """The queue's half, the same over every storage."""

    def __init__(self, huey: Huey) -> None:
        self._huey = huey
        self._run: Callable[[str], None] = lambda id: None
        self._task = huey.task(name=TASK)(lambda id: self._run(id))

    def put(self, id: str) -> None:
        self._task(id)

    def waiting(self) -> set[str]:
        return {str(task.args[0]) for task in self._huey.pending()}

    def consumer(self, run: Callable[[str], None], at_once: int) -> Consumer:
        self._run = run
        return Consumer(self._huey, workers=at_once, periodic=False, max_delay=POLL_SECONDS)


class FileBroker(_HueyQueue):
    """One machine: SQLite for the queue, locked files for leases, which the system frees when a process dies."""

    shared = False

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        try:
            queue = self._opened()
            queue.pending_count()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # damaged: the jobs' records fill a new one
            for file in folder.glob("queue.db*"):
                file.unlink(missing_ok=True)
            queue = self._opened()
        super().__init__(queue)

    def _opened(self) -> SqliteHuey:
        return SqliteHuey(QUEUE, filename=str(self._folder / "queue.db"), serializer=_Json(), results=False)

    @contextmanager
    def lease(self, name: str) -> Iterator[None]:
        lock = FileLock(self._folder / f"{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise HeldError(name) from None
        try:
            yield
        finally:
            lock.release()

    def is_held(self, name: str) -> bool:
        try:
            with self.lease(name):
                return False
        except HeldError:
            return True


class RedisBroker(_HueyQueue):
    """Many machines: Redis for the queue and for leases, which are renewed while a worker lives."""

    shared = True

    def __init__(self, url: str, workspace: str) -> None:
        from huey import RedisHuey
        from redis import ConnectionPool, Redis
        from redis.exceptions import RedisError

        self._prefix = f"{QUEUE}.{workspace}"
        try:
            pool = ConnectionPool.from_url(url)
            self._redis = Redis(connection_pool=pool)
            self._redis.ping()
        except (RedisError, ValueError) as error:
            raise StorageError(
                "The broker of VITRINE_BROKER does not answer.", str(error)[:300], "Start it, or unset VITRINE_BROKER."
            ) from error
        super().__init__(
            RedisHuey(self._prefix, connection_pool=pool, serializer=_Json(), results=False, read_timeout=1)
        )

    @contextmanager
    def lease(self, name: str) -> Iterator[None]:
        from redis.exceptions import RedisError

        key, token, ended = f"{self._prefix}.lease.{name}", token_hex(8), threading.Event()
        if not self._redis.set(key, token, nx=True, ex=LEASE_SECONDS):
            raise HeldError(name)
        renewer = threading.Thread(target=self._renew, args=(key, token, ended), daemon=True)
        renewer.start()
        try:
            yield
        finally:
            ended.set()
            renewer.join()
            with suppress(RedisError):  # it ends by itself
                self._redis.eval(RELEASE, 1, key, token)

    def is_held(self, name: str) -> bool:
        return bool(self._redis.exists(f"{self._prefix}.lease.{name}"))

    def _renew(self, key: str, token: str, ended: threading.Event) -> None:
        from redis.exceptions import RedisError

        while not ended.wait(LEASE_SECONDS / 4):
            try:
                self._redis.eval(RENEW, 1, key, token, LEASE_SECONDS)
            except RedisError:
                continue  # the next attempt may get through before the lease ends
