"""Ingest: from a source to a searchable collection, in chunks that are each one commit.

Killed at any point and started again it goes on where it stopped: what is in the collection is known by its
address and signature and passed over, and a chunk is in whole or not at all.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from core.collection.changes import recording
from core.collection.history import Kind
from core.collection.schema import check_name
from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.ingest.known import KnownImages
from core.ingest.ledger import Ledger, save_ledger
from core.ingest.lock import only_writer
from core.ingest.memory import peak_rss_mb
from core.ingest.plan import IngestRequest, Plan, make_plan
from core.ingest.progress import Progress, Report
from core.ingest.run import Run
from core.ingest.sources import open_source
from core.settings import Settings
from core.timing import step

__all__ = ["Progress", "Report", "ingest", "ledger_folder"]


def ingest(
    folder: Path,
    request: IngestRequest,
    encoder: Callable[[], Encoder],
    settings: Settings,
    report: Report = lambda progress: None,
) -> Ledger:
    """Bring a source into a collection of the workspace `folder`, and write its ledger."""
    started = time.monotonic()
    at = datetime.now(UTC)
    with only_writer(folder, check_name(request.collection)):
        report(Progress("Reading the source", 0, 0))
        source = open_source(
            request.source,
            settings,
            image_column=request.image_column,
            id_column=request.id_column,
            as_bundle=not request.tells_columns,
        )
        try:
            collection = Collection(folder, request.collection)
            collection.mend()
            known = KnownImages(collection, source.location)
            with step("plan") as planned:
                plan = make_plan(request, source, collection, known)
                planned.rows_out = len(plan.items)
            what, run = f"Ingest of {source.location}", f"ingest:{source.location}"
            with recording(folder, collection, Kind.INGEST, what, run=run) as record:
                Run(collection, source, known, plan, settings, report).write(encoder)
                if replaced := plan.counts.images_updated:
                    record.note = f"; {replaced:,} pictures replaced, which undoing keeps"
        finally:
            source.close()
        ledger = _ledger(plan, source.location, at, time.monotonic() - started)
        save_ledger(ledger_folder(folder, request.collection), ledger)
    return ledger


def ledger_folder(folder: Path, collection: str) -> Path:
    """Where a collection's ledgers are."""
    return folder / "ledgers" / check_name(collection)


def _ledger(plan: Plan, source: str, at: datetime, seconds: float) -> Ledger:
    return Ledger(
        run=at.strftime("%Y%m%dT%H%M%S%fZ"),
        source=source,
        table=plan.table,
        at=at.isoformat(timespec="seconds"),
        seconds=seconds,
        peak_rss_mb=peak_rss_mb(),
        counts=plan.counts,
        notes=plan.notes,
        entries=tuple(plan.entries),
    )
