"""Editing values and tags, the history of a collection, and undo."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from api.context import Context, Name
from api.edit_schemas import EditAnswer, EditBody, EventFacts, HistoryPage, UndoAnswer
from api.job_schemas import JobFacts
from api.problems import documented
from api.routes.collections import stored_recipe
from api.routes.jobs import told
from core.collection.history import History
from core.edit.job import edit_soon, events, start_edit, undo_soon
from core.edit.request import EditRequest
from core.jobs.job import Job
from core.workspace import Workspace

AS_JOB: dict[int | str, dict[str, Any]] = {202: {"model": JobFacts, "description": "Queued as a job"}}
WRITTEN = documented(401, 403, 404, 409, 422, 507)
EventId = Annotated[str, Path(max_length=40, description="Of the event", examples=["20260101T120000000000-3fa9c1"])]


def edit_routes(context: Context) -> APIRouter:
    """What changes values and tags, and takes any change back."""
    router = APIRouter(prefix="/collections/{name}", tags=["Edits and history"])

    @router.post(
        "/edit", dependencies=context.writing, response_model=EditAnswer, responses={**AS_JOB, **WRITTEN}
    )  # fmt: skip
    def edit(request: Request, name: Name, asked: EditBody) -> EditAnswer | JSONResponse:
        """Set or clear values, add or remove tags. A recipe's result, and more than 1,000 ids, are edited by a job."""
        space, who = context.workspace(), request.state.who
        wanted = EditRequest(
            space.collection(name).name,
            asked.values,
            asked.add_tags,
            asked.remove_tags,
            asked.ids,
            None if asked.recipe is None else stored_recipe(space, name, asked.recipe),
            asked.whole,
        )
        made = edit_soon(space, wanted, who) if asked.recipe is None else start_edit(space, wanted, who)
        if isinstance(made, Job):
            return _queued(made)
        event = _event(space, name, made.event) if made.event else None
        return EditAnswer(images=made.images, changed=made.changed, new_values=dict(made.new_values), event=event)

    @router.get("/history", dependencies=context.reading, responses=documented(401, 404, 422))
    def history(
        name: Name,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[str, Query(max_length=40, description="The “next” of an answer, for its next page")] = "",
    ) -> HistoryPage:
        """What happened to a collection, newest first: who, when and what."""
        found = [item for item in events(context.workspace(), name) if not cursor or item.event.id < cursor]
        after = found[limit - 1].event.id if len(found) > limit else None
        return HistoryPage(events=[EventFacts.model_validate(item.told()) for item in found[:limit]], next=after)

    @router.post(
        "/history/{event}/undo",
        dependencies=context.writing,
        response_model=UndoAnswer,
        responses={**AS_JOB, **WRITTEN},
    )
    def undo(request: Request, name: Name, event: EventId) -> UndoAnswer | JSONResponse:
        """Take an event back; what touched more than 1,000 images is undone by a job."""
        space = context.workspace()
        made = undo_soon(space, name, event, request.state.who)
        if isinstance(made, Job):
            return _queued(made)
        return UndoAnswer(event=_event(space, name, made.event.id), images=made.images, left=made.left, gone=made.gone)

    return router


def _event(space: Workspace, name: str, id: str) -> EventFacts:
    return EventFacts.model_validate(History(space.folder, space.collection(name)).get(id).told())


def _queued(job: Job) -> JSONResponse:
    return JSONResponse(told(job).model_dump(), status_code=202)
