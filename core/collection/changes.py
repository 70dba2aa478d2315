"""Records what a piece of work changes: which cells and images differ between the collection before it and after.

The work notes where it begins before it writes anything. So what a killed process leaves is known as well: whoever
writes next, or the same work when it is taken up again, completes the record. All of it is for the holder of the
collection's lock.
"""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import lance
import polars as pl

from core.acting import whoever
from core.collection.differences import differences
from core.collection.history import (
    DELETED,
    NO_ROWS,
    STAMP,
    Event,
    History,
    Kind,
    deleted_event,
    forget,
    images,
    new_id,
    now,
    write_json,
    write_rows,
)
from core.collection.storage import storing
from core.collection.store import Collection
from core.errors import NotFoundError

GONE = "not found"  # what Lance says of a version that has been cleared away
OPEN = "open"  # folder, beside the events, of what is under way
ASIDE = ".damaged"  # ends the name of what cannot be read there
log = logging.getLogger("vitrine.history")


@dataclass(frozen=True)
class Begun:
    """Work that has begun to write."""

    kind: str
    who: str
    what: str
    since: str  # UTC, ISO 8601 without a zone
    version: int  # of the collection before it; 0 where there was none
    columns: tuple[str, ...] | None  # that it may change; None for all metadata and tags
    listed: bool  # whether the ids it may touch are kept beside it; else any
    run: str  # the same for the same work taken up again; empty for work that never is
    undoes: str
    adds: bool = True  # whether it brings images in; else those that come meanwhile are somebody else's doing


@dataclass
class Record:
    """What the event of the work under way will say."""

    what: str
    deletions: list[str] = field(default_factory=list)  # by which it took images out
    deleted: int = 0  # images that it took out
    note: str = ""  # ends the sentence
    event: Event | None = None  # once the work has ended; None where it changed nothing


@contextmanager
def recording(
    folder: Path,
    collection: Collection,
    kind: Kind,
    what: str,
    *,
    who: str | None = None,
    run: str = "",
    ids: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    undoes: str = "",
    adds: bool = False,
) -> Iterator[Record]:
    """Leave an event of what the block changes; an ingest leaves one also where nothing changed.

    `folder` is the workspace's. With `adds` the block brings images in, as an ingest always does. A block that does not
    end stays open: the next that begins closes it, or goes on with it where it has the same `run`.
    """
    history = History(folder, collection)
    path, begun = _taken_up(history, run)
    settle(folder, collection, but=path)
    if path is None or begun is None:
        path = history.folder / OPEN / f"{new_id()}.json"
        version = collection.version if collection.exists() else 0
        listed = None if columns is None else tuple(columns)
        since = datetime.now(UTC).replace(tzinfo=None).isoformat()  # as the collection's own times are
        adds = adds or kind is Kind.INGEST
        begun = Begun(kind.value, whoever(who), what, since, version, listed, ids is not None, run, undoes, adds)
        with storing("the history"):
            path.parent.mkdir(parents=True, exist_ok=True)
            if ids is not None:
                write_rows(path.with_suffix(".parquet"), pl.DataFrame({"id": list(ids)}, {"id": pl.String}))
            write_json(path, asdict(begun))
    record = Record(what)
    yield record
    record.event = _close(history, collection, path, begun, record, complete=True)


def settle(folder: Path, collection: Collection, *, but: Path | None = None) -> None:
    """Record what work that never ended has changed; the caller holds the collection's lock."""
    history = History(folder, collection)
    for path in sorted((history.folder / OPEN).glob("*.json")):
        if path != but:
            begun = _read(path)
            if begun is not None:
                _close(history, collection, path, begun, Record(begun.what), complete=False)


def is_open(folder: Path, collection: Collection) -> bool:
    """Whether any work is under way, or was left by a process that died."""
    return any((History(folder, collection).folder / OPEN).glob("*.json"))


def take_out(folder: Path, collection: Collection, ids: Sequence[str], who: str | None = None) -> str:
    """Move images to the trash and record it; returns the deletion's name."""
    at = datetime.now(UTC).replace(tzinfo=None)
    deletion = at.strftime(STAMP)
    count = collection.delete(ids, deletion, at)
    if not count:
        raise NotFoundError("None of these images is in the collection.", "They may have been deleted already.")
    record_delete(folder, collection, deletion, count, who)
    return deletion


def record_delete(folder: Path, collection: Collection, deletion: str, count: int, who: str | None = None) -> None:
    """Record a deletion that has happened."""
    event = deleted_event(deletion, f"{images(count)} deleted", count, whoever(who))
    History(folder, collection).add(event)


