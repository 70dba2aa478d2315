"""Measure a CLIP model of the hub's size on this processor: `python -m benchmarks.encoders`, a minute or three.

Without --model its weights are random: that costs the same and shows the error of each arithmetic, not what a
trained model sees. Every variant runs once a round, so that whatever else the machine does falls on all alike.
"""

import argparse
import json
import logging
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.encoder_variants import Floats, Variant, variants
from benchmarks.measure import machine
from benchmarks.random_clip import write_vit_b_32
from core.encoders.crop import Crop, crop_of
from core.encoders.registry import load_encoder
from core.encoders.threads import one_thread
from core.ingest.decode import decode_pixels
from core.settings import ROOT, Settings

RESULTS = ROOT / "benchmarks" / "results"
LEAST_ROUNDS = 3
SIZE = (1024, 768)  # of generated pictures, pixels
QUALITY = 88
WORDS = "a photo of two red shoes on a white table"


@dataclass(frozen=True)
class Row:
    """What one variant does."""

    name: str
    whole: float  # images a second from JPEG bytes, median of the rounds
    ratio: float  # to the first variant, median of each round's ratio
    processor: float  # images for each second of processor time, from JPEG bytes
    tower: float | None  # images a second from prepared pixels
    tower_processor: float | None  # images for each second of processor time, from prepared pixels
    least_cosine: float  # with the first variant's vectors
    median_cosine: float
    least_centred: float  # of the vectors less their mean, which random weights make nearly all of each


def main() -> None:
    """Run, print two tables, and keep the figures with the machine's facts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=32, help="pictures in a batch (default 32)")
    parser.add_argument("--seconds", type=float, default=180, help="rounds are started for so long (default 180)")
    parser.add_argument("--model", type=Path, help="a sentence-transformers folder; default: ViT-B/32, random weights")
    parser.add_argument("--archive", type=Path, help="zip archive of JPEG photographs for half of the pictures")
    parser.add_argument("--only", default="", help="beside the first variant only those whose name has this in it")
    asked = parser.parse_args()
    _quieten()
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as scratch:
        folder = asked.model or write_vit_b_32(Path(scratch))
        files = jpegs(asked.images, asked.archive)
        first, *others = variants(folder, Path(scratch))
        offered = [first, *(item for item in others if asked.only in item.name)]
        rows, rounds, alike = compare(offered, folder, files, asked.seconds)
        parts = steps(folder, files)
    print(f"{asked.images} images a batch, {rounds} rounds; the vectors' mean cosine is {alike:.3f}; {facts}")
    print(table(rows))
    print("\n".join(f"{name:<48}{value:>10,.2f} ms" for name, value in parts.items()))
    RESULTS.mkdir(parents=True, exist_ok=True)
    body = {"machine": facts, "images": asked.images, "rounds": rounds, "mean_cosine": alike,
            "variants": [asdict(row) for row in rows], "milliseconds": parts}  # fmt: skip
    target = RESULTS / f"encoders-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    target.write_text(json.dumps(body, indent=2), encoding="utf-8")


def jpegs(count: int, archive: Path | None) -> list[bytes]:
    """JPEG files of scenes, drawings and gradients, and for half of them of photographs if there is an archive."""
    photographs: list[bytes] = []
    if archive:
        with ZipFile(archive) as source:
            names = sorted(name for name in source.namelist() if name.lower().endswith((".jpg", ".jpeg")))
            photographs = [source.read(name) for name in names[:: max(1, len(names) // count)][: count // 2]]
    return photographs + [_drawn(place) for place in range(count - len(photographs))]


def compare(
    offered: Sequence[Variant], folder: Path, files: Sequence[bytes], seconds: float
) -> tuple[list[Row], int, float]:
    """A row for each variant, how many rounds that was, and how alike the first one's vectors are."""
    settings = Settings.load()
    pixels = _crop(folder).batch([decode_pixels(data, settings) for data in files])
    vectors: dict[str, Floats] = {}
    whole: dict[str, list[float]] = {item.name: [] for item in offered}
    tower: dict[str, list[float]] = {item.name: [] for item in offered}
    busy: dict[str, list[float]] = {item.name: [] for item in offered}
    tower_busy: dict[str, list[float]] = {item.name: [] for item in offered}

    def from_files(item: Variant) -> None:
        vectors[item.name] = item.whole([decode_pixels(data, settings) for data in files])

    started, rounds = time.perf_counter(), -1
    while rounds < LEAST_ROUNDS or time.perf_counter() - started < seconds:
        for item in offered:
            before = time.process_time()
            taken = _seconds(partial(from_files, item))
            if rounds >= 0:  # the first one warms up
                busy[item.name].append(time.process_time() - before)
                whole[item.name].append(taken)
            if item.tower:
                before = time.process_time()
                tower[item.name].append(_seconds(partial(item.tower, pixels)))
                tower_busy[item.name].append(time.process_time() - before)
        rounds += 1
        print(f"round {rounds} done after {time.perf_counter() - started:,.0f} s", file=sys.stderr)
    first = offered[0].name
    wanted = _unit(vectors[first])
    rows = [
        _row(item, len(files), whole, tower, busy, tower_busy, first, wanted, _unit(vectors[item.name]))
        for item in offered
    ]
    return rows, rounds, float(np.mean(wanted @ wanted.T))


