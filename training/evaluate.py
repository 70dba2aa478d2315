"""Measure an exported encoder on pictures that no training step saw.

    python -m training.evaluate --archive PATH --encoder FOLDER [--figures metrics.json]

Everything goes through the exported folder, the way a user of it would: half-precision weights, framed pictures.
"""

import argparse
import io
import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageOps
from sentence_transformers import SentenceTransformer

from core.encoders.sentence_transformer import SentenceTransformerEncoder
from core.evaluation import metrics
from core.evaluation.metrics import Vectors
from training.prepare import archive_rows, is_held_out, looks
from training.preprocess import framed, frames, kept
from training.vocabulary import PHRASES, TYPES, UNKNOWN

BASELINE = {"articleType": 0.70, "gender": 0.81, "subCategory": 0.89, "masterCategory": 0.98, "baseColour": 0.35}
AIMS = {"articleType": 0.80, "gender": 0.88, "subCategory": 0.93, "masterCategory": 0.98, "baseColour": 0.60}
NEIGHBOUR_SAMPLE = 2500
INVARIANCE_SAMPLE = 1000


@dataclass(frozen=True)
class Photos:
    """The archive's rows and framed photos, row-aligned, and which of them are held out."""

    rows: list[dict[str, str]]
    frames: NDArray[np.uint8]
    held_out: NDArray[np.bool_]
    originals: list[tuple[int, Image.Image]]
    """Undistorted held-out photos to make variants of, with their row."""


class Encoder:
    """An exported folder; pictures go the way Vitrine takes them, words that of the folder alone."""

    def __init__(self, folder: Path):
        self.folder = folder
        started = time.perf_counter()
        self.model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.load_seconds = time.perf_counter() - started
        self.own = SentenceTransformerEncoder(str(folder), str(folder))

    def images(self, pictures: NDArray[np.uint8], batch: int = 512) -> Vectors:
        """Embed framed pictures, shape (count, height, width, 3); the answer has shape (count, 256)."""
        starts = range(0, len(pictures), batch)
        return np.concatenate(
            [self.own.encode_images(list(map(Image.fromarray, pictures[at : at + batch]))) for at in starts]
        )

    def texts(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; the answer has shape (count, 256)."""
        vectors: Vectors = self.model.encode(list(texts), batch_size=256, show_progress_bar=False)
        return vectors


def read_photos(archive: Path, originals: int = INVARIANCE_SAMPLE) -> Photos:
    """Read every photo of the archive, and keep some held-out originals."""
    rows: list[dict[str, str]] = []
    pictures: list[NDArray[np.uint8]] = []
    held_out: list[bool] = []
    own: list[tuple[int, Image.Image]] = []
    for row, image in archive_rows(archive):
        original = image.convert("RGB")
        aside = is_held_out(looks(kept(original)))
        if aside:
            own.append((len(rows), original))
        rows.append(row)
        pictures.append(np.asarray(framed(original)))
        held_out.append(aside)
    chosen = random.Random(3).sample(own, min(originals, len(own)))
    return Photos(rows, np.stack(pictures), np.array(held_out, np.bool_), chosen)


def neighbours(vectors: Vectors, rows: Sequence[dict[str, str]], most: int | None = None) -> dict[str, float]:
    """Return leave-one-out accuracy on all rows, or on a sample of so many."""
    sample = np.random.default_rng(0).permutation(len(rows))[:most]
    return {
        column: metrics.one_nearest_neighbour(vectors[sample], [rows[place][column] for place in sample])
        for column in BASELINE
    }


def from_words(encoder: Encoder, vectors: Vectors, rows: Sequence[dict[str, str]], column: str) -> dict[str, float]:
    """Return how well pictures are told apart by the plain names of a column's values, and by other words for them."""
    truth = [row[column] for row in rows]
    counted = [place for place, value in enumerate(truth) if value not in UNKNOWN]
    names = sorted({*truth, *(TYPES if column == "articleType" else ())} - UNKNOWN)
    actual = [truth[place] for place in counted]
    figures = {}
    for wording, words in {
        "plain": names,
        "other_words": [(PHRASES[column].get(name) or (name,))[0] for name in names],
    }.items():
        picked = metrics.zero_shot(vectors[counted], encoder.texts(words))
        predicted = [names[place] for place in picked]
        figures[f"{wording}_accuracy"] = metrics.accuracy(predicted, actual)
        figures[f"{wording}_weighted_f1"] = metrics.weighted_f1(predicted, actual)
    return {"names": float(len(names)), **figures}


def recompressed(image: Image.Image) -> Image.Image:
    """Store as JPEG of quality 50 and read back."""
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=50)
    return Image.open(stored).convert("RGB")