def put_back(folder: Path, collection: Collection, deletion: str, who: str | None = None) -> int:
    """Put a deletion's images back and record it; returns how many it held."""
    ids = collection.trashed_ids(deletion)
    here = collection.present(ids)
    rows = pl.DataFrame({"id": [id for id in ids if id not in here]}, NO_ROWS.select("id").schema)
    rows = rows.with_columns(added=pl.lit(True))
    count = collection.undo_delete(deletion)
    what = f"{images(count)} put back"
    event = Event(
        new_id(),
        Kind.RESTORE,
        whoever(who),
        now(),
        what,
        count,
        collection.version,
        rows.height > 0,
        undoes=f"{deletion}{DELETED}",
    )
    History(folder, collection).add(event, rows)
    return count


def record_embed(folder: Path, collection: Collection, what: str, count: int, who: str | None = None) -> None:
    """Record that vectors were made; undoing it is making them anew with the encoder before."""
    event = Event(new_id(), Kind.EMBED, whoever(who), now(), what, count, collection.version)
    History(folder, collection).add(event)


def record_map(folder: Path, collection: Collection, what: str, count: int, who: str | None = None) -> None:
    """Record that a map was made; undoing it is making the one before anew."""
    event = Event(new_id(), Kind.MAP, whoever(who), now(), what, count, collection.version)
    History(folder, collection).add(event)


def _taken_up(history: History, run: str) -> tuple[Path | None, Begun | None]:
    """The open record of an earlier attempt at the same work."""
    for path in (history.folder / OPEN).glob("*.json") if run else ():
        if (begun := _read(path)) is not None and begun.run == run:
            return path, begun
    return None, None


def _close(
    history: History, collection: Collection, path: Path, begun: Begun, record: Record, *, complete: bool
) -> Event | None:
    """Write the event of work that has ended or died, and forget that it was open."""
    ids_path = path.with_suffix(".parquet")
    event = None
    if (history.folder / path.name).exists():  # killed when only this was left to do
        event = history.get(path.stem).event
    elif (
        (rows := _rows(collection, begun, ids_path)).height
        or record.deletions
        or (complete and begun.kind == Kind.INGEST)
    ):
        added = int(rows["added"].sum())
        version = collection.version if collection.exists() else 0
        event = Event(
            path.stem,
            Kind(begun.kind),
            begun.who,
            now(),
            _sentence(record, begun, added, rows.height - added, complete=complete),
            rows.height + record.deleted,
            version,
            rows.height > 0,
            tuple(record.deletions),
            begun.undoes,
            complete,
        )
        history.add(event, rows)
    forget(path, ids_path)
    return event


def _rows(collection: Collection, begun: Begun, ids_path: Path) -> pl.DataFrame:
    """What has changed since work began; nothing where the version before it has been cleared away since."""
    if not collection.exists():
        return NO_ROWS
    before = None
    if begun.version:
        try:
            before = lance.dataset(str(collection.path), version=begun.version)
        except (ValueError, OSError) as error:
            if GONE not in str(error).lower():
                raise
            return NO_ROWS
    ids = _ids(ids_path) if begun.listed else None
    rows = differences(before, collection.dataset(), ids, begun.columns, datetime.fromisoformat(begun.since))
    return rows if begun.adds else rows.filter(~pl.col("added"))


def _sentence(record: Record, begun: Begun, added: int, changed: int, *, complete: bool) -> str:
    """What was done, to how many images."""
    if begun.kind in (Kind.EDIT, Kind.TAG):
        told = f"{record.what} on {images(changed)}"
    else:
        counts = ((added, "added"), (changed, "changed"), (record.deleted, "taken out"))
        parts = [f"{images(count)} {word}" for count, word in counts if count]
        told = f"{record.what}: {', '.join(parts) or 'nothing new'}"
    return told + record.note + ("" if complete else " (interrupted)")


def _ids(path: Path) -> list[str] | None:
    """The ids that work may touch; None, which is any, where their file cannot be read."""
    try:
        return list(pl.read_parquet(path)["id"].to_list())
    except (OSError, pl.exceptions.PolarsError):
        return None


def _read(path: Path) -> Begun | None:
    """Work that has begun. A file that tells nothing is set aside: it must not keep everybody from writing."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        columns = values["columns"]
        begun = Begun(**{**values, "columns": None if columns is None else tuple(columns)})
        Kind(begun.kind), datetime.fromisoformat(begun.since), int(begun.version)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        os.replace(path, path.with_suffix(ASIDE))
        log.warning("What a killed process changed is not known: %s is damaged and set aside.", path)
        return None
    return begun
