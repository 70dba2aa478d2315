"""The kinds of jobs: how each is asked for, checked before it is queued, and run by a worker."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from core.audit.figures import to_json
from core.audit.run import AuditRequest
from core.batch.augment import AugmentRequest, augment, check_free
from core.batch.augment import check_request as check_augment
from core.batch.labels import with_labels
from core.batch.tag import TagRequest, tag
from core.batch.tag import check_request as check_tags
from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.edit.job import run_edit, run_undo
from core.effect.figures import save_effect
from core.effect.run import EffectRequest, effect
from core.effect.run import check_request as check_effect
from core.export.bundle import export
from core.export.request import ExportRequest, read_recipe
from core.export.selection import check
from core.export.work import Work
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress, Report
from core.jobs.job import Job
from core.map.make import make_map
from core.map.request import MapRequest
from core.map.request import check_request as check_map
from core.query.url import from_parameters
from core.search import Searcher
from core.workspace import Workspace

Run = Callable[[Workspace, Mapping[str, Any], Report], dict[str, Any]]


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


def start_effect(space: Workspace, request: EffectRequest, who: str = "") -> Job:
    """Measure what a pipeline does to the search of a collection, as a job."""
    name = space.collection(request.collection).name
    check_effect(request, name)
    return space.submit("effect", asdict(request), name, who, writes=False)


def start_export(space: Workspace, request: ExportRequest, who: str = "") -> Job:
    """Write a result's bundle, as a job."""
    recipe = read_recipe(request, space.collection(request.collection).name)
    check(space.catalog(request.collection), recipe, request)
    Work(space.folder, request).check_target(request)
    return space.submit("export", asdict(request), request.collection, who, writes=False)


def start_map(space: Workspace, request: MapRequest, who: str = "") -> Job:
    """Make a collection's map, as a job."""
    collection = space.collection(request.collection)
    check_map(request, collection.name, collection.count() - collection.count_without_vector(collection.dataset()))
    return space.submit("map", asdict(request), collection.name, who)


def _ingest(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    parameters = {**asked, "text_columns": tuple(asked.get("text_columns", ()))}
    return space.ingest(IngestRequest(**parameters), report).summary()


def _embed(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    return space.embed(asked["collection"], asked["encoder"], report, thumbnails=asked["thumbnails"]).summary()


def _index(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    return space.index(asked["collection"], report)


def _audit(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    request = AuditRequest(**{name: value for name, value in asked.items() if name != "collection"})
    return to_json(space.audit(asked["collection"], request, report))


def _opened(space: Workspace, name: str) -> tuple[Collection, Catalog, Searcher]:
    """A collection with a catalog and a searcher of one version."""
    catalog = space.catalog(name)
    return space.collection(name), catalog, space.searcher(name, catalog)


def run_tag(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Tag in this process."""
    request = TagRequest(**asked)
    name = request.collection
    collection, catalog, searcher = _opened(space, name)
    request = with_labels(request, catalog)
    return tag(
        space.folder, collection, catalog, searcher, lambda: space.encoder_of(name), request, report
    ).summary()  # fmt: skip


def run_augment(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Augment in this process."""
    request = AugmentRequest(**asked)
    name = request.collection
    collection, catalog, searcher = _opened(space, name)
    return augment(
        space.folder, collection, catalog, searcher, space.originals, space.settings, request, report
    ).summary()  # fmt: skip


def run_effect(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Measure in this process, and keep the figures."""
    request = EffectRequest(**asked)
    name = request.collection
    catalog = space.catalog(name)
    report(Progress("Loading the encoder", 0, 0))
    encoder = space.encoder_of(name)
    searcher = space.searcher(name, catalog)
    found = effect(name, catalog, searcher, encoder, space.originals, space.settings, request, report)
    save_effect(space.folder, found)
    return found.summary()


def run_export(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Export in this process."""
    request = ExportRequest(**asked)
    name = request.collection
    collection, catalog, searcher = _opened(space, name)
    return export(space.folder, collection, catalog, searcher, space.originals, request, report).summary()


def run_map(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Make a map in this process."""
    request = MapRequest(**asked)
    name = request.collection
    return make_map(space.folder, space.collection(name), space.catalog(name), request, report).summary()


KINDS: Mapping[str, Run] = MappingProxyType(
    {
        "ingest": _ingest,
        "embed": _embed,
        "index": _index,
        "audit": _audit,
        "map": run_map,
        "tag": run_tag,
        "augment": run_augment,
        "effect": run_effect,
        "export": run_export,
        "edit": run_edit,
        "undo": run_undo,
    }
)
