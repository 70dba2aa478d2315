"""The kinds of jobs, and how a worker runs each; how they are asked for stands in `core.operations`."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from core.audit.figures import to_json
from core.audit.run import AuditRequest
from core.edit.job import run_edit, run_undo
from core.ingest.plan import IngestRequest
from core.ingest.progress import Report
from core.jobs.job import Job
from core.map.make import make_map
from core.map.request import MapRequest
from core.map.request import check_request as check_map
from core.operations.batches import run_augment, run_export, run_tag
from core.operations.lab import run_lab_job
from core.operations.measuring import run_audit, run_effect
from core.workspace import Workspace

Run = Callable[[Workspace, Mapping[str, Any], Report], dict[str, Any]]


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
    return to_json(run_audit(space, asked["collection"], request, report))


def run_map(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Make a map in this process."""
    request = MapRequest(**asked)
    name = request.collection
    with space.timings.work("map", name, "Map") as done:
        made = make_map(space.folder, space.collection(name), space.catalog(name), request, report)
        done.rows = space.catalog(name).count_all
    return made.summary()


KINDS: Mapping[str, Run] = MappingProxyType(
    {
        "ingest": _ingest,
        "embed": _embed,
        "index": _index,
        "audit": _audit,
        "lab": run_lab_job,
        "map": run_map,
        "tag": run_tag,
        "augment": run_augment,
        "effect": run_effect,
        "export": run_export,
        "edit": run_edit,
        "undo": run_undo,
    }
)
