"""A tiny collection of drawn pictures with the archive's columns, so that no test here needs the archive."""

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw

from training.prepare import PHOTO, Dataset, archive_rows, prepare

HEADER = "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName"
KINDS = {"Tshirts": ("Apparel", "Topwear"), "Watches": ("Accessories", "Watches"), "Dresses": ("Apparel", "Dress")}
COLOURS = {"Red": (200, 30, 30), "Blue": (30, 60, 200), "Black": (20, 20, 20)}


def picture(kind: str, colour: str, number: int) -> Image.Image:
    """Draw a shape for the kind in the colour; the number moves it, so that pictures differ."""
    image = Image.new("RGB", (60, 80), "white")
    pen = ImageDraw.Draw(image)
    rng = random.Random(number)
    left, top = rng.randrange(4, 16), rng.randrange(6, 20)
    box = (left, top, left + rng.randrange(24, 40), top + rng.randrange(30, 54))
    shape = {"Tshirts": pen.rectangle, "Watches": pen.ellipse, "Dresses": pen.rounded_rectangle}[kind]
    if kind == "Dresses":
        pen.polygon([(box[0], box[3]), (box[2], box[3]), ((box[0] + box[2]) // 2, box[1])], fill=COLOURS[colour])
    else:
        shape(box, fill=COLOURS[colour])
    return image


def archive_lines(count: int) -> list[tuple[str, Image.Image]]:
    """Return table lines with their pictures; every fifth picture repeats the one before it under another id."""
    rng, lines = random.Random(1), []
    last = None
    for number in range(count):
        kind, colour = rng.choice(list(KINDS)), rng.choice(list(COLOURS))
        if number % 5 == 4 and last is not None:
            kind, colour, image = last
        else:
            image = picture(kind, colour, number)
        last = (kind, colour, image)
        master, sub = KINDS[kind]
        name = f"Brand{number % 7} Women {colour} {kind}" + (", pack, of 2" if number % 9 == 0 else "")
        lines.append((f"{1000 + number},Women,{master},{sub},{kind},{colour},Summer,2012,Casual,{name}", image))
    return lines


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Keep torch on one thread: the tensors here are tiny, and threads that wait for each other cost more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip in the Kaggle layout with 120 pictures and one row that has none."""
    path = tmp_path_factory.mktemp("archive") / "fashion.zip"
    lines = archive_lines(120)
    with zipfile.ZipFile(path, "w") as opened:
        table = [HEADER, *(line for line, _ in lines), '9999,Men,Apparel,Topwear,Tshirts,NA,Fall,2010,NA,No "picture']
        opened.writestr("styles.csv", "\n".join(table) + "\n")
        for line, image in lines:
            stored = io.BytesIO()
            image.save(stored, "PNG")
            opened.writestr(f"images/{line.split(',')[0]}.jpg", stored.getvalue())
    return path


@pytest.fixture(scope="session")
def dataset(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The archive's arrays."""
    return prepare({PHOTO: archive_rows(archive)}, tmp_path_factory.mktemp("arrays"))
