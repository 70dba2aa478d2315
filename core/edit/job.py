"""Editing and undoing for every front end: at once where that is quick, else as a job."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from secrets import token_hex
from typing import Any

from core.collection.changes import is_open, settle
from core.collection.history import History, Listed
from core.edit.edit import Edited, edit
from core.edit.request import EditRequest, check_request
from core.edit.undo import Undone, check_undo, undo
from core.errors import BusyError
from core.ingest.lock import only_writer
from core.ingest.progress import Report
from core.jobs.job import Job
from core.query.url import from_parameters
from core.workspace import Workspace

MOST_AT_ONCE = 1_000  # images edited or put back while somebody waits


def edit_now(space: Workspace, request: EditRequest, report: Report = lambda progress: None) -> Edited:
    """Edit in this process."""
    name = request.collection
    with space.timings.work("edit", name, "Edit") as done:
        catalog = space.catalog(name)
        made = edit(space.folder, space.collection(name), catalog, space.searcher(name, catalog), request, report)
        done.rows, done.english = made.images, f"{made.what}: {made.sentence}"
    return made


def start_edit(space: Workspace, request: EditRequest, who: str = "") -> Job:
    """Edit the images of a selection or result, as a job."""
    name = space.collection(request.collection).name
    check_request(request, space.catalog(name), name)
    if request.recipe is not None:
        from_parameters(request.recipe)
    asked = replace(request, who=who, run=token_hex(8))
    return space.submit("edit", asdict(asked), name, who)


def run_edit(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Edit in this process, as a job is asked for."""
    return edit_now(space, EditRequest(**asked), report).summary()


def edit_soon(space: Workspace, request: EditRequest, who: str = "") -> Edited | Job:
    """Edit at once where few images are meant, else as a job."""
    if _count(space, request) > MOST_AT_ONCE:
        return start_edit(space, request, who)
    return edit_now(space, replace(request, who=who))


def undo_now(space: Workspace, name: str, event: str, who: str = "", report: Report = lambda _: None) -> Undone:
    """Undo an event in this process."""
    with space.timings.work("edit", name, "Undo") as done:
        made = undo(space.folder, space.collection(name), event, who, report)
        done.rows = made.images
    return made


def start_undo(space: Workspace, name: str, event: str, who: str = "") -> Job:
    """Undo an event, as a job."""
    collection = space.collection(name)
    check_undo(History(space.folder, collection).get(event))
    return space.submit("undo", {"collection": collection.name, "event": event, "who": who}, collection.name, who)


def run_undo(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Undo in this process, as a job is asked for."""
    return undo_now(space, asked["collection"], asked["event"], asked["who"], report).summary()


def undo_soon(space: Workspace, name: str, event: str, who: str = "") -> Undone | Job:
    """Undo at once what touched few images, else as a job."""
    collection = space.collection(name)
    found = check_undo(History(space.folder, collection).get(event))
    if found.images > MOST_AT_ONCE:
        return start_undo(space, name, event, who)
    return undo_now(space, name, event, who)


def events(space: Workspace, name: str) -> list[Listed]:
    """The history of a collection, newest first; what a process that died had changed stands in it too."""
    collection = space.collection(name)
    if is_open(space.folder, collection) and not _is_worked_on(space, name):
        with suppress(BusyError), only_writer(space.folder, name):
            settle(space.folder, collection)
    return History(space.folder, collection).events()


def _is_worked_on(space: Workspace, name: str) -> bool:
    """Whether a job of the collection has yet to end: it goes on with what it has left open."""
    return any(job.line == name for job in space.jobs.under_way())


def _count(space: Workspace, request: EditRequest) -> int:
    """How many images are meant at the most."""
    if request.ids is not None:
        return len(request.ids)
    recipe = from_parameters(request.recipe or {})
    matching = space.catalog(request.collection).count(recipe.where)
    return min(matching, recipe.limit) if recipe.terms or not request.whole else matching
