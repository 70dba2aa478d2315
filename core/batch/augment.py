"""Augments the images of a result into a folder of new pictures, with what was done to each.

Killed at any point and started again it goes on where it stopped, at the collection's version that it began with, and
ends with the same bytes. A set is finished when it has its manifest, which is written last.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import lance
from filelock import FileLock, Timeout

from core.augment.pipeline import Pipeline, parse_pipeline
from core.batch.augmented import Journal, Plan, SetFolder, finish
from core.batch.picture import EXTENSIONS, Maker
from core.batch.selection import paged, select
from core.collection.catalog import Catalog
from core.collection.schema import NAME
from core.collection.storage import storing
from core.collection.store import Collection
from core.errors import BusyError, InputError, near_names
from core.ingest.originals import OriginalReader
from core.ingest.progress import Progress, Report
from core.ingest.stream import in_threads
from core.query.url import from_parameters, to_parameters
from core.search import Searcher
from core.settings import Settings
from core.timing import heard, step

FOLDER = "augmented"  # of the workspace
MOST_VARIANTS = 100
STAGE = "Augmenting images"


@dataclass(frozen=True)
class AugmentRequest:
    """What to make of which images; plain JSON values."""

    collection: str
    name: str  # of the set: its folder among the workspace's augmented ones
    pipeline: Mapping[str, Any]  # in any form that `parse_pipeline` reads
    recipe: Mapping[str, str] = field(default_factory=dict)  # URL parameters
    whole: bool = False  # every matching image rather than the recipe's limit
    variants: int = 1  # pictures made of each image
    format: str = "webp"  # "webp", "jpeg" or "png"
    quality: int = 90  # 1 to 100; of webp and jpeg


@dataclass(frozen=True)
class AugmentedSet:
    """A finished set of augmented pictures."""

    name: str
    path: str  # its folder
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
    """Make or complete a set in the workspace `folder`; one that is finished is given back as it is.

    Originals are read at their full size. One that is gone, damaged or another picture now is a failure of that image
    alone, as is one that the pipeline cannot be applied to.
    """
    started = time.monotonic()
    pipeline = check_request(request, collection.name)
    asked = _asked(request, pipeline)
    target = SetFolder(folder / FOLDER / request.name)
    with _only_one(folder, request.name):
        manifest = target.finished(asked)
        if manifest is None:
            report(Progress("Finding the images", 0, 0))
            plan, catalog = _plan(target, collection, catalog, searcher, request, asked)
            maker = Maker(pipeline, request.variants, request.format, request.quality, originals, settings, target.path)
            _make(target, plan, catalog, maker, settings, report)
            report(Progress("Writing the table", 0, 0))
            manifest = finish(target, plan, catalog)
    counts = manifest["counts"]
    return AugmentedSet(
        name=request.name,
        path=str(target.path),
        collection=collection.name,
        version=manifest["collection_version"],
        sentence=manifest["sentence"],
        images=counts["images"],
        made=counts["made"],
        failed=counts["failed"],
        limited=manifest["limited"],
        bytes=counts["bytes"],
        seconds=time.monotonic() - started,
    )


def check_request(request: AugmentRequest, collection: str) -> Pipeline:
    """The request's pipeline, or an InputError where the request cannot be met."""
    if request.collection != collection:
        raise InputError(f"This is about “{request.collection[:80]}”, not about “{collection}”.")
    if not NAME.fullmatch(request.name):
        detail = "A name has 1 to 64 letters, digits, hyphens and underscores, and begins with a letter or digit."
        raise InputError(f"“{request.name[:80]}” cannot name a set of pictures.", detail, "Choose another name.")
    if not 1 <= request.variants <= MOST_VARIANTS:
        detail = f"From 1 to {MOST_VARIANTS} can be made of each image."
        raise InputError(f"{request.variants:,} variants cannot be made.", detail)
    if request.format not in EXTENSIONS:
        raise InputError(f"There is no format “{request.format[:40]}”.", "", near_names(request.format, EXTENSIONS))
    if not 1 <= request.quality <= 100:
        raise InputError(f"A quality of {request.quality:,} cannot be had.", "It is a number from 1 to 100.")
    return parse_pipeline(request.pipeline)


def check_free(folder: Path, request: AugmentRequest) -> None:
    """Raise an InputError where a set of the name was made by another request already."""
    SetFolder(folder / FOLDER / request.name).finished(_asked(request, parse_pipeline(request.pipeline)))


def _asked(request: AugmentRequest, pipeline: Pipeline) -> dict[str, Any]:
    """The request in one form, however its pipeline and recipe were written."""
    recipe = to_parameters(from_parameters(request.recipe))
    return {**asdict(request), "recipe": recipe, "pipeline": pipeline.to_dict()}


@contextmanager
def _only_one(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock of one set; the system frees that of a killed process."""
    lock = FileLock(folder / "locks" / f"{name}.augment.lock")
    try:
        with storing("the set's lock"):
            (folder / "locks").mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
    except Timeout:
        detail = "Only one process at a time may write to it."
        raise BusyError(f"The set “{name}” is being made already.", detail, "Wait until it has finished.") from None
    try:
        yield
    finally:
        lock.release()


def _plan(
    target: SetFolder,
    collection: Collection,
    catalog: Catalog,
    searcher: Searcher,
    request: AugmentRequest,
    asked: Mapping[str, Any],
) -> tuple[Plan, Catalog]:
    """What an interrupted run had planned, with the version it was planned at; or a plan for the present one."""
    plan = target.planned(asked)
    if plan is not None:
        if plan.version == catalog.version:
            return plan, catalog
        try:
            return plan, Catalog(lance.dataset(str(collection.path), version=plan.version))
        except (OSError, ValueError):  # that version is gone: begin anew with the present one
            target.restart()
    with step("select", catalog.count_all) as selected:
        selection = select(catalog, searcher, request.recipe, whole=request.whole)
        selected.rows_out = len(selection.ids)
    plan = Plan(dict(asked), catalog.version, selection)
    target.keep(plan)
    return plan, catalog


def _make(target: SetFolder, plan: Plan, catalog: Catalog, maker: Maker, settings: Settings, report: Report) -> None:
    """Make the pictures of every image that the journal lacks, in the order of the result."""
    ids = plan.selection.ids
    with closing(Journal(target)) as journal:
        failed = journal.failed
        report(Progress(STAGE, journal.done, len(ids), failed))
        rows = paged(ids, catalog, settings.chunk_rows, journal.done)
        with closing(in_threads(heard(maker.make), rows, settings)) as found:
            for made in found:
                journal.add(made)
                failed += bool(made.failure)
                report(Progress(STAGE, journal.done, len(ids), failed))
