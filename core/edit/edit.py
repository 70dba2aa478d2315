"""Sets values and adds or removes tags on images, with an event in the history that undoes it as a whole.

Written in chunks that are each one commit. Killed at any point and taken up again as the same job it goes on after the
last chunk, with the images that it began with; what is right already is not written again.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.batch.selection import select
from core.collection.catalog import Catalog
from core.collection.changes import recording
from core.collection.history import Kind
from core.collection.indexes import index
from core.collection.store import LEAST_INDEXED, Collection
from core.edit.cells import rewrite
from core.edit.plan import Aim, Done, Plan
from core.edit.request import Changes, EditRequest, check_request
from core.ingest.lock import only_writer
from core.ingest.progress import Progress, Report
from core.search import Searcher

LEAST_CHUNK, MOST_CHUNK = 1_000, 20_000  # images edited in one commit
USUAL_COMMITS = 50  # each rewrites the edited columns of the fragments that it touches
STAGE = "Editing images"


@dataclass(frozen=True)
class Edited:
    """What became of the images; an earlier, interrupted attempt of the same job counts in."""

    collection: str
    what: str  # was changed, in words
    sentence: str  # which images
    images: int  # asked about
    changed: int  # of these, how many were otherwise before
    event: str  # id in the history; empty where nothing changed
    new_values: Mapping[str, str]  # columns that got a value which none of their classes was; near ones in a sentence
    limited: bool  # every match was asked for, but likeness was too, so the recipe's limit stayed
    version: int  # of the collection afterwards
    seconds: float  # wall clock of this run

    def summary(self) -> dict[str, Any]:
        """Every fact, as plain values."""
        return {**asdict(self), "seconds": round(self.seconds, 2)}


def edit(
    folder: Path,
    collection: Collection,
    catalog: Catalog,
    searcher: Searcher,
    request: EditRequest,
    report: Report = lambda progress: None,
    *,
    chunk_rows: int | None = None,
) -> Edited:
    """Edit images; `folder` is the workspace's, and nobody else may write to the collection meanwhile.

    The request is checked as a whole before anything is written. `chunk_rows` images are one commit; without it their
    number follows the result's.
    """
    started = time.monotonic()
    changes = check_request(request, catalog, collection.name)
    with only_writer(folder, collection.name):
        report(Progress("Finding the images", 0, 0))
        plan = Plan(folder, collection.name, request.run)
        aim = plan.aim(lambda: _aim(catalog, searcher, request))
        rows = chunk_rows or min(max(LEAST_CHUNK, len(aim.ids) // USUAL_COMMITS), MOST_CHUNK)
        with recording(
            folder, collection, Kind.EDIT, changes.what,
            who=request.who, run=request.run, ids=aim.ids, columns=changes.columns,
        ) as record:  # fmt: skip
            done = _write(collection, changes, aim, plan, report, rows)
        if request.run and done.changed and collection.count() >= LEAST_INDEXED:
            step = "Building the index"
            fresh = Catalog(collection.dataset())
            index(collection, fresh, lambda part, total: report(Progress(step, part, total)))
        plan.remove()
    return Edited(
        collection=collection.name,
        what=changes.what,
        sentence=aim.sentence,
        images=len(aim.ids),
        changed=done.changed,
        event=record.event.id if record.event else "",
        new_values=changes.new_values,
        limited=aim.limited,
        version=collection.version,
        seconds=time.monotonic() - started,
    )


def _aim(catalog: Catalog, searcher: Searcher, request: EditRequest) -> Aim:
    if request.ids is not None:
        ids = tuple(row.id for row in catalog.rows(request.ids))
        return Aim(ids, "Chosen images")
    selection = select(catalog, searcher, request.recipe or {}, whole=request.whole)
    return Aim(selection.ids, selection.sentence, selection.limited)


def _write(
    collection: Collection, changes: Changes, aim: Aim, plan: Plan, report: Report, chunk_rows: int
) -> Done:  # fmt: skip
    """Edit chunk by chunk from where the plan stands; returns what is done in all."""
    done = plan.read()
    report(Progress(STAGE, done.images, len(aim.ids)))
    while done.images < len(aim.ids):
        chunk = aim.ids[done.images : done.images + chunk_rows]
        changed = rewrite(collection, chunk, changes.columns, changes.apply)
        done = Done(done.images + len(chunk), done.changed + changed)
        plan.write(done)
        report(Progress(STAGE, done.images, len(aim.ids)))
    return done
