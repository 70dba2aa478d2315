"""The performance lab's measurements of a collection, here or as a job; each is kept in the workspace."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.errors import InputError, near_names
from core.ingest.progress import Report
from core.jobs.job import Job
from core.lab.estimate import Assumptions, assume
from core.lab.kept import Part, keep, latest, record_of
from core.lab.limits import Subject, check_limits, measure_limits
from core.lab.scale import check_scale, measure_scale
from core.lab.sources import source_of
from core.lab.storage import check_storage, measure_storage
from core.query.url import from_parameters
from core.timings.asker import unrecorded
from core.workspace import Workspace


def start_lab(space: Workspace, name: str, part: str, asked: Mapping[str, Any], who: str = "") -> Job:
    """Measure as a job; what cannot be measured is told at once."""
    name, found = space.collection(name).name, part_of(part)
    checked = _checked(space, name, found, asked)
    for recipe in checked.get("recipes", ()):  # their pictures outlive this process
        space.keep_uploads(from_parameters(recipe))
    return space.submit("lab", {"collection": name, "part": found.value, "asked": checked}, name, who, writes=False)


def run_lab(
    space: Workspace, name: str, part: str, asked: Mapping[str, Any], report: Report = lambda progress: None
) -> dict[str, Any]:
    """Measure in this process and keep what was found; none of it stands among what people asked."""
    collection, catalog, found = space.collection(name), space.catalog(name), part_of(part)
    with unrecorded():
        measured = _measured(space, collection, catalog, found, asked, report)
    record = record_of(found, collection.name, catalog.version, catalog.count_all, measured)
    keep(space.folder, record)
    return record


def run_lab_job(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """What a worker runs; the job's own result is short, the figures are in the workspace."""
    record = run_lab(space, asked["collection"], asked["part"], asked["asked"], report)
    return {"part": record["part"], "images": record["images"], "seconds": record["seconds"]}


def part_of(part: str) -> Part:
    """A part by its name, or an InputError."""
    try:
        return Part(part)
    except ValueError:
        hint = near_names(part[:40], [item.value for item in Part])
        raise InputError(f"“{part[:40]}” is nothing that is measured.", "", hint) from None


def usual_assumptions(space: Workspace, name: str) -> Assumptions:
    """Assumptions to begin with: what is known of the collection takes the place of defaults."""
    catalog = space.catalog(name)
    known: dict[str, float] = {"dimension": float(catalog.encoder.dimension)}
    ledgers = [ledger.summary() for ledger in space.ledgers(name)]
    speeds = [float(one["images_per_second"]) for one in ledgers if one.get("images_added", 0) >= 100]
    if speeds and speeds[0] > 0:
        known["images_per_second"] = round(speeds[0], 1)
    source_bytes = source_of(space, name).thumbnail_bytes if catalog.count_all else 0
    if source_bytes:
        known["thumbnail_bytes"] = float(source_bytes)
    return assume(known)


def latest_scale(space: Workspace, name: str) -> dict[str, Any] | None:
    """The last measurement of sizes; None where there is none."""
    return latest(space.folder, space.collection(name).name, Part.SCALE)


def _measured(
    space: Workspace, collection: Collection, catalog: Catalog, part: Part, asked: Mapping[str, Any], report: Report
) -> dict[str, Any]:
    name = collection.name
    if part is Part.LIMITS:
        encoder = partial(space.encoders.that_made, name, catalog.encoder)
        searcher = space.searcher(name, catalog)
        subject = Subject(collection, catalog, searcher, space.originals, space.settings, encoder)
        return measure_limits(subject, check_limits(asked), report)
    if part is Part.SCALE:
        request = check_scale(asked)
        return measure_scale(None if request.made_up else source_of(space, name), request, report)
    return measure_storage(collection, catalog, space.originals, check_storage(asked), report)


def _checked(space: Workspace, name: str, part: Part, asked: Mapping[str, Any]) -> dict[str, Any]:
    if part is Part.LIMITS:
        return _plain(asdict(check_limits(asked)))
    if part is Part.SCALE:
        request = check_scale(asked)
        if not request.made_up:
            source_of(space, name)
        return asdict(request)
    return asdict(check_storage(asked))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Sequences as lists, as JSON has them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
