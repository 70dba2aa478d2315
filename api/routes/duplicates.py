"""Groups of identical and nearly identical images, and what is done with them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from api.context import Context, Name
from api.duplicate_schemas import THRESHOLD, DuplicatesActBody, DuplicatesActed, DuplicatesPage
from api.edit_schemas import EventFacts
from api.job_schemas import JobFacts
from api.problems import documented
from api.routes.collections import Where
from api.routes.jobs import told as told_job
from core.answers import Page
from core.collection.history import History
from core.duplicates.act import Acting, act
from core.duplicates.find import find_duplicates
from core.duplicates.found import groups
from core.duplicates.request import How, Keep, read_duplicates_request
from core.duplicates.told import to_csv, to_json, told, told_group
from core.jobs.job import Job

ERRORS = documented(401, 404, 422, 503)
WRITTEN = documented(401, 403, 404, 409, 422, 503, 507)
AS_JOB: dict[int | str, dict[str, Any]] = {202: {"model": JobFacts, "description": "Queued as a job"}}
FILES: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}, "application/json": {}}}}
Threshold = Annotated[float | None, Query(description=THRESHOLD)]
Way = Annotated[How, Query(description="By what images count as the same")]
Kept = Annotated[Keep, Query(description="Which image of a group is kept")]


def duplicate_routes(context: Context) -> APIRouter:
    """What is asked of duplicates."""
    router = APIRouter(prefix="/collections/{name}/duplicates", tags=["Duplicates"])

    @router.get("", dependencies=context.reading, responses=ERRORS)
    def duplicates(
        name: Name,
        how: Way = How.IDENTICAL,
        threshold: Threshold = None,
        keep: Kept = Keep.MOST_PIXELS,
        where: Where = "",
        limit: Annotated[int, Query(ge=1, le=500, description="Groups on a page")] = 50,
        most: Annotated[int, Query(ge=1, le=10_000, description="Images listed of each group")] = 100,
        cursor: Annotated[str, Query(max_length=200, description="The “next” of an answer, for its next page")] = "",
    ) -> DuplicatesPage:
        """Groups of images that count as the same, largest first, the kept image of each first."""
        catalog = context.workspace().catalog(name)
        found = find_duplicates(catalog, read_duplicates_request(catalog, how, threshold, keep, where))
        first = min(Page.read(cursor).offset, found.groups) if cursor else 0
        shown = groups(catalog, found, first, limit, most)
        after = first + len(shown)
        listed = [told_group(group, how) for group in shown]
        following = Page(after).cursor() if after < found.groups else None
        return DuplicatesPage.model_validate({**told(catalog, found), "listed": listed, "next": following})

    @router.get("/export", dependencies=context.reading, response_class=Response, responses={**FILES, **ERRORS})
    def export(
        name: Name,
        how: Way = How.IDENTICAL,
        threshold: Threshold = None,
        keep: Kept = Keep.MOST_PIXELS,
        where: Where = "",
        form: Annotated[Literal["csv", "json"], Query(description="Of the file")] = "csv",
    ) -> Response:
        """Every group as a file: CSV with a line for each image, or JSON."""
        catalog = context.workspace().catalog(name)
        found = find_duplicates(catalog, read_duplicates_request(catalog, how, threshold, keep, where))
        headers = {"Content-Disposition": f'attachment; filename="duplicates.{form}"'}
        if form == "json":
            return Response(to_json(catalog, found), media_type="application/json", headers=headers)
        return Response(to_csv(catalog, found), media_type="text/csv", headers=headers)

    @router.post(
        "/act", dependencies=context.writing, response_model=DuplicatesActed, responses={**AS_JOB, **WRITTEN}
    )  # fmt: skip
    def act_on_groups(request: Request, name: Name, asked: DuplicatesActBody) -> DuplicatesActed | JSONResponse:
        """Tag or delete images of the groups, in one event that can be undone; tagging many is done by a job."""
        space = context.workspace()
        wanted = read_duplicates_request(space.catalog(name), asked.how, asked.threshold, asked.keep, asked.where)
        acting = Acting(asked.act, asked.tag, asked.kept, asked.expected)
        made = act(space, space.collection(name).name, wanted, acting, request.state.who)
        if isinstance(made, Job):
            return JSONResponse(told_job(made).model_dump(), status_code=202)
        event = None
        if made.event:
            history = History(space.folder, space.collection(name))
            event = EventFacts.model_validate(history.get(made.event).told())
        return DuplicatesActed(what=made.what, images=made.images, event=event)

    return router
