"""What an audit measured, and its file in the workspace."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from core.collection.planner import MOST_PARTITIONS
from core.collection.schema import EncoderFact, check_name
from core.collection.storage import storing
from core.query.recipe import Accuracy

FORMAT = 1
MOST_GROWTH = 0.25  # share of the images by which a collection may have grown or shrunk since


@dataclass(frozen=True)
class Point:
    """One way of asking, and what it gave."""

    label: str  # such as “auto”, “quick, filtered”, or the share of partitions
    exact: bool
    probes: int  # partitions of the index that were looked through; 0 without the index
    refine: int  # candidates compared by their full vectors, per wanted image
    recall: float  # share of the exact nearest images that were found, mean over the questions
    worst: float  # of any question
    median_ms: float  # of ranking alone, without metadata
    p95_ms: float
    least_found: int  # images, of any question


@dataclass(frozen=True)
class Setting:
    """What a person's choice of accuracy comes to, with a filter or without."""

    accuracy: Accuracy
    filtered: bool
    point: Point


@dataclass(frozen=True)
class Audit:
    """Recall and latency of a collection's answers against exact ones."""

    at: str  # UTC, ISO 8601
    collection: str
    version: int
    images: int
    encoder: EncoderFact
    index: str  # its kind; “memory” where every vector is compared there, “none” where there is no index
    partitions: int
    k: int  # images asked for
    image_questions: int
    word_questions: int
    filter: str  # the sentence of the filter that was tried; "" where no column offers one
    matching: int  # images that pass it
    settings: tuple[Setting, ...]
    curve: tuple[Point, ...]  # more and more partitions; empty where nothing approximate is asked
    seconds: float

    def recall_of(self, accuracy: Accuracy, *, filtered: bool, probes: int = MOST_PARTITIONS) -> float | None:
        """The measured recall of approximate answers of that kind; None where it does not tell.

        An answer under a wider filter than the one that was tried looks through fewer partitions.
        """
        found = (one.point for one in self.settings if one.accuracy is accuracy and one.filtered == filtered)
        point = next(found, None)
        return None if point is None or point.exact or probes < point.probes else point.recall

    def holds_for(self, images: int, encoder: EncoderFact, index: str) -> bool:
        """Whether it still tells about a collection: the same encoder and kind of index, and about as many images."""
        grown = abs(images - self.images) / max(self.images, 1)
        return self.encoder == encoder and self.index == index and grown <= MOST_GROWTH


def to_json(audit: Audit) -> dict[str, Any]:
    """As written to the file, and given by API and command line."""
    return {"format": FORMAT, **asdict(audit)}


def from_json(body: Mapping[str, Any]) -> Audit:
    """What `to_json` gave; KeyError, TypeError or ValueError for anything else."""
    if body["format"] != FORMAT:
        raise ValueError(f"format {body['format']!r}")
    values = {name: value for name, value in body.items() if name != "format"}
    values["encoder"] = EncoderFact(**body["encoder"])
    values["settings"] = tuple(
        Setting(Accuracy(one["accuracy"]), bool(one["filtered"]), Point(**one["point"])) for one in body["settings"]
    )
    values["curve"] = tuple(Point(**one) for one in body["curve"])
    return Audit(**values)


def audit_path(folder: Path, collection: str) -> Path:
    """Where a collection's audit is in the workspace `folder`."""
    return folder / "audits" / f"{check_name(collection)}.json"


def save_audit(folder: Path, audit: Audit) -> None:
    """Write an audit over the one before; readers see all of it or nothing."""
    path = audit_path(folder, audit.collection)
    temporary = path.with_name(f".{token_hex(6)}.part")
    with storing("the audit"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_text(json.dumps(to_json(audit), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def load_audit(folder: Path, collection: str) -> Audit | None:
    """A collection's audit; None where there is none, or one that cannot be read."""
    try:
        return from_json(json.loads(audit_path(folder, collection).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