def steps(folder: Path, files: Sequence[bytes]) -> dict[str, float]:
    """Milliseconds of each step of a picture, and of a search by words; medians."""
    from sentence_transformers import SentenceTransformer

    settings = Settings.load()
    images = [decode_pixels(data, settings) for data in files]
    plain, quick = SentenceTransformer(str(folder), device="cpu", local_files_only=True), load_encoder(str(folder))
    processor, crop = plain[0].processor.image_processor, _crop(folder)

    def words_in_one() -> None:
        with one_thread():
            plain.encode([WORDS], show_progress_bar=False)

    works: dict[str, tuple[Callable[[], object], int]] = {
        "decode, a picture": (lambda: [decode_pixels(data, settings) for data in files], len(files)),
        "prepare, a picture, its own processor": (lambda: processor(images, return_tensors="np"), len(files)),
        "prepare, a picture, Vitrine": (lambda: crop.batch(images), len(files)),
        "one text, sentence-transformers": (lambda: plain.encode([WORDS], show_progress_bar=False), 1),
        "one text, sentence-transformers, one thread": (words_in_one, 1),
        "one text, Vitrine": (lambda: quick.encode_texts([WORDS]), 1),
        "one picture, sentence-transformers": (lambda: plain.encode(images[:1], show_progress_bar=False), 1),
        "one picture, Vitrine": (lambda: quick.encode_images(images[:1]), 1),
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(7):
        for name, (work, count) in works.items():
            taken[name].append(_seconds(work) * 1000 / count)
    return {name: statistics.median(values[1:]) for name, values in taken.items()}


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = [
        "| Variant | Images/s | Ratio | Per processor s | Tower, images/s | Per processor s | Least cosine | Median "
        "| Centred |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        tower = " | " if row.tower is None else f"{row.tower:.1f} | {row.tower_processor:.1f}"
        lines.append(
            f"| {row.name} | {row.whole:.1f} | {row.ratio:.2f} | {row.processor:.1f} | {tower} "
            f"| {row.least_cosine:.6f} | {row.median_cosine:.6f} | {row.least_centred:.4f} |"
        )
    return "\n".join(lines)


def _row(
    item: Variant,
    count: int,
    whole: dict[str, list[float]],
    tower: dict[str, list[float]],
    busy: dict[str, list[float]],
    tower_busy: dict[str, list[float]],
    first: str,
    wanted: Floats,
    found: Floats,
) -> Row:
    cosines = np.sum(wanted * found, axis=1)
    centred = np.sum(_unit(wanted - wanted.mean(axis=0)) * _unit(found - found.mean(axis=0)), axis=1)
    alone, alone_busy = tower[item.name][1:], tower_busy[item.name][1:]
    return Row(
        item.name,
        count / statistics.median(whole[item.name]),
        statistics.median(base / own for base, own in zip(whole[first], whole[item.name], strict=True)),
        count / statistics.median(busy[item.name]),
        count / statistics.median(alone) if alone else None,
        count / statistics.median(alone_busy) if alone else None,
        float(cosines.min()),
        float(np.median(cosines)),
        float(centred.min()),
    )


def _quieten() -> None:
    """Leave the table alone on the screen: exporters and loaders tell much about themselves."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    warnings.filterwarnings("ignore")
    for name in ("transformers", "torch.onnx", "torch.onnx._internal.exporter._registration"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _crop(folder: Path) -> Crop:
    from transformers import AutoImageProcessor

    crop = crop_of(AutoImageProcessor.from_pretrained(str(folder)))
    assert crop is not None
    return crop


def _drawn(place: int) -> bytes:
    """One of three kinds of picture, each different."""
    chance = np.random.default_rng(place)
    kind = place % 3
    if kind == 0:
        small = chance.integers(0, 256, (6 + place % 40, 8 + place % 40, 3), np.uint8)
        image = Image.fromarray(small).resize(SIZE, Image.Resampling.BICUBIC)
        grain = Image.effect_noise(SIZE, 30).convert("RGB")
        image = Image.blend(image, grain, 0.15)
    elif kind == 1:
        image = Image.new("RGB", SIZE, tuple(int(level) for level in chance.integers(160, 256, 3)))
        pen = ImageDraw.Draw(image)
        for _ in range(12):
            left, top = int(chance.integers(0, 800)), int(chance.integers(0, 600))
            colour = tuple(int(level) for level in chance.integers(0, 256, 3))
            pen.ellipse((left, top, left + int(chance.integers(20, 300)), top + 150), fill=colour)
    else:
        ramps = [Image.linear_gradient("L").rotate(int(turn)).resize(SIZE) for turn in chance.integers(0, 360, 3)]
        image = Image.merge("RGB", ramps).filter(ImageFilter.GaussianBlur(2))
    target = BytesIO()
    image.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


if __name__ == "__main__":
    main()
