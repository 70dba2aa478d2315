"""Augments the images of a result into a set of new pictures, with what was done to each.

Killed at any point and started again it goes on where it stopped, at the collection's version that it began with, and
ends with the same bytes, however many processes make the pictures. A finished set is given back as it is.
"""

import os
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lance

from core.batch.crew import CHUNK_IMAGES, LEAST_PICTURES, Chunk, by_processes, by_threads
from core.batch.finish import finish
from core.batch.picture import Lines, Order
from core.batch.request import AugmentRequest, check_request
from core.batch.selection import choose, select
from core.batch.underway import Journal, Plan, keep, planned
from core.collection.catalog import Catalog
from core.collection.storage import storing
from core.collection.store import Collection
from core.export.places import is_bucket
from core.export.upload import Upload
from core.export.work import Work, at_work
from core.ingest.originals import OriginalReader
from core.ingest.pictures import Stored
from core.ingest.progress import Progress, Report
from core.search import Searcher
from core.settings import Settings
from core.timing import listener, step

__all__ = ["AugmentRequest", "AugmentedSet", "augment", "check_free", "check_request"]

STAGE = "Augmenting images"
PAGE_ROWS = 2_000  # originals looked up at a time


@dataclass(frozen=True)
class AugmentedSet:
    """A finished set of augmented pictures."""

    name: str
    path: str  # of its folder or archive, or s3://… where it lies in a bucket
    layout: str
    collection: str
    version: int  # of the collection that it was made from
    sentence: str  # what the recipe asks for
    images: int  # of the collection, in the result
    made: int  # pictures
    failed: int  # images of which no picture could be made; failures.jsonl says why
    limited: bool  # every match was asked for, but likeness was too, so the recipe's limit stayed
    bytes: int  # of all pictures together
    seconds: float  # wall clock of this run

    def summary(self) -> dict[str, Any]:
        """Every fact, as plain values."""
        return {**asdict(self), "seconds": round(self.seconds, 2)}


def augment(
    folder: Path,
    collection: Collection,
    catalog: Catalog,
    searcher: Searcher,
    originals: OriginalReader,
    settings: Settings,
    request: AugmentRequest,
    report: Report = lambda progress: None,
) -> AugmentedSet:
    """Make or complete a set in the workspace `folder`, or where the request says.

    Originals are read at their full size. One that is gone, damaged or another picture now is a failure of that image
    alone, as is one that the pipeline cannot be applied to.
    """
    started = time.monotonic()
    check_request(request, collection.name)
    upload = Upload(request) if is_bucket(request.destination) else None
    with at_work(folder, request) as work, storing(f"the set “{request.name}”"):
        head = _finished(work, request, upload)
        if head is None:
            report(Progress("Finding the images", 0, 0))
            plan, catalog = _plan(work, collection, catalog, searcher, request)
            images = len(plan.selection.ids)
            with closing(Journal(work)) as journal:
                with step("make", images) as made:
                    _make(work, request, plan, catalog, journal, originals, settings, report)
                    made.rows_out = images - journal.failed
                with step("pack", images):
                    head = finish(work, request, plan, catalog, journal, upload, report)
    counts = head["counts"]
    return AugmentedSet(
        name=request.name,
        path=str(work.final) if upload is None else upload.address,
        layout=request.layout,
        collection=collection.name,
        version=head["collection_version"],
        sentence=head["sentence"],
        images=counts["images"],
        made=counts["made"],
        failed=counts["failed"],
        limited=head["limited"],
        bytes=counts["bytes"],
        seconds=time.monotonic() - started,
    )


def check_free(folder: Path, request: AugmentRequest) -> None:
    """Raise an InputError where something else than a set of the same request has its name and place."""
    Work(folder, request).check_target(request)


def _finished(work: Work, request: AugmentRequest, upload: Upload | None) -> Mapping[str, Any] | None:
    """The manifest of the set where it is there already; an InputError where something else is."""
    work.check_target(request)
    if upload is not None:
        upload.check_target()
        head = upload.head()
    else:
        work.mend()
        head = work.head() or None
    if head is not None:
        work.leave()  # of a run that was killed when all but this was done
    return head


def _plan(
    work: Work, collection: Collection, catalog: Catalog, searcher: Searcher, request: AugmentRequest
) -> tuple[Plan, Catalog]:
    """What an interrupted run had planned, with the version it was planned at; or a plan for the present one."""
    plan = planned(work, request)
    if plan is not None:
        at = _catalog_at(collection, catalog, plan.version)
        if at is not None and _moment(at) == plan.moment:
            work.make_folders(with_images=True)
            return plan, at
    work.leave()
    work.make_folders(with_images=True)
    with step("select", catalog.count_all) as selected:
        selection = (
            choose(catalog, request.ids, request.recipe)
            if request.ids
            else select(catalog, searcher, request.recipe, whole=request.whole)
        )
        selected.rows_out = len(selection.ids)
    plan = Plan(catalog.version, _moment(catalog), selection)
    keep(work, request, plan)
    return plan, catalog


def _catalog_at(collection: Collection, catalog: Catalog, version: int) -> Catalog | None:
    """A catalog of that version of the collection; None where it is gone."""
    if version == catalog.version:
        return catalog
    try:
        return Catalog(lance.dataset(str(collection.path), version=version))
    except (OSError, ValueError):
        return None


def _moment(catalog: Catalog) -> str:
    """When the catalog's version of its collection was written."""
    known = {int(item["version"]): str(item["timestamp"]) for item in catalog.dataset.versions()}
    return known.get(catalog.version, "")


def _make(
    work: Work,
    request: AugmentRequest,
    plan: Plan,
    catalog: Catalog,
    journal: Journal,
    originals: OriginalReader,
    settings: Settings,
    report: Report,
) -> None:
    """Make the pictures of every image that the journal lacks, in the order of the result."""
    total = len(plan.selection.ids)
    report(Progress(STAGE, journal.done, total, journal.failed))
    order = Order(check_request(request, request.collection), request.variants, request.output, work.images, settings)
    left = plan.selection.ids[journal.done :]
    timings = listener()
    began = 0.0 if timings is None else timings.elapsed
    with closing(_lines(order, originals, _chunks(catalog, left), len(left))) as found:
        for made in found:
            journal.add(made.journal, made.failed)
            if timings is not None:
                timings.take(made.steps, timings.under_way, began)
            report(Progress(STAGE, journal.done, total, journal.failed))


def _lines(
    order: Order, originals: OriginalReader, chunks: Iterator[Chunk], images: int
) -> Generator[Lines, None, None]:  # fmt: skip
    """By processes of their own where there are enough pictures for it, else by this one."""
    processes = order.settings.augment_processes or len(os.sched_getaffinity(0))
    if processes > 1 and images * order.variants >= LEAST_PICTURES:
        return by_processes(order, chunks, processes)
    return by_threads(order, originals, chunks)


def _chunks(catalog: Catalog, ids: tuple[str, ...]) -> Iterator[Chunk]:
    """The originals of these images in their order, some at a time."""
    text = "SELECT id, uri, content_hash FROM images WHERE id IN (SELECT unnest(?))"
    for first in range(0, len(ids), PAGE_ROWS):
        page = ids[first : first + PAGE_ROWS]
        known = {row[0]: Stored(*row) for row in catalog.select(text, (list(page),))}
        for place in range(0, len(page), CHUNK_IMAGES):
            yield [known[id] for id in page[place : place + CHUNK_IMAGES]]
