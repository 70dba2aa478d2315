"""Write what tells whether a collection's pictures are like those an encoder was trained on.

    python -m training.domain --archive PATH --encoder FOLDER

The reference is measured on held-out photos and fresh drawings through the exported folder, so it has to be written
anew for new weights; one of other weights is left aside by whoever reads it.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.collection.domain import FILE, LEVELS, STRANGE_LEVEL, Reference, as_kept, fits, nearest, to_text
from core.encoders.weights import fingerprint
from training.evaluate import Encoder
from training.prepare import archive_rows, drawn_rows, is_held_out, looks
from training.preprocess import framed, kept
from training.vocabulary import UNKNOWN

ABOUT = "product photos"
DRAWINGS, DRAWING_SEED = 400, 31  # neither the sample's seed nor that of the drawings in training
MOST_PHRASES = 80  # the product types with most pictures: nearly all of them, in a file that stays small
SIZES = (20, 50, 100, 200, 500, 1000)
DRAWS = 10  # random sets a size is measured on
FEWEST_OF_A_TYPE = 20
HARDEST = 3

Picture = tuple[NDArray[np.uint8], str]
"""A frame of shape (140, 112, 3), and the product type it shows."""


def own_pictures(archive: Path, drawings: int = DRAWINGS) -> Iterator[Picture]:
    """Yield every different held-out photo, then drawings: pictures of the kind, none of them seen in training."""
    seen: set[bytes] = set()
    for row, image in archive_rows(archive):
        small = kept(image.convert("RGB"))
        if is_held_out(looks(small)) and small.tobytes() not in seen:
            seen.add(small.tobytes())
            yield np.asarray(framed(image)), row["articleType"]
    for row, image in drawn_rows(drawings, DRAWING_SEED) if drawings else ():
        yield np.asarray(framed(image)), row["articleType"]


def write_domain(folder: Path, pictures: Iterable[Picture]) -> dict[str, float]:
    """Write the reference into an exported encoder's folder.

    Returns the hardest product types with the share of their pictures that the encoder finds strange: a collection of
    that type alone must still count as alike.
    """
    frames, types = zip(*pictures, strict=True)
    encoder = Encoder(folder)
    vectors = encoder.images(np.stack(frames))
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    phrases = [name for name, _ in Counter(types).most_common() if name not in UNKNOWN][:MOST_PHRASES]
    words = encoder.texts(phrases)
    words = as_kept(words / np.linalg.norm(words, axis=1, keepdims=True))
    fit = fits(vectors, words)
    own = dict(zip(LEVELS, np.quantile(fit, LEVELS).tolist(), strict=True))
    reference = Reference(fingerprint(str(folder)), ABOUT, words, own, near_curve(vectors))
    hardest = hardest_types(fit < own[STRANGE_LEVEL], types)
    notes = {"pictures": len(frames), "phrases": phrases, "hardest": hardest}
    (folder / FILE).write_text(to_text(reference, notes), encoding="utf-8")
    return hardest


def near_curve(vectors: NDArray[np.float32]) -> dict[int, float]:
    """Return the median cosine to the nearest other by sample size, up to as many pictures as there are."""
    rng = np.random.default_rng(0)
    curve = {}
    for size in sorted({min(size, len(vectors)) for size in SIZES}):
        drawn = [vectors[rng.choice(len(vectors), size, replace=False)] for _ in range(DRAWS)]
        curve[size] = float(np.mean([np.median(nearest(sample)) for sample in drawn]))
    return curve


def hardest_types(strange: NDArray[np.bool_], types: Sequence[str]) -> dict[str, float]:
    """Return the product types with the largest shares of strange pictures, among those with enough pictures."""
    counts = Counter(types)
    named = np.asarray(types)
    shares = {name: float(strange[named == name].mean()) for name in counts if counts[name] >= FEWEST_OF_A_TYPE}
    return {name: round(shares[name], 3) for name in sorted(shares, key=shares.__getitem__, reverse=True)[:HARDEST]}


def main(given: Sequence[str] | None = None) -> None:
    """Write the reference and tell the hardest types."""
    parser = argparse.ArgumentParser(prog="python -m training.domain", description=__doc__)
    parser.add_argument("--archive", type=Path, required=True, help="the Kaggle zip or its unpacked folder")
    parser.add_argument("--encoder", type=Path, required=True, help="exported folder; the reference goes into it")
    options = parser.parse_args(given)
    hardest = write_domain(options.encoder, own_pictures(options.archive))
    size = (options.encoder / FILE).stat().st_size
    print(f"{options.encoder / FILE}: {size:,} bytes")
    for name, share in hardest.items():
        print(f"  strange among its own {name}: {share:.1%}")


if __name__ == "__main__":
    main()
