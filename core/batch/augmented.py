"""The folder of a set of augmented pictures: its plan, its journal while it is made, its tables and its manifest."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import IO, Any

from core.batch.picture import IMAGES, Made, MadeFile
from core.batch.selection import Selection
from core.batch.tables import Tables
from core.collection.catalog import Catalog
from core.collection.storage import storing
from core.errors import InputError

FORMAT = 1  # of the manifest
PLAN, IDS, JOURNAL = ".plan.json", ".ids.jsonl", ".journal.jsonl"  # there until the set is finished
MANIFEST = "manifest.json"
GROUP_IMAGES = 2_000  # to a row group; whatever the settings, or the same set would have other bytes


@dataclass(frozen=True)
class Plan:
    """What a set will hold, fixed when it is begun."""

    asked: Mapping[str, Any]  # the request in one form
    version: int  # of the collection
    selection: Selection


class SetFolder:
    """The folder of one set; one process at a time may write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def finished(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """The manifest of a finished set; an InputError where it was made by another request."""
        text = self._text(MANIFEST)
        if text is None:
            return None
        manifest: dict[str, Any] = json.loads(text)
        self._check_same(manifest["request"], asked)
        self.tidy()
        return manifest

    def planned(self, asked: Mapping[str, Any]) -> Plan | None:
        """What an interrupted run had planned; an InputError where that was another request."""
        text = self._text(PLAN)
        if text is None:
            if self.path.is_dir() and any(_is_foreign(item.name) for item in self.path.iterdir()):
                raise self._taken("Its folder holds something else.")
            return None
        kept = json.loads(text)
        self._check_same(kept["asked"], asked)
        with (self.path / IDS).open(encoding="utf-8") as lines:
            ids = tuple(json.loads(line) for line in lines)
        return Plan(kept["asked"], kept["version"], Selection(ids=ids, **kept["selection"]))

    def keep(self, plan: Plan) -> None:
        """Write the plan down; it counts once it is whole."""
        facts = asdict(plan.selection)
        del facts["ids"]
        with storing("the set's plan"):
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / IDS).open("w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(id)}\n" for id in plan.selection.ids)
            self.replace(PLAN, json.dumps({"asked": plan.asked, "version": plan.version, "selection": facts}))

    def restart(self) -> None:
        """Remove all that an interrupted run had planned and made."""
        with storing("the set"):
            self.tidy()
            shutil.rmtree(self.path / IMAGES, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what only an unfinished set needs."""
        for name in (JOURNAL, PLAN, IDS):
            (self.path / name).unlink(missing_ok=True)

    def replace(self, name: str, text: str) -> None:
        """Write a file; readers see the old one or the whole new one."""
        temporary = self.path / f".{name.lstrip('.')}.part"
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, self.path / name)

    def _text(self, name: str) -> str | None:
        with suppress(FileNotFoundError, NotADirectoryError):
            return (self.path / name).read_text(encoding="utf-8")
        return None

    def _check_same(self, kept: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
        other = [key for key in asked if _text_of(kept.get(key)) != _text_of(asked[key])]
        if other:
            raise self._taken(f"It was begun with another {' and '.join(other)}.")

    def _taken(self, why: str) -> InputError:
        hint = f"Choose another name, or remove the folder {self.path}."
        return InputError(f"There is a set “{self.path.name}” already.", why, hint)


class Journal:
    """One line for each image that is done, in the order of the result; what a killed run left is gone on from."""

    def __init__(self, folder: SetFolder) -> None:
        self.done = self.failed = 0  # images
        path = folder.path / JOURNAL
        with storing("the journal"):
            end = self._read(path, folder.path)
            self._file: IO[bytes] = path.open("ab")
            self._file.truncate(end)

    def add(self, made: Made) -> None:
        """Note one image whose pictures are on disk."""
        with storing("the journal"):
            self._file.write(json.dumps(asdict(made), ensure_ascii=False).encode() + b"\n")
            self._file.flush()
        self.done += 1

    def close(self) -> None:
        self._file.close()

    def _read(self, path: Path, folder: Path) -> int:
        """Count the lines that are whole and whose pictures are there; returns where the last of them ends."""
        end = 0
        with suppress(FileNotFoundError), path.open("rb") as lines:
            for line in lines:
                made = _made(line) if line.endswith(b"\n") else None
                if made is None or not all(_is_there(folder, file) for file in made.files):
                    break
                end += len(line)
                self.done += 1
                self.failed += bool(made.failure)
        return end


def finish(folder: SetFolder, plan: Plan, catalog: Catalog) -> dict[str, Any]:
    """Write the tables and, last, the manifest of a set whose pictures are all there; returns the manifest."""
    counts = {"images": len(plan.selection.ids), "made": 0, "failed": 0, "bytes": 0}
    with storing("the set's table"):
        with Tables(folder.path, catalog) as tables:
            for chunk in _chunks(folder.path / JOURNAL):
                tables.add(chunk)
                counts["made"] += sum(len(made.files) for made in chunk)
                counts["failed"] += sum(bool(made.failure) for made in chunk)
                counts["bytes"] += sum(file.bytes for made in chunk for file in made.files)
        manifest = _manifest(plan, counts, tables.facts)
        folder.replace(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    folder.tidy()
    return manifest


def _manifest(plan: Plan, counts: Mapping[str, int], files: Mapping[str, Any]) -> dict[str, Any]:
    """Where the pictures come from and how they were made; nothing in it depends on when or how often it was tried."""
    asked = plan.asked
    return {
        "format": FORMAT,
        "tool": {"vitrine": _version("vitrine"), "albumentations": _version("albumentations")},
        "collection": asked["collection"],
        "collection_version": plan.version,
        "recipe": asked["recipe"],
        "sentence": plan.selection.sentence,
        "matching": plan.selection.matching,
        "exact": plan.selection.exact,
        "limited": plan.selection.limited,
        "pipeline": asked["pipeline"],
        "seed": asked["pipeline"]["seed"],
        "counts": dict(counts),
        "files": dict(files),
        "request": asked,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _chunks(path: Path) -> Iterator[Sequence[Made]]:
    with path.open("rb") as lines:
        while chunk := [made for line in islice(lines, GROUP_IMAGES) if (made := _made(line)) is not None]:
            yield chunk


def _made(line: bytes) -> Made | None:
    """A line of the journal; None where it is damaged."""
    with suppress(ValueError, KeyError, TypeError):
        values = json.loads(line)
        return Made(values["id"], tuple(MadeFile(**file) for file in values["files"]), values["failure"])
    return None


def _is_foreign(name: str) -> bool:
    """Whether no run that was killed before it had a plan could have left this."""
    return name not in (IMAGES, IDS, JOURNAL) and not name.endswith(".part")


def _text_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _is_there(folder: Path, file: MadeFile) -> bool:
    with suppress(OSError):
        return (folder / file.file).stat().st_size == file.bytes
    return False
