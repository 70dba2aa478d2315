"""A small collection of drawn things, ingested once a process with the shipped encoder, and what opens it."""

import csv
import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from safetensors.numpy import load_file, save_file

from core.collection.catalog import Catalog
from core.encoders.protocol import Encoder
from core.encoders.registry import SHIPPED, load_encoder
from core.ingest.plan import IngestRequest
from core.settings import Settings
from core.workspace import Workspace

COLLECTION = "things"
SHAPES = ("circle", "square", "triangle")
COLOURS = {"red": (220, 40, 40), "green": (40, 170, 60), "blue": (40, 70, 220), "yellow": (240, 210, 40)}
ODD_IDS = ("it's", 'a "quoted" one', "два слова", "50% off", "<script>alert(1)</script>", "two\nlines", "q?a=1&b#c+d")
HEADERS = ("id", "shape", "masterColour", "title", "price", "count", "year", "made", "for sale", "from", "Größe")
TITLES = (
    "A {colour} {shape}, 100% cotton_mix",
    'The "{colour}" {shape}; DROP TABLE images;--',
    "{colour} {shape} <b>İstanbul ΣΑΣ</b>",
    "It's a `{shape}` \\ {colour}",
    "{shape} ẞtraße 東京 🙂 {colour}",
)
Draw = Callable[..., Path]
LONG = ("core/jobs/", "core/ingest/test_ingest_resume", "core/test_embed", "training/", "core/batch/")
"""Files that take longest; they are begun first, or one process would be at them when the other has nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files, and leave the order within each."""
    tests = Path(__file__).parent.as_posix()
    items.sort(key=lambda item: not item.path.as_posix().removeprefix(f"{tests}/").startswith(LONG))


def draw_things(folder: Path, count: int = 60, seed: int = 3, first: int = 0) -> Path:
    """Draw `count` small pictures and the table things.csv that describes them; returns the folder.

    The last picture has no row and the last row no picture; with first=0 some files have odd names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"thing-{number:03}" for number in range(first, first + count)]
    if first == 0:
        names[: len(ODD_IDS)] = [name.replace("/", "∕") for name in ODD_IDS]
    rows = []
    for place, name in enumerate(names):
        chance = random.Random(f"{seed}-{first + place}")
        shape, colour = chance.choice(SHAPES), chance.choice(list(COLOURS))
        _draw(shape, COLOURS[colour], chance).save(folder / f"{name}.{'png' if place % 2 else 'jpg'}")
        rows.append(_row(name, shape, colour, chance))
    rows[-1] = ["no-such-picture", *rows[-1][1:]]
    with (folder / "things.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADERS, *rows])
    return folder


def _draw(shape: str, colour: tuple[int, int, int], chance: random.Random) -> Image.Image:
    width, height = chance.randint(48, 80), chance.randint(48, 80)
    image = Image.new("RGB", (width, height), (250, 250, 250))
    box = (8, 8, width - 8 - chance.randint(0, 6), height - 8 - chance.randint(0, 6))
    draw = ImageDraw.Draw(image)
    if shape == "circle":
        draw.ellipse(box, fill=colour)
    elif shape == "square":
        draw.rectangle(box, fill=colour)
    else:
        draw.polygon([(box[0], box[3]), (box[2], box[3]), ((box[0] + box[2]) // 2, box[1])], fill=colour)
    return image


def _row(name: str, shape: str, colour: str, chance: random.Random) -> list[str]:
    def missing(text: str, share: float) -> str:
        return "" if chance.random() < share else text

    return [
        name,
        shape,
        missing(colour, 0.15),
        missing(chance.choice(TITLES).format(colour=colour, shape=shape) + f" no. {name}", 0.05),
        missing(f"{chance.uniform(-20, 500):.2f}", 0.1),
        missing(str(chance.choice([-(2**60), -7, 0, 1, 2, 3, 5_000, 2**53 + 1])), 0.1),
        missing(str(chance.randint(2008, 2019)), 0.05),
        missing((date(1999, 12, 30) + timedelta(days=chance.randint(0, 6000))).isoformat(), 0.2),
        missing(chance.choice(["yes", "no"]), 0.2),
        missing(chance.choice(["select", "where", "NULL", "N/A"]), 0.1),
        chance.choice(["groß", "klein", "mittel"]),
    ]


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit puts a page in the place of the main module, which a process started later would run again."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(scope="session", autouse=True)
def short_lived_workers() -> Iterator[None]:
    """A worker that a test's job started does not outlive the tests by long."""
    before = os.environ.get("VITRINE_WORKER_IDLE_SECONDS")
    os.environ["VITRINE_WORKER_IDLE_SECONDS"] = before or "5"
    yield
    if before is None:
        del os.environ["VITRINE_WORKER_IDLE_SECONDS"]


@pytest.fixture(scope="session")
def small_source() -> Draw:
    """Draws a folder of pictures with their table: see `draw_things`."""
    return draw_things


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped encoder, loaded once."""
    return load_encoder("vitrine-clip")


@pytest.fixture(scope="session")
def half_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with another encoder: the shipped one with half as many components a vector."""
    folder = tmp_path_factory.mktemp("encoders") / "half"
    shutil.copytree(SHIPPED / "vitrine-clip", folder)
    weights = load_file(folder / "model.safetensors")
    for name in ("visual_projection.weight", "text_projection.weight"):
        weights[name] = weights[name][: len(weights[name]) // 2]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "projection_dim": config["projection_dim"] // 2}))
    return folder


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """The folder of a workspace that holds the collection "things"; for reading only."""
    folder = tmp_path_factory.mktemp("things")
    source = draw_things(folder / "source")
    space = Workspace.open(Settings(workspace=folder / "workspace", timings_kept=0), encoder)
    ledger = space.ingest(IngestRequest(str(source), COLLECTION))
    assert ledger.counts.problems() == []
    assert ledger.counts.images_added == 60
    return folder / "workspace"


@pytest.fixture(scope="session")
def workspace(ingested: Path, encoder: Encoder) -> Iterator[Workspace]:
    """An open workspace with the collection "things"; for reading only, so nothing is recorded in it."""
    space = Workspace.open(Settings(workspace=ingested, timings_kept=0), encoder)
    yield space
    space.originals.close()


@pytest.fixture(scope="session")
def catalog(workspace: Workspace) -> Catalog:
    """The catalog of "things"; for reading only."""
    return workspace.catalog(COLLECTION)


@pytest.fixture
def own_workspace(ingested: Path, encoder: Encoder, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the workspace with "things" that the test may change."""
    folder = tmp_path / "workspace"
    shutil.copytree(ingested, folder)
    space = Workspace.open(Settings(workspace=folder), encoder)
    yield space
    space.originals.close()
