"""What is done to every image of a result: tag it, make changed pictures of it, take it along."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.batch.augment import AugmentRequest, augment, check_free
from core.batch.augment import check_request as check_augment
from core.batch.labels import with_labels
from core.batch.tag import TagRequest, tag
from core.batch.tag import check_request as check_tags
from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.export.bundle import export
from core.export.request import ExportRequest, read_recipe
from core.export.selection import check
from core.export.work import Work
from core.ingest.progress import Report
from core.jobs.job import Job
from core.query.url import from_parameters
from core.search import Searcher
from core.workspace import Workspace


def start_tag(space: Workspace, request: TagRequest, who: str = "") -> Job:
    """Tag the images of a result with what a model tells about them, as a job."""
    name = space.collection(request.collection).name
    request = with_labels(request, space.catalog(name))
    check_tags(request, name)
    from_parameters(request.recipe)
    return space.submit("tag", asdict(request), name, who)


def start_augment(space: Workspace, request: AugmentRequest, who: str = "") -> Job:
    """Make changed pictures of the images of a result, as a job."""
    name = space.collection(request.collection).name
    check_augment(request, name)
    check_free(space.folder, request)
    return space.submit("augment", asdict(request), name, who, writes=False)


def start_export(space: Workspace, request: ExportRequest, who: str = "") -> Job:
    """Write a result's bundle, as a job."""
    recipe = read_recipe(request, space.collection(request.collection).name)
    check(space.catalog(request.collection), recipe, request)
    Work(space.folder, request).check_target(request)
    return space.submit("export", asdict(request), request.collection, who, writes=False)


def run_tag(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Tag in this process."""
    request = TagRequest(**asked)
    name = request.collection
    collection, catalog, searcher = _opened(space, name)
    request = with_labels(request, catalog)
    with space.timings.work("tag", name, "Tagging", request.recipe) as done:
        found = tag(space.folder, collection, catalog, searcher, lambda: space.encoder_of(name), request, report)
        done.rows = found.images
    return found.summary()


def run_augment(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Augment in this process."""
    request = AugmentRequest(**asked)
    name = request.collection
    collection, catalog, searcher = _opened(space, name)
    with space.timings.work("augment", name, "Augmentation", request.recipe) as done:
        made = augment(
            space.folder, collection, catalog, searcher, space.originals, space.settings, request, report
        )  # fmt: skip
        done.english, done.rows = f"Augmentation: {made.sentence}", made.images
    return made.summary()


def run_export(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Export in this process."""
    request = ExportRequest(**asked)
    name = request.collection
    collection, catalog, searcher = _opened(space, name)
    with space.timings.work("export", name, "Export", request.recipe) as done:
        made = export(space.folder, collection, catalog, searcher, space.originals, request, report)
        done.rows, done.matching = made.rows, made.matching
    return made.summary()


def _opened(space: Workspace, name: str) -> tuple[Collection, Catalog, Searcher]:
    """A collection with a catalog and a searcher of one version."""
    catalog = space.catalog(name)
    return space.collection(name), catalog, space.searcher(name, catalog)
