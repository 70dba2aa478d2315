"""The same jobs over a Redis server that workers on several machines share."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.encoders.protocol import Encoder
from core.errors import StorageError
from core.ingest.plan import IngestRequest
from core.jobs import broker as brokers
from core.jobs.broker import HeldError
from core.jobs.job import State
from core.settings import ROOT, Settings
from core.workspace import Workspace

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server")
WAIT_SECONDS = 100


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A server of its own, on a socket."""
    from redis import Redis

    socket = tmp_path / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(socket.exists)
        with Redis(unix_socket_path=str(socket)) as asked:
            until(asked.ping)
        yield f"unix://{socket}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def space(url: str, tmp_path: Path, encoder: Encoder) -> Workspace:
    return Workspace.open(Settings(workspace=tmp_path / "workspace", broker=url), encoder)


@pytest.fixture
def machine(space: Workspace) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker as one more machine would."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "VITRINE_WORKSPACE": str(space.folder),
        "VITRINE_BROKER": space.settings.broker,
        "VITRINE_CHUNK_ROWS": "20",
        "VITRINE_BATCH_IMAGES": "5",
    }

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "cli.main", "worker", "--jobs", "1"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def until(told: Callable[[], Any]) -> Any:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        try:
            if found := told():
                return found
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("waited too long")


def test_a_job_of_a_machine_that_dies_is_taken_up_by_another(
    space: Workspace, machine: Callable[[], subprocess.Popen[bytes]], small_source: Callable[..., Path], tmp_path: Path
) -> None:
    job = space.start_ingest(IngestRequest(str(small_source(tmp_path / "source", 300)), "far"))
    other = space.start_ingest(IngestRequest(str(small_source(tmp_path / "more", 10, first=900)), "near"))
    assert space.jobs.get(job.id).state is State.QUEUED
    time.sleep(0.5)
    assert space.jobs.get(job.id).state is State.QUEUED  # the server starts no worker of its own
    first = machine()
    until(lambda: space.names() and "far" in space.names() and space.collection("far").count() >= 20)
    first.kill()
    first.wait()
    machine()
    until(lambda: space.jobs.get(job.id).ended and space.jobs.get(other.id).ended)
    ended = space.jobs.get(job.id)
    assert (ended.state, ended.attempts) == (State.DONE, 2), ended.error
    assert space.jobs.get(other.id).state is State.DONE
    assert (space.collection("far").count(), space.collection("near").count()) == (300, 10)


def test_a_lease_is_renewed_while_it_is_held_and_ends_with_its_holder(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brokers, "LEASE_SECONDS", 1)
    broker = space.jobs.broker
    with broker.lease("x"):
        time.sleep(1.8)
        assert broker.is_held("x")
        with pytest.raises(HeldError), broker.lease("x"):
            pass
    assert not broker.is_held("x")


def test_a_broker_that_does_not_answer_is_told(tmp_path: Path) -> None:
    space = Workspace.open(Settings(workspace=tmp_path, broker=f"unix://{tmp_path}/nothing.sock"))
    with pytest.raises(StorageError, match="VITRINE_BROKER does not answer"):
        space.start_ingest(IngestRequest(str(tmp_path), "x"))
