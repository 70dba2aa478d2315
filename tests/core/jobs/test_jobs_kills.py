"""Whatever kind of job a worker is killed in, another ends it, with the result it would have had."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.batch.augment import AugmentRequest
from core.batch.tag import TagRequest
from core.encoders.protocol import Encoder
from core.export.request import ExportRequest
from core.ingest.plan import IngestRequest
from core.jobs.job import Job, State
from core.settings import Settings
from core.tasks import start_augment, start_export, start_tag
from core.workspace import Workspace

WAIT_SECONDS = 100
NAME = "many"
IMAGES = 600


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory, small_source: Callable[..., Path], encoder: Encoder) -> Path:
    """A workspace with one collection; every test takes a copy."""
    folder = tmp_path_factory.mktemp("kills")
    space = Workspace.open(Settings(workspace=folder / "workspace"), encoder)
    space.ingest(IngestRequest(str(small_source(folder / "source", IMAGES, first=1_000)), NAME))
    return folder / "workspace"


@pytest.fixture
def opened(stock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Workspace]]:
    """Opens copies of the workspace, whose workers end with the test."""
    monkeypatch.setenv("VITRINE_CHUNK_ROWS", "50")
    monkeypatch.setenv("VITRINE_BATCH_IMAGES", "5")

    def copy(name: str) -> Workspace:
        shutil.copytree(stock, tmp_path / name)
        return Workspace.open(Settings(workspace=tmp_path / name))

    yield copy
    kill_workers()


def workers() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [one for one in children if one.status() != psutil.STATUS_ZOMBIE and "core.worker" in one.cmdline()]


def kill_workers() -> None:
    for worker in workers():
        worker.kill()
        worker.wait()


def until(told: Callable[[], Any]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if told():
            return
        time.sleep(0.002)
    raise AssertionError("waited too long")


def ensure_worker(space: Workspace) -> None:
    """Ask for a worker until there is one, as a server does every second."""

    def there() -> bool:
        space.supervisor.ensure()
        return bool(workers())

    until(there)


def ended(space: Workspace, job: Job) -> Job:
    until(lambda: space.jobs.get(job.id).ended)
    return space.jobs.get(job.id)


def some(folder: Path, pattern: str, count: int) -> bool:
    return len(list(folder.glob(pattern))) >= count


def export(space: Workspace) -> Job:
    return start_export(space, ExportRequest(NAME, "all", {"n": "10000"}, whole=True, metadata="jsonl"))


def augment(space: Workspace) -> Job:
    return start_augment(space, AugmentRequest(NAME, "soft", {"preset": "weak"}, {"n": "200"}, variants=3))


def tag(space: Workspace) -> Job:
    labels = {"labels": ["a red circle", "a blue square", "a triangle"]}
    return start_tag(space, TagRequest(NAME, {"n": "10000"}, whole=True, parameters=labels))


def exported(space: Workspace) -> Any:
    manifest = json.loads((space.folder / "exports" / "all" / "manifest.json").read_text())
    return manifest["counts"], sorted((file["file"], file["sha256"]) for file in manifest["files"])


def augmented(space: Workspace) -> Any:
    folder = space.folder / "augmented" / "soft"
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tagged(space: Workspace) -> Any:
    return sorted(space.catalog(NAME).select("SELECT id, tags FROM images"))


def embedded(space: Workspace) -> Any:
    catalog = space.catalog(NAME)
    ids = [row[0] for row in catalog.select("SELECT id FROM images ORDER BY id LIMIT 20")]
    vectors = space.collection(NAME).vectors(ids, catalog.dataset)
    return catalog.encoder.dimension, [vectors[id].round(4).tolist() for id in ids]


def is_under_way(kind: str, space: Workspace, job: Job) -> bool:
    """Whether a job is in the middle of what it writes."""
    latest = space.jobs.get(job.id)
    assert not latest.ended, latest
    return {
        "export": lambda: some(space.folder / "exports", ".all.*/bundle/images/*", 20),
        "augment": lambda: some(space.folder / "augmented", "**/images/**/*.webp", 20),
        "tag": lambda: latest.state is State.RUNNING,
        "embed": lambda: latest.done >= 20,
    }[kind]()


@pytest.mark.parametrize("kind", ["export", "augment", "tag", "embed"])
def test_a_killed_job_ends_as_if_nothing_had_happened(
    kind: str, opened: Callable[[str], Workspace], half_encoder: Path
) -> None:
    start, result = {
        "export": (export, exported),
        "augment": (augment, augmented),
        "tag": (tag, tagged),
        "embed": (lambda space: space.start_embed(NAME, str(half_encoder)), embedded),
    }[kind]
    whole, killed = opened("whole"), opened("killed")
    assert ended(whole, start(whole)).state is State.DONE
    kill_workers()

    job = start(killed)
    until(lambda: is_under_way(kind, killed, job))
    kill_workers()
    assert killed.jobs.get(job.id).state is State.INTERRUPTED
    ensure_worker(killed)
    done = ended(killed, job)
    assert (done.state, done.attempts) == (State.DONE, 2), done.error
    assert result(killed) == result(whole)
