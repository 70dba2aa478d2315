"""The server is killed in the middle of each kind of job, alone or with its worker; a new server ends the job."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.encoders.protocol import Encoder
from core.jobs.job import State
from core.settings import ROOT, Settings
from core.workspace import Workspace
from tests.core.jobs.killing import KINDS, ended, stock, until, until_in_the_middle

pytestmark = pytest.mark.browser  # as slow as those, and served like theirs
Serve = Callable[[Path], subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def stocked(
    tmp_path_factory: pytest.TempPathFactory, small_source: Callable[..., Path], encoder: Encoder, half_encoder: Path
) -> Path:
    return stock(tmp_path_factory.mktemp("served-kills"), small_source, encoder, half_encoder)


@pytest.fixture(scope="module")
def results(stocked: Path) -> dict[str, Any]:
    """What each kind of job leads to where nothing is killed."""
    found = {}
    for kind, work in KINDS.items():
        space = copied(stocked, f"whole {kind}")
        assert ended(space, work.start(space)).state is State.DONE
        found[kind] = work.result(space)
        kill_workers_of(space.folder)
    return found


def copied(stocked: Path, name: str) -> Workspace:
    shutil.copytree(stocked, stocked.parent / name)
    return Workspace.open(Settings(workspace=stocked.parent / name))


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers, which end with the test, as do their workers."""
    running: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start(workspace: Path) -> subprocess.Popen[bytes]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "cli.main", "serve", "--port", str(port)]
        few = {"VITRINE_CHUNK_ROWS": "50", "VITRINE_BATCH_IMAGES": "5", "VITRINE_WORKSPACE": str(workspace)}
        server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **few})
        running.append((server, workspace))
        until(lambda: server.poll() is not None or answers(port))
        assert server.poll() is None
        return server

    yield start
    for server, workspace in running:
        server.kill()
        server.wait()
        kill_workers_of(workspace)


def workers_of(workspace: Path) -> list[psutil.Process]:
    """The workers of a workspace, whoever started them: one outlives its server."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if "core.worker" in process.cmdline() and process.environ().get("VITRINE_WORKSPACE") == str(workspace):
                found.append(process)
    return found


def kill_workers_of(workspace: Path) -> None:
    for worker in workers_of(workspace):
        worker.kill()
        worker.wait()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/ping", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("victim", ["server", "both"])
def test_a_job_ends_as_if_no_server_had_been_killed(
    victim: str, kind: str, stocked: Path, results: dict[str, Any], serve: Serve
) -> None:
    space, work = copied(stocked, f"{victim} {kind}"), KINDS[kind]
    space.supervisor.ensure = lambda: None  # type: ignore[method-assign] # the server is to start the worker
    server = serve(space.folder)
    job = work.start(space)
    until_in_the_middle(space, job, work)
    (worker,) = workers_of(space.folder)
    worker.suspend()  # it shall not get to the end meanwhile
    server.kill()
    server.wait()
    if victim == "both":
        kill_workers_of(space.folder)
        assert space.jobs.get(job.id).state is State.INTERRUPTED
    else:
        assert not space.jobs.get(job.id).ended
        worker.resume()
    serve(space.folder)
    done = ended(space, job)
    assert (done.state, done.attempts) == (State.DONE, 2 if victim == "both" else 1), done.error
    assert work.result(space) == results[kind]
    shutil.rmtree(space.folder, ignore_errors=True)
