"""The file of an evaluation: one JSON object, in the workspace."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex
from typing import Any

from core.collection.schema import EncoderFact, check_name
from core.collection.storage import storing
from core.evaluation.intervals import Figure
from core.evaluation.scores import (
    ClassFigures,
    Confusion,
    Cost,
    Evaluation,
    LabelFigures,
    Mistake,
    Neighbour,
    Precision,
    Recall,
    Sampled,
    Skipped,
    TextFigures,
)

FORMAT = 2  # of the file; 1 knew no classes
READ = (1, FORMAT)  # one that has another is not read
MOST_NAME = 80  # characters of the encoder's name in a file's name
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """As written to the file and printed by --json."""
    return {"format": FORMAT, **asdict(evaluation)}


def from_json(body: Mapping[str, Any]) -> Evaluation:
    """What `to_json` gave; KeyError, TypeError or ValueError for anything else."""
    if body["format"] not in READ:
        raise ValueError(f"format {body['format']!r}")
    return Evaluation(
        at=str(body["at"]),
        encoder=EncoderFact(**body["encoder"]),
        stored_vectors=bool(body["stored_vectors"]),
        sampled=Sampled(**body["sampled"]),
        labels=tuple(map(_labels, body["labels"])),
        text=None if body["text"] is None else _text(body["text"]),
        skipped=tuple(Skipped(**item) for item in body["skipped"]),
        cost=Cost(**body["cost"]),
    )


def save_evaluation(folder: Path, evaluation: Evaluation) -> Path:
    """Write an evaluation into the workspace `folder`; readers see all of it or nothing."""
    target = evaluation_folder(folder, evaluation.sampled.collection)
    moment = re.sub(r"[-:.]|\+00:00", "", evaluation.at)
    path = target / f"{moment}Z-{_file_name(evaluation.encoder.name)}.json"
    with storing("the evaluation"):
        write_evaluation(path, evaluation)
    return path


def write_evaluation(path: Path, evaluation: Evaluation) -> None:
    """Write an evaluation to any file; readers see all of it or nothing, and an OSError says why it cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{token_hex(6)}.part"
    text = json.dumps(to_json(evaluation), ensure_ascii=False, indent=2)
    try:
        temporary.write_text(text + "\n", encoding="utf-8")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_evaluations(folder: Path, collection: str) -> list[Evaluation]:
    """A collection's evaluations in the workspace `folder`, latest first; whatever else lies there is passed over."""
    found = [read_evaluation(path) for path in evaluation_files(folder, collection)]
    return sorted((item for item in found if item is not None), key=lambda item: item.at, reverse=True)


def latest_evaluation(folder: Path, collection: str) -> Evaluation | None:
    """The last evaluation of a collection; None where there is none that can be read."""
    found = (read_evaluation(path) for path in evaluation_files(folder, collection))
    return next((item for item in found if item is not None), None)


def evaluation_files(folder: Path, collection: str) -> list[Path]:
    """The files of a collection's evaluations, latest first, as their names tell."""
    paths = evaluation_folder(folder, collection).glob("[!.]*.json")
    return sorted(paths, key=lambda path: path.name, reverse=True)


def read_evaluation(path: Path) -> Evaluation | None:
    """The evaluation in a file; None where it holds none that can be read."""
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def evaluation_folder(folder: Path, collection: str) -> Path:
    """Where a collection's evaluations are."""
    return folder / "evaluations" / check_name(collection)


def _labels(body: Mapping[str, Any]) -> LabelFigures:
    nested = {
        "baseline": Figure(**body["baseline"]),
        "one_nearest": Figure(**body["one_nearest"]),
        "precision": _precision(body),
        "zero_shot": body["zero_shot"] and Figure(**body["zero_shot"]),
        "weighted_f1": body["weighted_f1"] and Figure(**body["weighted_f1"]),
        "classes": tuple(map(_class, body.get("classes", ()))),
    }
    return LabelFigures(**{**body, **nested})


def _class(body: Mapping[str, Any]) -> ClassFigures:
    return ClassFigures(
        value=body["value"],
        images=body["images"],
        precision=_precision(body),
        confusions=tuple(Confusion(**item) for item in body["confusions"]),
        zero_shot=body["zero_shot"] and Figure(**body["zero_shot"]),
        guesses=tuple(Confusion(**item) for item in body["guesses"]),
        mistakes=tuple(
            Mistake(item["id"], tuple(Neighbour(**wrong) for wrong in item["wrong"])) for item in body["mistakes"]
        ),
    )


def _precision(body: Mapping[str, Any]) -> tuple[Precision, ...]:
    return tuple(Precision(**{**item, "figure": Figure(**item["figure"])}) for item in body["precision"])


def _text(body: Mapping[str, Any]) -> TextFigures:
    recall = tuple(Recall(**{**item, "figure": Figure(**item["figure"])}) for item in body["recall"])
    return TextFigures(**{**body, "recall": recall})


def _file_name(encoder: str) -> str:
    """An encoder's name, perhaps a path, as part of a file's name; its end tells most."""
    return UNSAFE.sub("-", encoder)[-MOST_NAME:].strip(".-") or "encoder"
