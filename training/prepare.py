"""Turn the Kaggle archive and the sample catalogue's drawings into one folder of arrays to train from.

The folder holds `frames.npy` (uint8, one 80 by 64 frame a row), `rows.json` (the table's columns, one list each) and is
written once; a later run reads it again. Pictures that look the same always stand on the same side of the split: the
side is drawn from a hash of what the picture shows, not from its file name, so a copy cannot leak into the hold-out.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.preprocess import KEPT_HEIGHT, KEPT_WIDTH, kept

LABELS = ("gender", "masterCategory", "subCategory", "articleType", "baseColour", "season", "usage")
COLUMNS = ("id", *LABELS, "year", "productDisplayName")
_TABLE_ORDER = (
    "id", "gender", "masterCategory", "subCategory", "articleType",
    "baseColour", "season", "year", "usage", "productDisplayName",
)  # fmt: skip
HOLD_OUT_PER_MILLE = 113
PHOTO, DRAWING = "photo", "drawing"

Row = Mapping[str, str]


@dataclass(frozen=True)
class Dataset:
    """Everything training reads, row-aligned."""

    frames: NDArray[np.uint8]
    """Pictures, shape (rows, 80, 64, 3); may be memory-mapped."""
    columns: Mapping[str, list[str]]
    """The table's columns as text, and `source`, which is "photo" or "drawing"."""
    held_out: NDArray[np.bool_]
    """True for rows that no training step may see."""

    def __len__(self) -> int:
        return len(self.held_out)


def parse_table(text: str) -> list[dict[str, str]]:
    """Read styles.csv: the first nine commas separate, every later one belongs to the product's name.

    The file has rows with unquoted commas and bare quotation marks in its last column, which a CSV reader mangles.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    header = lines[0].split(",")
    if tuple(header) != _TABLE_ORDER:
        raise ValueError(f"styles.csv has the columns {header}, expected {list(_TABLE_ORDER)}")
    return [dict(zip(header, line.split(",", len(header) - 1), strict=True)) for line in lines[1:]]


def looks(image: Image.Image) -> str:
    """Return a 64-bit difference hash of what the picture shows, as hexadecimal text.

    Byte-identical files, and most recompressed or resized copies, share it.
    """
    grey = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    return np.packbits(grey[:, 1:] > grey[:, :-1]).tobytes().hex()


def is_held_out(look: str) -> bool:
    """Say which side of the split a look stands on: about 11 in 100 are held out, the same ones on every machine."""
    return int.from_bytes(hashlib.sha256(look.encode()).digest()[:4], "big") % 1000 < HOLD_OUT_PER_MILLE


def archive_rows(archive: Path) -> Iterator[tuple[dict[str, str], Image.Image]]:
    """Yield every row of the Kaggle archive (a zip or an unpacked folder) that has an image, with the image.

    A row without an image is left out altogether.
    """
    if archive.is_dir():
        yield from _rows_of(lambda name: (archive / name).read_bytes(), lambda name: (archive / name).is_file())
        return
    with zipfile.ZipFile(archive) as opened:
        by_tail = {"/".join(Path(name).parts[-2:]): name for name in opened.namelist()}
        by_tail.update({Path(name).name: name for name in opened.namelist() if name.endswith("styles.csv")})
        yield from _rows_of(lambda name: opened.read(by_tail[name]), by_tail.__contains__)


def _rows_of(
    read: Callable[[str], bytes], exists: Callable[[str], bool]
) -> Iterator[tuple[dict[str, str], Image.Image]]:
    for row in parse_table(read("styles.csv").decode("utf-8")):
        name = f"images/{row['id']}.jpg"
        if exists(name):
            yield row, Image.open(io.BytesIO(read(name)))


def drawn_rows(count: int, seed: int) -> Iterator[tuple[dict[str, str], Image.Image]]:
    """Yield rows of the sample catalogue with their drawings, in the archive's columns."""
    from data.sample import draw, sample_rows

    for index, row in enumerate(sample_rows(count, seed)):
        cells = {name: "" if getattr(row, name) is None else str(getattr(row, name)) for name in COLUMNS}
        yield cells, draw(row, np.random.default_rng([seed, index]))


def prepare(sources: Mapping[str, Iterator[tuple[dict[str, str], Image.Image]]], target: Path) -> Dataset:
    """Write the folder of arrays from the named sources and return it, or read it where it is complete already."""
    if (target / "rows.json").is_file():
        return load(target)
    target.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, str]] = []
    with (target / "frames.raw").open("wb") as raw:
        for source, pairs in sources.items():
            for row, image in pairs:
                frame = kept(image)
                raw.write(np.asarray(frame).tobytes())
                rows.append({**{name: row[name] for name in COLUMNS}, "source": source, "look": looks(frame)})
    columns = {name: [row[name] for row in rows] for name in (*COLUMNS, "source", "look")}
    partial = target / "rows.json.partial"
    partial.write_text(json.dumps(columns))
    os.replace(partial, target / "rows.json")
    return load(target)


def load(target: Path) -> Dataset:
    """Open a prepared folder; the frames are memory-mapped."""
    columns: dict[str, list[str]] = json.loads((target / "rows.json").read_text())
    shape = (len(columns["id"]), KEPT_HEIGHT, KEPT_WIDTH, 3)
    frames = np.memmap(target / "frames.raw", np.uint8, "r", shape=shape)
    held_out = np.array([is_held_out(look) for look in columns["look"]], np.bool_)
    return Dataset(frames, columns, held_out)
