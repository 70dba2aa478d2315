"""A small collection with copies of pictures: some identical to the byte, some saved anew or scaled."""

import csv
import random
from pathlib import Path

from PIL import Image

from core.encoders.protocol import Encoder
from core.ingest.plan import IngestRequest
from core.settings import Settings
from core.workspace import Workspace

NAME = "twins"
IDENTICAL = {"a": {"a2", "a3"}, "b": {"b2"}}  # others by the first that is ingested
LARGER = "a9"  # the same picture as “a” with four times the pixels
SAVED = "c9"  # “c” as a JPEG
ALONE = ("d", "e", "f")


def draw_twins(folder: Path) -> Path:
    """Draw the pictures and a table of them; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate(("a", "b", "c", *ALONE)):
        _blobs(seed).save(folder / f"{name}.png")
    for name, copies in IDENTICAL.items():
        for copy in copies:
            (folder / f"{copy}.png").write_bytes((folder / f"{name}.png").read_bytes())
    with Image.open(folder / "a.png") as image:
        image.resize((192, 192), Image.Resampling.BICUBIC).save(folder / f"{LARGER}.png")
    with Image.open(folder / "c.png") as image:
        image.save(folder / f"{SAVED}.jpg", quality=80)
    rows = [[path.stem, path.stem[0]] for path in sorted(folder.glob("*.*"))]
    with (folder / "twins.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "letter"], *rows])
    return folder


def twins(folder: Path, encoder: Encoder) -> Workspace:
    """A workspace with the collection."""
    space = Workspace.open(Settings(workspace=folder / "workspace"), encoder)
    ledger = space.ingest(IngestRequest(str(draw_twins(folder / "source")), NAME))
    assert ledger.counts.images_added == 11
    return space


def _blobs(seed: int) -> Image.Image:
    chance = random.Random(seed)
    small = Image.new("RGB", (6, 6))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(36)])
    return small.resize((96, 96), Image.Resampling.BICUBIC)
