"""Whether a collection's pictures are of the kind that its encoder was trained on.

An encoder answers about anything, also about what it never saw; then its answers mean little and nothing else on the
screen tells. Pictures like its own stand close to one of its words and far from the rest, others lie between them all.
So an encoder's folder may hold a reference: some of its words as vectors, and how well its own pictures fit them.
A sample of a collection's vectors is held against that with numpy alone; no encoder is loaded.
"""

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.collection.matrix import matrix_of
from core.collection.schema import encoder_of, vector_column
from core.timing import step

Vectors = npt.NDArray[np.float32]

FILE = "domain.json"
FORMAT = 1
LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
STRANGE_LEVEL = 0.05  # a picture that fits worse than all but this share of the encoder's own is strange to it
MOST_STRANGE = 0.35  # share of strange pictures beyond which a collection is unlike; its own hardest types have 0.3
SURE = 1.64  # standard errors that the sample's share has to be beyond it: 95 in 100 such findings are no chance
FEWEST = 20  # different pictures that a verdict needs
SAMPLE = 500  # pictures looked at
SEED = 11


class Answer(StrEnum):
    """What can be said."""

    ALIKE = "alike"
    UNLIKE = "unlike"
    FEW = "too few to tell"


@dataclass(frozen=True)
class Reference:
    """How an encoder sees pictures of the kind it was trained on."""

    fingerprint: str  # of the weights that this was measured with
    about: str  # what the pictures are, in two or three words
    phrases: Vectors  # unit vectors of some of its words, shape (phrases, dimension)
    fit: Mapping[float, float]  # how well its own pictures fit, by level
    near: Mapping[int, float]  # median cosine to the nearest other of its own pictures, by how many there are


@dataclass(frozen=True)
class Verdict:
    """A collection's sample beside the reference."""

    answer: Answer
    about: str  # what the encoder was trained on
    sampled: int  # different pictures looked at
    strange: int  # of them, those that fit the encoder's words worse than 95 % of its own pictures do
    near: float  # median cosine to the nearest other of the sample; not a number for fewer than two
    near_own: float  # the same among as many of the encoder's own pictures


def fits(vectors: Vectors, phrases: Vectors) -> Vectors:
    """How far each picture's best phrase stands out from the phrases' mean, in cosine; shape (len(vectors),).

    The best cosine alone says less: what lies between all phrases is not far from any of them.
    """
    scores = vectors @ phrases.T
    found: Vectors = scores.max(axis=1) - scores.mean(axis=1)
    return found


def nearest(vectors: Vectors) -> Vectors:
    """Each picture's cosine to the nearest other; shape (len(vectors),). The more there are, the higher it is."""
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)
    found: Vectors = scores.max(axis=1)
    return found


def near_at(reference: Reference, count: int) -> float:
    """The median cosine to the nearest other that so many of the encoder's own pictures would have."""
    counts = sorted(reference.near)
    return float(np.interp(math.log(max(count, 1)), np.log(counts), [reference.near[size] for size in counts]))


def compare(vectors: Vectors, reference: Reference) -> Verdict:
    """The verdict on unit vectors of different pictures, shape (pictures, dimension).

    The nearest others are told and decide nothing: a collection of one thing only has near ones whatever it shows.
    """
    count = len(vectors)
    strange = int((fits(vectors, reference.phrases) < reference.fit[STRANGE_LEVEL]).sum()) if count else 0
    near = float(np.median(nearest(vectors))) if count > 1 else math.nan
    return Verdict(answer_to(strange, count), reference.about, count, strange, near, near_at(reference, count))


def answer_to(strange: int, count: int) -> Answer:
    """What a share of strange pictures says: of 20 sampled it takes 11 to be unlike, of 500 it takes 193."""
    if count < FEWEST:
        return Answer.FEW
    by_chance = SURE * math.sqrt(MOST_STRANGE * (1 - MOST_STRANGE) * count)
    return Answer.UNLIKE if strange >= MOST_STRANGE * count + by_chance else Answer.ALIKE


def sampled_vectors(dataset: Any, most: int = SAMPLE, seed: int = SEED) -> Vectors:
    """Unit vectors at random rows of a Lance dataset, shape (pictures, dimension); a picture held twice counts once.

    Only those rows are read: the whole column is a gigabyte at a million rows.
    """
    column = vector_column(dataset.schema)
    rows = dataset.count_rows()
    chosen = np.random.default_rng(seed).choice(rows, min(most, rows), replace=False)
    taken = dataset.take(np.sort(chosen).tolist(), columns=["content_hash", column])
    held, there = matrix_of(taken[column])
    _, firsts = np.unique(taken["content_hash"].to_numpy()[there].astype(str), return_index=True)
    vectors: Vectors = held[np.sort(firsts)]
    return vectors


def judge(dataset: Any, reference: Reference) -> Verdict | None:
    """The verdict on a collection; None where other weights made its vectors than the reference was measured with."""
    made_by = encoder_of(dataset.schema)
    if (made_by.fingerprint, made_by.dimension) != (reference.fingerprint, reference.phrases.shape[1]):
        return None
    with step("domain"):
        return compare(sampled_vectors(dataset), reference)


def as_kept(phrases: Vectors) -> Vectors:
    """Unit vectors as a reference keeps them, coarser by less than a hundredth: measure with these."""
    return _unpacked(_packed(phrases))


def to_text(reference: Reference, notes: Mapping[str, Any]) -> str:
    """The reference as JSON, with notes for people; its phrases come back as `as_kept` gives them."""
    scaled = _packed(reference.phrases)
    written = {
        "format": FORMAT,
        "fingerprint": reference.fingerprint,
        "about": reference.about,
        **notes,
        "fit": {f"{level:g}": round(value, 4) for level, value in reference.fit.items()},
        "near": {str(count): round(value, 4) for count, value in reference.near.items()},
        "dimension": scaled.shape[1],
        "vectors": base64.b64encode(scaled.tobytes()).decode(),
    }
    return json.dumps(written, indent=2) + "\n"


def read_reference(folder: Path) -> Reference | None:
    """The reference in an encoder's folder; None where there is none, or one that this version cannot read."""
    try:
        held = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if held["format"] != FORMAT:
            return None
        scaled = np.frombuffer(base64.b64decode(held["vectors"]), np.int8).reshape(-1, held["dimension"])
        phrases = _unpacked(scaled)
        fit = {float(level): float(value) for level, value in held["fit"].items()}
        near = {int(count): float(value) for count, value in held["near"].items()}
        if STRANGE_LEVEL not in fit or not near or not len(phrases):
            return None
        return Reference(str(held["fingerprint"]), str(held["about"]), phrases, fit, near)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _packed(phrases: Vectors) -> npt.NDArray[np.int8]:
    """In whole numbers from -127 to 127."""
    scaled: npt.NDArray[np.int8] = np.round(phrases * (127 / np.abs(phrases).max())).astype(np.int8)
    return scaled


def _unpacked(scaled: npt.NDArray[np.int8]) -> Vectors:
    phrases = scaled.astype(np.float32)
    units: Vectors = phrases / np.linalg.norm(phrases, axis=1, keepdims=True)
    return units
