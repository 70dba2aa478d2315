"""The finished exports and augmented sets of a workspace, and their files."""

import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from core.collection.schema import NAME
from core.collection.storage import storing
from core.errors import NotFoundError, near_names
from core.export.pack import manifest_head

EXPORTS, AUGMENTED = "exports", "augmented"
MANIFEST = "manifest.json"  # written last
LONGEST_WISH = 56  # characters, so that a number fits behind it


@dataclass(frozen=True)
class Bundle:
    """A finished export, as its manifest tells."""

    name: str
    layout: str
    collection: str
    sentence: str
    images: int  # rows in its table
    created: datetime  # UTC
    bytes: int | None  # of an archive

    @property
    def is_archive(self) -> bool:
        return self.layout == "zip"


@dataclass(frozen=True)
class MadeSet:
    """A finished set of augmented pictures, as its manifest tells."""

    name: str
    layout: str
    collection: str
    sentence: str
    pipeline: str  # its name
    images: int  # of the collection
    made: int  # pictures
    failed: int  # images of which none could be made
    bytes: int  # of its archive, else of its pictures
    created: datetime  # UTC, when it was finished

    @property
    def is_archive(self) -> bool:
        return self.layout == "zip"

    def told(self) -> dict[str, Any]:
        """Every fact, as plain values."""
        return {**asdict(self), "created": self.created.isoformat(timespec="seconds")}


class Outputs:
    """What may be downloaded; nothing outside the two folders is ever given out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def exports(self) -> list[dict[str, Any]]:
        """Name, layout and size of every finished export, by name."""
        return [
            {"name": path.stem if path.suffix == ".zip" else path.name, "layout": _layout(path), "bytes": _size(path)}
            for path in self._finished(EXPORTS)
        ]

    def bundles(self) -> list[Bundle]:
        """Every finished export that says what it is, the latest first."""
        found = [_bundle(path) for path in self._finished(EXPORTS)]
        return sorted((one for one in found if one is not None), key=lambda one: (one.created, one.name), reverse=True)

    def sets(self) -> list[MadeSet]:
        """Every finished set of augmented pictures that says what it is, the latest first."""
        found = [_set(path) for path in self._finished(AUGMENTED)]
        return sorted((one for one in found if one is not None), key=lambda one: (one.created, one.name), reverse=True)

    def free_name(self, wish: str, kind: str = EXPORTS) -> str:
        """A name for an export or set that none has yet, nor one under way: the wish itself, or it with a number."""
        places = [path for path in (self._folder / kind).glob("*") if path.suffix != ".lock"]
        taken = {path.name.removeprefix(".").partition(".")[0] for path in places}
        base = wish[:LONGEST_WISH]
        return next(name for name in chain([base], (f"{base}-{number}" for number in count(2))) if name not in taken)

    def folder(self, name: str, kind: str = EXPORTS) -> Path:
        """The folder of an export or set, or a NotFoundError."""
        return self.file(kind, name, MANIFEST).parent

    def remove(self, name: str, *, is_archive: bool, kind: str = EXPORTS) -> None:
        """Remove a finished export or set for good: its archive or its folder; it goes from sight in one step."""
        path = self.archive(name, kind) if is_archive else self.folder(name, kind)
        with storing(f"the removal of {path.name}"):
            if is_archive:
                path.unlink()
                return
            aside = path.with_name(f".{path.name}.removed")
            shutil.rmtree(aside, ignore_errors=True)
            os.replace(path, aside)
            shutil.rmtree(aside, ignore_errors=True)

    def archive(self, name: str, kind: str = EXPORTS) -> Path:
        """The zip of an export or set, or a NotFoundError."""
        found = {path.stem: path for path in self._finished(kind) if path.suffix == ".zip"}
        if name in found:
            return found[name]
        what, first = ("exports", "Export") if kind == EXPORTS else ("sets", "Augment")
        hint = near_names(name[:80], found) or f"{first} with the layout zip first."
        raise NotFoundError(f"There is no archive “{name[:80]}” among the {what}.", "", hint)

    def place(self, one: MadeSet) -> Path:
        """Where a set lies, to be brought in from."""
        return self._folder / AUGMENTED / (f"{one.name}.zip" if one.is_archive else one.name)

    def file(self, kind: str, name: str, file: str) -> Path:
        """One file of an export's or augmented set's folder, or a NotFoundError."""
        folders = {path.name: path for path in self._finished(kind) if path.is_dir()}
        if name not in folders:
            raise NotFoundError(f"There is nothing called “{name[:80]}” here.", "", near_names(name[:80], folders))
        root = folders[name].resolve()
        try:
            path = (root / file).resolve()
            there = path.is_relative_to(root) and path.is_file()
        except (OSError, ValueError):  # no file can be called that
            there = False
        if not there:
            raise NotFoundError(f"“{name}” has no file “{file[:200]}”.", "", f"{MANIFEST} lists its files.")
        return path

    def _finished(self, kind: str) -> list[Path]:
        places = sorted((self._folder / kind).glob("*")) if kind in (EXPORTS, AUGMENTED) else []
        return [
            path
            for path in places
            if NAME.fullmatch(path.stem) and (path.suffix == ".zip" or (path / MANIFEST).is_file())
        ]


def _layout(path: Path) -> str:
    return "zip" if path.suffix == ".zip" else "folder"


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.suffix == ".zip" else None


def _set(path: Path) -> MadeSet | None:
    """None for a folder or archive whose manifest is not one of a set."""
    try:
        head = manifest_head(path)
        counts = head["counts"]
        manifest = path if path.suffix == ".zip" else path / MANIFEST
        return MadeSet(
            name=path.stem if path.suffix == ".zip" else path.name,
            layout=str(head["layout"]),
            collection=str(head["collection"]),
            sentence=str(head["sentence"]),
            pipeline=str(head["pipeline"]["name"]),
            images=int(counts["images"]),
            made=int(counts["made"]),
            failed=int(counts["failed"]),
            bytes=_size(path) or int(counts["bytes"]),
            created=datetime.fromtimestamp(manifest.stat().st_mtime, UTC),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _bundle(path: Path) -> Bundle | None:
    """None for a folder or archive whose manifest is not one of an export."""
    try:
        head = manifest_head(path)
        return Bundle(
            name=path.stem if path.suffix == ".zip" else path.name,
            layout=str(head["layout"]),
            collection=str(head["collection"]),
            sentence=str(head["sentence"]),
            images=int(head["counts"]["rows"]),
            created=datetime.fromisoformat(head["created"]),
            bytes=_size(path),
        )
    except (ValueError, KeyError, TypeError):
        return None
