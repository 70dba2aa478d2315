"""Makes sets for the tests beside it, and reads back what they hold."""

import hashlib
import json
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.batch.augment import AugmentedSet, AugmentRequest, augment
from core.ingest.progress import Progress
from core.workspace import Workspace

SLOWLY = """
import json, sys, time
from pathlib import Path
from core.batch import augment as made
from core.batch.augment import AugmentRequest, augment
from core.settings import Settings
from core.workspace import Workspace
made.CHUNK_IMAGES, made.LEAST_PICTURES = 4, 1
space = Workspace.open(Settings(workspace=Path(sys.argv[1]), decode_threads=2, augment_processes=int(sys.argv[3])))
name = "things"
report = lambda progress: time.sleep(0.02 if progress.total else 0)
augment(space.folder, space.collection(name), space.catalog(name), space.searcher(name), space.originals,
        space.settings, AugmentRequest(**json.loads(sys.argv[2])), report)
"""


def request(**other: Any) -> AugmentRequest:
    values: dict[str, Any] = {"collection": "things", "name": "mine", "pipeline": {"preset": "strong", "seed": 5}}
    return AugmentRequest(**{**values, "whole": True, "variants": 2, **other})


def run(
    workspace: Workspace, asked: AugmentRequest, report: Callable[[Progress], None] = lambda _: None, **settings: Any
) -> AugmentedSet:
    name = asked.collection
    parts = workspace.collection(name), workspace.catalog(name), workspace.searcher(name)
    chosen = replace(workspace.settings, **settings)
    return augment(workspace.folder, *parts, workspace.originals, chosen, asked, report)


def under_way(workspace: Workspace, kind: str = "folder") -> Path:
    return workspace.folder / "augmented" / f".mine.{kind}.part"


def digests(path: Path) -> dict[str, str]:
    """Every file of a set by the digest of its bytes; an archive is one file."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def held(path: Path) -> dict[str, bytes]:
    """What a set holds, its shards opened."""
    if path.is_file():
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            return {name: archive.read(name) for name in archive.namelist()}
    found = {}
    for file in sorted(path.rglob("*")):
        name = str(file.relative_to(path))
        if file.suffix == ".tar":
            with tarfile.open(file) as archive:
                for member in archive:
                    found[f"{name}!/{member.name}"] = archive.extractfile(member).read()  # type: ignore[union-attr]
        elif file.is_file():
            found[name] = file.read_bytes()
    return found


def rows_in(files: dict[str, bytes], name: str = "metadata.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[name].decode().splitlines()]
