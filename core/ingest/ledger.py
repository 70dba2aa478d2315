"""The ledger: what became of every row and file of an ingest, so that the totals reconcile."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.collection.storage import storing
from core.errors import NotFoundError


class Subject(StrEnum):
    """What a ledger entry speaks of."""

    ROW = "row"  # a line of the table
    FILE = "file"  # a file of the source
    GROUP = "group"  # several images together


@dataclass(frozen=True)
class Entry:
    """One row, file or group that needs a word; what went in plainly has no entry."""

    subject: Subject
    outcome: str  # such as "repaired", "without-image", "truncated", "duplicate-files"
    key: str  # line number, path inside the source, or ids
    id: str  # of the image or row where known, else empty
    reason: str  # one sentence


@dataclass
class Counts:
    """The totals of one ingest. Rows and files each add up: see `problems`."""

    rows_read: int = 0  # data rows of the table
    rows_repaired: int = 0  # of these, mended before use
    rows_rejected: int = 0  # without an id, doubled, or unreadable
    rows_without_image: int = 0  # no file in the source
    rows_matched: int = 0  # rows with a file
    metadata_updated: int = 0  # known images whose row changed
    files_found: int = 0  # image files in the source
    images_added: int = 0
    images_updated: int = 0  # known id, new content
    images_unchanged: int = 0  # in the collection already
    images_without_row: int = 0  # of the images in, those that the table does not know
    unreadable: int = 0  # quarantined files, whatever the reason
    ids_taken: int = 0  # files whose id belongs to another source's image
    deleted_before: int = 0  # files whose image a person deleted here
    ignored_files: int = 0  # neither image nor table
    duplicate_groups: int = 0  # groups of byte-identical images in the collection
    duplicate_images: int = 0  # images in those groups

    @property
    def images_in(self) -> int:
        """Images of this source that the collection holds afterwards."""
        return self.images_added + self.images_updated + self.images_unchanged

    def problems(self) -> list[str]:
        """What does not add up; empty for a sound ledger."""
        rows = self.rows_matched + self.rows_without_image + self.rows_rejected
        files = self.images_in + self.unreadable + self.ids_taken + self.deleted_before
        found = []
        if rows != self.rows_read:
            found.append(f"{self.rows_read} rows were read and {rows} are accounted for")
        if files != self.files_found:
            found.append(f"{self.files_found} files were found and {files} are accounted for")
        return found


@dataclass(frozen=True)
class Ledger:
    """One ingest, told whole."""

    run: str  # sorts by time
    source: str  # location
    table: str  # name of the metadata table, or empty
    at: str  # UTC, ISO 8601
    seconds: float
    peak_rss_mb: float
    counts: Counts = field(default_factory=Counts)
    notes: tuple[str, ...] = ()  # about the table as a whole
    entries: tuple[Entry, ...] = ()

    def summary(self) -> dict[str, Any]:
        """One flat object for --json and the API."""
        seconds = max(self.seconds, 1e-6)
        return {
            **asdict(self.counts),
            "images_in": self.counts.images_in,
            "seconds": round(self.seconds, 3),
            "images_per_second": round((self.counts.images_added + self.counts.images_updated) / seconds, 1),
            "peak_rss_mb": round(self.peak_rss_mb, 1),
            "run": self.run,
            "source": self.source,
            "table": self.table,
            "at": self.at,
            "notes": list(self.notes),
        }


def save_ledger(folder: Path, ledger: Ledger) -> None:
    """Write one ledger; readers see all of it or nothing."""
    body = {
        "summary": ledger.summary(),
        "counts": asdict(ledger.counts),
        "entries": [[entry.subject, entry.outcome, entry.key, entry.id, entry.reason] for entry in ledger.entries],
    }
    with storing("the ledger"):
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{ledger.run}.tmp"
        temporary.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        os.replace(temporary, folder / f"{ledger.run}.json")


def load_ledgers(folder: Path) -> list[Ledger]:
    """Every ledger of a collection, latest first."""
    return [_load(path) for path in sorted(folder.glob("*.json"), reverse=True)]


def latest_ledger(folder: Path, collection: str) -> Ledger:
    """The last ingest's ledger, or a NotFoundError."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise NotFoundError(f"No ingest into “{collection}” has finished yet.", "", "Its ledger appears at the end.")
    return _load(paths[-1])


def as_records(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Entries as flat records for a table or CSV."""
    return [{item.name: str(getattr(entry, item.name)) for item in fields(Entry)} for entry in entries]


def _load(path: Path) -> Ledger:
    body: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    summary = body["summary"]
    return Ledger(
        run=summary["run"],
        source=summary["source"],
        table=summary["table"],
        at=summary["at"],
        seconds=summary["seconds"],
        peak_rss_mb=summary["peak_rss_mb"],
        counts=Counts(**body["counts"]),
        notes=tuple(summary["notes"]),
        entries=tuple(
            Entry(Subject(subject), outcome, key, id, reason) for subject, outcome, key, id, reason in body["entries"]
        ),
    )
