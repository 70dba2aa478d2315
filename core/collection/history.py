"""What happened to a collection: one file an event, only ever added, so that two processes may write at once.

An event that can be undone has the rows it touched in a Parquet file beside it: `id`, `added` (whether the image came
with it), and for every column it changed the values “before:NAME” and “after:NAME”. Images that it took out are in the
trash, under the deletions that it names. Undoing is an event too, and can be undone in the same way.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any

import polars as pl

from core.collection.schema import check_name
from core.collection.storage import storing
from core.collection.store import Collection
from core.errors import NotFoundError, StorageError

FOLDER = "history"  # of the workspace
STAMP = "%Y%m%dT%H%M%S%f"
ID = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-z]{6}")
DELETION = re.compile(r"[0-9]{8}T[0-9]{12}")
DELETED = "-delete"  # ends the id of a deletion's event, which begins with the deletion's name
TYPES = {
    "who": str,
    "at": str,
    "what": str,
    "images": int,
    "version": int,
    "rows": bool,
    "undoes": str,
    "complete": bool,
}
NO_ROWS = pl.DataFrame(schema={"id": pl.String, "added": pl.Boolean})


class Kind(StrEnum):
    """What sort of thing happened."""

    INGEST = "ingest"
    EDIT = "edit"
    TAG = "tag"  # by a model
    DELETE = "delete"
    RESTORE = "restore"  # a deletion put back
    EMBED = "embed"
    MAP = "map"  # made, or made anew
    UNDO = "undo"  # also of an undo
    DAMAGED = "damaged"  # its file cannot be read


@dataclass(frozen=True)
class Event:
    """One thing that happened to a collection."""

    id: str  # sorts by time
    kind: Kind
    who: str  # empty where nobody said
    at: str  # UTC, ISO 8601
    what: str  # one sentence
    images: int  # touched
    version: int = 0  # of the collection afterwards; 0 where it is not known
    rows: bool = False  # whether the rows it touched are kept beside it
    deletions: tuple[str, ...] = ()  # with the images that it took out
    undoes: str = ""  # the event that it undid
    complete: bool = True  # False for work that was interrupted and then overtaken by other work


@dataclass(frozen=True)
class Listed:
    """An event as it stands now."""

    event: Event
    undone_by: str  # the event that undid it; empty while it is in effect
    can_undo: bool

    def told(self) -> dict[str, Any]:
        """Everything that a front end shows, as plain values."""
        inner = {"rows", "deletions"}
        facts = {name: value for name, value in asdict(self.event).items() if name not in inner}
        return {**facts, "kind": self.event.kind.value, "undone_by": self.undone_by, "can_undo": self.can_undo}


class History:
    """The events of one collection of the workspace `folder`."""

    def __init__(self, folder: Path, collection: Collection) -> None:
        self.folder = folder / FOLDER / check_name(collection.name)
        self._collection = collection

    def events(self) -> list[Listed]:
        """Every event, newest first; one whose file is damaged is listed as that, and takes no other one with it."""
        found = [_load(path) for path in self.folder.glob("*.json")]
        trash = self._collection.deletions() if self._collection.exists() else []
        named = {deletion for event in found for deletion in event.deletions}
        unrecorded = [item for item in trash if item not in named and DELETION.fullmatch(item)]
        found += [deleted_event(item, "Images deleted", 0, "") for item in unrecorded]
        undone: dict[str, str] = {}
        listed = []
        for event in sorted(found, key=lambda event: event.id, reverse=True):  # an undo comes before what it undid
            by = undone.get(event.id, "")
            if event.undoes and event.complete and not by:
                undone.setdefault(event.undoes, event.id)
            something = event.rows or any(item in trash for item in event.deletions)
            listed.append(Listed(event, by, something and not by))
        return listed

    def get(self, id: str) -> Listed:
        """One event, or a NotFoundError."""
        found = next((item for item in self.events() if item.event.id == id), None)
        if found is None:
            raise NotFoundError(
                f"There is no event “{id[:80]}” in the history of “{self._collection.name}”.",
                "",
                f"See them all: vitrine history --collection {self._collection.name}",
            )
        return found

    def add(self, event: Event, rows: pl.DataFrame | None = None) -> None:
        """Write an event with the rows that undoing it needs; readers see all of it or nothing."""
        with storing("the history"):
            self.folder.mkdir(parents=True, exist_ok=True)
            if rows is not None and rows.height:
                write_rows(self.folder / f"{event.id}.parquet", rows)
            write_json(self.folder / f"{event.id}.json", asdict(event))

    def rows(self, event: Event) -> pl.DataFrame:
        """The rows that an event touched; see the module's head."""
        if not event.rows:
            return NO_ROWS
        try:
            return pl.read_parquet(self.folder / f"{event.id}.parquet")
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StorageError(
                f"What undoing “{event.what[:200]}” needs cannot be read.", str(error)[:200], "Restore a backup of it."
            ) from error


def new_id() -> str:
    """An id for an event of this moment."""
    return f"{datetime.now(UTC):{STAMP}}-{token_hex(3)}"


def now() -> str:
    """UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def images(count: int) -> str:
    """Return "1 image" or "44,446 images"."""
    return f"{count:,} image{'' if count == 1 else 's'}"


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write a small file whole."""
    temporary = _temporary(path)
    try:
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(values, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def forget(*paths: Path) -> None:
    """Remove files, and what a killed process left of writing them."""
    for path in paths:
        path.unlink(missing_ok=True)
        _temporary(path).unlink(missing_ok=True)


def write_rows(path: Path, rows: pl.DataFrame) -> None:
    """Write a Parquet file whole."""
    temporary = _temporary(path)
    try:
        rows.write_parquet(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def deleted_event(deletion: str, what: str, count: int, who: str) -> Event:
    """The event of a deletion; when it was is told from its name."""
    at = datetime.strptime(deletion, STAMP).replace(tzinfo=UTC).isoformat(timespec="seconds")
    return Event(f"{deletion}{DELETED}", Kind.DELETE, who, at, what, count, deletions=(deletion,))


def _temporary(path: Path) -> Path:
    """Where a file is written; no two processes write the same one at once."""
    return path.with_name(f".{path.name}.part")


def _load(path: Path) -> Event:
    """The event of a file; what is not as `add` wrote it becomes one that says so and can't be undone."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        known = {name: value for name, value in values.items() if name in Event.__dataclass_fields__}
        deletions = tuple(map(str, known.pop("deletions", ())))
        event = Event(**{**known, "id": path.stem, "kind": Kind(values["kind"])}, deletions=deletions)
        datetime.fromisoformat(event.at)
        if not all(isinstance(getattr(event, name), kind) for name, kind in TYPES.items()):
            raise TypeError(path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        return Event(path.stem, Kind.DAMAGED, "", at, f"An event whose file {path.name} is damaged", 0)
    return event
