"""What was measured in the lab, as files in the workspace: one JSON object a measurement, the latest of each part."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any

from core.collection.schema import check_name
from core.collection.storage import storing
from core.lab.machine import machine, versions

FORMAT = 1
MOST_KEPT = 20  # measurements of one part; older ones go


class Part(StrEnum):
    """What the lab measures."""

    LIMITS = "limits"
    SCALE = "scale"
    STORAGE = "storage"


def record_of(part: Part, collection: str, version: int, images: int, found: Mapping[str, Any]) -> dict[str, Any]:
    """A measurement with what it was taken of, when and on what machine."""
    return {
        "format": FORMAT,
        "part": part.value,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "collection": collection,
        "version": version,
        "images": images,
        "machine": machine(),
        "versions": versions(),
        **found,
    }


def keep(folder: Path, record: Mapping[str, Any]) -> Path:
    """Write a measurement into the workspace `folder`; readers see all of it or nothing."""
    part, name = Part(record["part"]), str(record["collection"])
    target = lab_folder(folder, name)
    path = target / f"{part}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.json"
    temporary = target / f".{token_hex(6)}.part"
    with storing("the measurement"):
        target.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        for old in kept_files(folder, name, part)[MOST_KEPT:]:
            old.unlink(missing_ok=True)
    return path


def latest(folder: Path, name: str, part: Part) -> dict[str, Any] | None:
    """The last measurement of a part that can be read; None where there is none."""
    for path in kept_files(folder, name, part):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["format"] == FORMAT and found["part"] == part:
                return dict(found)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def kept_files(folder: Path, name: str, part: Part) -> list[Path]:
    """A part's files, latest first."""
    return sorted(lab_folder(folder, name).glob(f"{part}-*.json"), key=lambda path: path.name, reverse=True)


def lab_folder(folder: Path, name: str) -> Path:
    """Where a collection's measurements are."""
    return folder / "lab" / check_name(name)
