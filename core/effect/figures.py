"""What a measurement found, and its file in the workspace."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from core.collection.schema import EncoderFact, check_name
from core.collection.storage import storing
from core.effect.strengths import UNCHANGED, WHOLE
from core.evaluation.intervals import Figure

FORMAT = 1
KEY = 12  # characters of a pipeline's key


@dataclass(frozen=True)
class Drift:
    """How far vectors moved: 1 less the cosine similarity with the original's vector; 0 is not at all."""

    median: float
    low: float  # 95 % interval of the median
    high: float
    p05: float  # so much, or less, for a twentieth of the images
    p25: float
    p75: float
    p95: float


@dataclass(frozen=True)
class Example:
    """One image that moved far."""

    id: str
    drift: float
    ahead: int  # images that are more like the changed one than its original is
    first: str  # the id of the image that is most like it


@dataclass(frozen=True)
class Point:
    """One arrangement's figures."""

    kind: str  # “whole”, “unchanged” or a transform's name
    step: str  # its place in the pipeline, such as “3.2”; "" where it is no transform
    share: float  # of the transform's range
    scaled: bool  # whether there is a range to take a share of
    words: str
    pipeline: Mapping[str, Any] | None  # what made the pictures, as JSON has it; None changes nothing
    images: int
    failed: int  # images that it could not be applied to
    failure: str  # why, of the first
    drift: Drift
    first: Figure  # share of images that find their original first
    ten: Figure  # within the first ten
    examples: tuple[Example, ...]  # those that moved most


@dataclass(frozen=True)
class Effect:
    """What a pipeline does to the search of a collection."""

    at: str  # UTC, ISO 8601
    collection: str
    version: int
    images: int  # of the collection, among which originals are found
    encoder: EncoderFact
    exact: bool  # whether ranks are those among every vector, or what the index answers
    pipeline: Mapping[str, Any]
    recipe: Mapping[str, str]  # whose images were drawn from
    sentence: str  # of it
    matching: int
    asked: int  # images to draw
    seed: int  # of the drawing
    drawn: int
    unread: int  # drawn images without an original that can be read, or without a vector
    unread_why: str  # of the first
    points: tuple[Point, ...]
    encoded: int  # pictures
    seconds: float

    @property
    def whole(self) -> Point:
        """The whole pipeline's figures."""
        return next(point for point in self.points if point.kind == WHOLE)

    @property
    def unchanged(self) -> Point:
        """Those of the same images read again and not changed: what cannot be put down to the pipeline."""
        return next(point for point in self.points if point.kind == UNCHANGED)

    @property
    def steps(self) -> tuple[Point, ...]:
        """Those of single transforms, in the pipeline's order, weakest first."""
        return tuple(point for point in self.points if point.kind not in (WHOLE, UNCHANGED))

    def summary(self) -> dict[str, Any]:
        """What a job's record tells."""
        whole = self.whole
        return {
            "collection": self.collection,
            "pipeline": self.pipeline["name"],
            "images": whole.images,
            "first": whole.first.value,
            "ten": whole.ten.value,
            "drift": whole.drift.median,
            "encoded": self.encoded,
            "seconds": self.seconds,
        }


def to_json(effect: Effect) -> dict[str, Any]:
    """As written to the file, and given by API and command line."""
    return {"format": FORMAT, **asdict(effect)}


def from_json(body: Mapping[str, Any]) -> Effect:
    """What `to_json` gave; KeyError, TypeError or ValueError for anything else."""
    if body["format"] != FORMAT:
        raise ValueError(f"format {body['format']!r}")
    values = {name: value for name, value in body.items() if name != "format"}
    values["encoder"] = EncoderFact(**body["encoder"])
    values["points"] = tuple(map(_point, body["points"]))
    return Effect(**values)


def pipeline_key(pipeline: Mapping[str, Any]) -> str:
    """Tells what a pipeline does from what any other does; names and seeds do not count."""
    text = json.dumps(pipeline["steps"].get("transform"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY]


def save_effect(folder: Path, effect: Effect) -> Path:
    """Write a measurement, over the last one of the same pipeline; readers see all of it or nothing."""
    path = _folder(folder, effect.collection) / f"{pipeline_key(effect.pipeline)}.json"
    temporary = path.with_name(f".{token_hex(6)}.part")
    with storing("the measurement"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_text(json.dumps(to_json(effect), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    return path


def load_effect(folder: Path, collection: str, pipeline: Mapping[str, Any]) -> Effect | None:
    """The measurement of a pipeline; None where there is none, or one that cannot be read."""
    return read_effect(_folder(folder, collection) / f"{pipeline_key(pipeline)}.json")


def load_effects(folder: Path, collection: str) -> list[Effect]:
    """Every measurement of a collection, latest first; whatever else lies there is passed over."""
    found = [read_effect(path) for path in _folder(folder, collection).glob("[!.]*.json")]
    return sorted((item for item in found if item is not None), key=lambda item: item.at, reverse=True)


def read_effect(path: Path) -> Effect | None:
    """The measurement in a file; None where it holds none that can be read."""
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _folder(folder: Path, collection: str) -> Path:
    return folder / "effects" / check_name(collection)


def _point(body: Mapping[str, Any]) -> Point:
    nested = {
        "drift": Drift(**body["drift"]),
        "first": Figure(**body["first"]),
        "ten": Figure(**body["ten"]),
        "examples": tuple(Example(**item) for item in body["examples"]),
    }
    return Point(**{**body, **nested})
