"""What the tests of killed jobs share: each kind of job, how to see it in the middle, and what it must lead to."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lance
import psutil
import pyarrow as pa

from core.batch.augment import AugmentRequest
from core.batch.tag import TagRequest
from core.encoders.protocol import Encoder
from core.export.request import ExportRequest
from core.ingest.plan import IngestRequest
from core.jobs.job import Job, State
from core.operations.batches import start_augment, start_export, start_tag
from core.settings import Settings
from core.workspace import Workspace
from tests.made_up import fill

WAIT_SECONDS = 100
NAME, BARE, FRESH = "many", "bare", "fresh"
IMAGES, ROWS, CLASSES = 600, 20_000, 60
HALF = "half"  # the encoder to change to


def stock(folder: Path, draw: Callable[..., Path], encoder: Encoder, half: Path) -> Path:
    """A workspace with a collection of pictures and one that has no index; every test takes a copy."""
    space = Workspace.open(Settings(workspace=folder / "workspace"), encoder)
    space.ingest(IngestRequest(str(draw(folder / "source", IMAGES, first=1_000)), NAME))
    draw(folder / "more", IMAGES, first=5_000)
    ids = [f"row {place:05}" for place in range(ROWS)]
    columns = {f"class {c}": pa.array([f"{place % (c + 2)}" for place in range(ROWS)]) for c in range(CLASSES)}
    fill(space.folder, BARE, columns, ids)
    shutil.copytree(half, folder / HALF)
    return space.folder


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


def ended(space: Workspace, job: Job) -> Job:
    until(lambda: space.jobs.get(job.id).ended)
    return space.jobs.get(job.id)


def some(folder: Path, pattern: str, count: int) -> bool:
    return len(list(folder.glob(pattern))) >= count


def ingest(space: Workspace) -> Job:
    return space.start_ingest(IngestRequest(str(space.folder.parent / "more"), FRESH))


def export(space: Workspace) -> Job:
    return start_export(space, ExportRequest(NAME, "all", {"n": "10000"}, whole=True, metadata="jsonl"))


def augment(space: Workspace) -> Job:
    return start_augment(space, AugmentRequest(NAME, "soft", {"preset": "weak"}, {"n": "200"}, variants=3))


def tag(space: Workspace) -> Job:
    labels = {"labels": ["a red circle", "a blue square", "a triangle"]}
    return start_tag(space, TagRequest(NAME, {"n": "10000"}, whole=True, parameters=labels))


def embed(space: Workspace) -> Job:
    return space.start_embed(NAME, str(space.folder.parent / HALF))


def index(space: Workspace) -> Job:
    return space.start_index(BARE)


def ingested(space: Workspace) -> Any:
    return space.catalog(FRESH).select("SELECT id, content_hash, shape, price FROM images ORDER BY id")


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


def indexed(space: Workspace) -> Any:
    """Every index, its kind and how many rows it lacks."""
    dataset = lance.dataset(str(space.collection(BARE).path))
    indices = dataset.describe_indices()
    lacking = {item.name: dataset.stats.index_stats(item.name)["num_unindexed_rows"] for item in indices}
    return lacking, {item.name: (item.index_type, item.field_names) for item in indices}


@dataclass(frozen=True)
class Kind:
    """A kind of job: how it is started, whether it is in the middle of what it writes, and what came of it."""

    start: Callable[[Workspace], Job]
    is_in_the_middle: Callable[[Workspace, Job], bool]
    result: Callable[[Workspace], Any]


KINDS = {
    "ingest": Kind(ingest, lambda space, job: job.done >= 60, ingested),
    "embed": Kind(embed, lambda space, job: job.done >= 20, embedded),
    "index": Kind(index, lambda space, job: 1 <= len(indexed(space)[0]) < CLASSES, indexed),
    "tag": Kind(tag, lambda space, job: job.state is State.RUNNING, tagged),
    "augment": Kind(augment, lambda space, job: some(space.folder / "augmented", "**/images/**/*.webp", 20), augmented),
    "export": Kind(export, lambda space, job: some(space.folder / "exports", ".all.*/bundle/images/*", 20), exported),
}


def until_in_the_middle(space: Workspace, job: Job, kind: Kind) -> None:
    """Wait for the moment to kill."""

    def there() -> bool:
        latest = space.jobs.get(job.id)
        assert not latest.ended, latest
        return kind.is_in_the_middle(space, latest)

    until(there)
