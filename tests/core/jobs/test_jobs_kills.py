"""Whatever kind of job a worker is killed in, another ends it, with the result it would have had."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.encoders.protocol import Encoder
from core.jobs.job import State
from core.settings import Settings
from core.workspace import Workspace
from tests.core.jobs.killing import KINDS, ended, kill_workers, stock, until, until_in_the_middle, workers


@pytest.fixture(scope="module")
def stocked(
    tmp_path_factory: pytest.TempPathFactory, small_source: Callable[..., Path], encoder: Encoder, half_encoder: Path
) -> Path:
    return stock(tmp_path_factory.mktemp("kills"), small_source, encoder, half_encoder)


@pytest.fixture
def opened(stocked: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Workspace]]:
    """Opens copies of the workspace, whose workers end with the test."""
    monkeypatch.setenv("VITRINE_CHUNK_ROWS", "50")
    monkeypatch.setenv("VITRINE_BATCH_IMAGES", "5")
    made: list[Path] = []

    def copy(name: str) -> Workspace:
        made.append(stocked.parent / name)
        shutil.copytree(stocked, made[-1])
        return Workspace.open(Settings(workspace=made[-1]))

    yield copy
    kill_workers()
    for folder in made:
        shutil.rmtree(folder)


def ensure_worker(space: Workspace) -> None:
    """Ask for a worker until there is one, as a server does every second."""

    def there() -> bool:
        space.supervisor.ensure()
        return bool(workers())

    until(there)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ingest"])  # see test_ingest_resume
def test_a_killed_job_ends_as_if_nothing_had_happened(kind: str, opened: Callable[[str], Workspace]) -> None:
    work = KINDS[kind]
    whole, killed = opened("whole"), opened("killed")
    assert ended(whole, work.start(whole)).state is State.DONE
    kill_workers()

    job = work.start(killed)
    until_in_the_middle(killed, job, work)
    kill_workers()
    assert killed.jobs.get(job.id).state is State.INTERRUPTED
    ensure_worker(killed)
    done = ended(killed, job)
    assert (done.state, done.attempts) == (State.DONE, 2), done.error
    assert work.result(killed) == work.result(whole)