def quartered(image: Image.Image) -> Image.Image:
    """Shrink to 25 % of the width and height."""
    return image.resize((max(1, image.width // 4), max(1, image.height // 4)), Image.Resampling.LANCZOS)


def padded(image: Image.Image) -> Image.Image:
    """Pad with white to a square."""
    return ImageOps.pad(image, (max(image.size),) * 2, color=(255, 255, 255))


def on_light_colour(image: Image.Image) -> Image.Image:
    """Let white become a light blue, as if the photo had been taken against it."""
    return ImageChops.multiply(image, Image.new("RGB", image.size, (214, 228, 240)))


def on_light_canvas(image: Image.Image) -> Image.Image:
    """Lay the photo on a larger beige canvas."""
    canvas = Image.new("RGB", (image.width * 5 // 4, image.height * 5 // 4), (240, 228, 210))
    canvas.paste(image, (image.width // 8, image.height // 8))
    return canvas


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed": recompressed, "resized_to_25_percent": quartered, "padded_to_square": padded,
    "flipped": ImageOps.mirror, "light_coloured_background": on_light_colour, "on_coloured_canvas": on_light_canvas,
}  # fmt: skip


def invariance(encoder: Encoder, photos: Photos, everything: Vectors) -> dict[str, float]:
    """Return how often a changed photo finds its original first among all photos."""
    answers = np.array([row for row, _ in photos.originals])
    figures = {}
    for name, change in VARIANTS.items():
        queries = encoder.images(frames([change(original) for _, original in photos.originals]))
        figures[name] = metrics.recall_at(metrics.ranks(queries, everything, answers), 1)
    return figures


def speed(encoder: Encoder, photos: Photos) -> dict[str, float]:
    """Return images a second from JPEG bytes to vectors, and milliseconds a text query takes, at their median.

    The figure per second of processor time does not depend on what else the machine is doing.
    """
    files = []
    for _, original in photos.originals[:512]:
        stored = io.BytesIO()
        original.save(stored, "JPEG", quality=90)
        files.append(stored.getvalue())
    rates, core_rates = [], []
    for _ in range(5):
        started, worked = time.perf_counter(), time.process_time()
        encoder.own.encode_images([Image.open(io.BytesIO(file)).convert("RGB") for file in files])
        rates.append(len(files) / (time.perf_counter() - started))
        core_rates.append(len(files) / (time.process_time() - worked))
    waits = []
    for number in range(50):
        started = time.perf_counter()
        encoder.texts([f"red running shoes {number}"])
        waits.append(1000 * (time.perf_counter() - started))
    return {
        "images_per_second": float(np.median(rates)),
        "images_per_core_second": float(np.median(core_rates)),
        "text_query_ms": float(np.median(waits)),
        "load_seconds": encoder.load_seconds,
    }


def evaluate(encoder: Encoder, photos: Photos) -> dict[str, Any]:
    """Return every figure of the model card."""
    everything = encoder.images(photos.frames)
    aside = np.flatnonzero(photos.held_out)
    vectors, rows = everything[aside], [photos.rows[place] for place in aside]
    names = encoder.texts([row["productDisplayName"] for row in rows])
    recalls = metrics.text_to_image_recall(names, vectors)
    return {
        "parameters": sum(weight.numel() for weight in encoder.model.parameters()),
        "weight_bytes": sum(path.stat().st_size for path in encoder.folder.rglob("*.safetensors")),
        "photos": len(photos.rows),
        "held_out": len(rows),
        "one_nearest_neighbour": neighbours(vectors, rows, NEIGHBOUR_SAMPLE),
        "one_nearest_neighbour_of_all": neighbours(vectors, rows),
        "from_words": {
            name: from_words(encoder, vectors, rows, name) for name in ("articleType", "baseColour", "gender")
        },
        "name_to_image_recall": {f"at_{depth}": value for depth, value in recalls.items()},
        "finds_its_original_first": invariance(encoder, photos, everything),
        "speed": speed(encoder, photos),
    }


def rounded(figures: Any) -> Any:
    """Round every float to four digits, so that files compare."""
    if isinstance(figures, dict):
        return {name: rounded(value) for name, value in figures.items()}
    return round(figures, 4) if isinstance(figures, float) else figures


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the figures, and write them where asked."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--archive", type=Path, required=True, help="the Kaggle archive, a zip or an unpacked folder")
    parser.add_argument("--encoder", type=Path, required=True, help="the exported folder")
    parser.add_argument("--figures", type=Path, help="where to write the figures as JSON")
    options = parser.parse_args(None if arguments is None else list(arguments))
    figures = json.dumps(rounded(evaluate(Encoder(options.encoder), read_photos(options.archive))), indent=2)
    print(figures)
    if options.figures:
        options.figures.write_text(figures + "\n")


if __name__ == "__main__":
    main()
