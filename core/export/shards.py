"""A bundle's images as WebDataset shards: tar archives in which a picture and its metadata share a key."""

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from core.collection.storage import storing
from core.export.files import FileFact, fact_of
from core.export.formats import json_line

SHARDS = "shards"
MOST_BYTES = 256 << 20  # of the pictures in one shard
MOST_IMAGES = 10_000  # in one shard


@dataclass
class Dealer:
    """Deals images out to shards in their order, so that the same images always go to the same ones."""

    shard: int = 0
    images: int = 0  # in the shard
    bytes: int = 0

    def deal(self, size: int) -> str:
        """The path in the bundle of the shard for a picture of so many bytes."""
        if self.images and (self.images >= MOST_IMAGES or self.bytes + size > MOST_BYTES):
            self.shard, self.images, self.bytes = self.shard + 1, 0, 0
        self.images += 1
        self.bytes += size
        return f"{SHARDS}/{self.shard:06}.tar"


def sample_line(shard: str, file: str, metadata: dict[str, Any]) -> str:
    """What `pack_shards` must know of one image."""
    return json.dumps({"shard": shard, "file": file, "json": json_line(metadata)}, ensure_ascii=False) + "\n"


def pack_shards(images: Path, samples: Path, bundle: Path, told: Callable[[int], None]) -> list[FileFact]:
    """Write every image of the list `samples` with its metadata; returns the shards."""
    shutil.rmtree(bundle / SHARDS, ignore_errors=True)
    (bundle / SHARDS).mkdir()
    done, facts = 0, []
    with storing("the shards"), samples.open(encoding="utf-8", newline="") as lines:
        for shard, some in groupby(map(json.loads, lines), lambda sample: str(sample["shard"])):
            with tarfile.open(bundle / shard, "w", format=tarfile.PAX_FORMAT) as archive:
                for sample in some:
                    _add_image(archive, images / sample["file"])
                    name = f"{sample['file'].partition('.')[0]}.json"
                    data = sample["json"].encode()
                    archive.addfile(_member(name, len(data)), io.BytesIO(data))
                    done += 1
                    told(done)
            facts.append(fact_of(bundle / shard, shard))
    return facts


def _add_image(archive: tarfile.TarFile, path: Path) -> None:
    with path.open("rb") as source:
        archive.addfile(_member(path.name, path.stat().st_size), source)


def _member(name: str, size: int) -> tarfile.TarInfo:
    """The same owner, rights and moment for every file, on every machine."""
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o644
    return member
