"""Drawn sources and a workspace to ingest them into."""

import io
import random
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.ingest.ledger import Ledger
from core.ingest.pipeline import Report, ingest
from core.ingest.plan import IngestRequest
from core.settings import Settings


def drawing(number: int) -> bytes:
    """A small picture that no other number has."""
    chance = random.Random(number)
    image = Image.new("RGB", (60, 80), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(4):
        x, y = chance.randint(0, 40), chance.randint(0, 50)
        draw.ellipse((x, y, x + chance.randint(5, 25), y + chance.randint(5, 30)), fill=tuple(chance.randbytes(3)))
    draw.point([(number % 60, row) for row in range(0, 80, 7)], fill=(number % 256, number // 256 % 256, 90))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def draw_into(folder: Path, *names: str, first: int = 0) -> Path:
    """Draw a different picture under each name (a path inside the folder)."""
    for number, name in enumerate(names, start=first):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawing(number))
    return folder


HEADER = "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName"
DOUBLES = {1003: 1002, 1006: 1005, 1007: 1005}  # image -> the one whose bytes it has


@dataclass(frozen=True)
class Miniature:
    """An archive like the real one, small, and what a ledger of it has to say."""

    path: Path
    rows: int = 40
    images: int = 34
    repaired: int = 3
    rowless_images: int = 0
    imageless_rows: int = 6
    groups: int = 2


def miniature(path: Path, first: int = 1000) -> Miniature:
    """Draw the archive: stray commas, bare quotes, "NA", missing values, rows without image, identical files."""
    lines = [HEADER]
    for place in range(40):
        year = "" if place == 9 else str(2007 + place % 11)
        usage = "NA" if place % 8 == 0 else "" if place == 11 else "Casual"
        name = f"Thing {place}"
        name = {4: "Shirt, striped, blue", 5: "Shoe, left", 6: 'Watch 12" dial', 7: '"Quoted" and "plain"'}.get(
            place, name
        )
        gender = ("Men", "Women")[place % 2]
        colour = "NA" if place == 8 else "Blue"
        lines.append(f"{first + place},{gender},Apparel,Topwear,Shirts,{colour},Fall,{year},{usage},{name}")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("styles.csv", "\n".join(lines) + "\n")
        for place in range(34):
            same = DOUBLES.get(1000 + place, 1000 + place)
            archive.writestr(f"images/{first + place}.jpg", drawing(2 * (first - 1000) + same))
    return Miniature(path)


@dataclass
class Bench:
    """A workspace to ingest into; every ledger that comes out of it has to reconcile."""

    folder: Path
    encoder: Encoder
    settings: Settings

    def bring(self, source: Path, name: str = "c", report: Report = lambda _: None, **request: Any) -> Ledger:
        asked = IngestRequest(str(source), name, **request)
        ledger = ingest(self.folder, asked, lambda: self.encoder, self.settings, report)
        assert ledger.counts.problems() == []
        assert all(entry.reason for entry in ledger.entries)
        return ledger

    def collection(self, name: str = "c") -> Collection:
        return Collection(self.folder, name)

    def rows(self, name: str = "c", *leaving_out: str) -> dict[str, dict[str, Any]]:
        """Everything about every image, by id; doubled ids fail."""
        table = self.collection(name).dataset().to_table()
        table = table.drop_columns(list(leaving_out))
        rows = {row["id"]: row for row in table.to_pylist()}
        assert len(rows) == table.num_rows
        return rows
