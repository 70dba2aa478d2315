"""Jobs: listed, watched, cancelled, tried again."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import PlainTextResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.context import Context
from api.job_schemas import JobFacts, JobList
from api.problems import documented
from core.jobs.job import Job, State
from core.jobs.runner import WATCH_SECONDS

Id = Annotated[str, Path(description="Of the job", examples=["18ea148ff0e8482f-d053a5"])]


def job_routes(context: Context) -> APIRouter:
    """What is asked of jobs."""
    router = APIRouter(tags=["Jobs"], prefix="/jobs")

    @router.get("", dependencies=context.reading, responses=documented(401, 422))
    def jobs(
        state: Annotated[State | None, Query(description="Only jobs in this state")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[str, Query(max_length=100, description="The “next” of a list, for its next page")] = "",
    ) -> JobList:
        """Jobs, newest first."""
        found = context.workspace().jobs.all(limit + 1, state, cursor)
        after = found[limit - 1].id if len(found) > limit else None
        return JobList(jobs=[told(job) for job in found[:limit]], next=after)

    @router.get("/{id}", dependencies=context.reading, responses=documented(401, 404))
    def job(id: Id) -> JobFacts:
        """One job as it is now."""
        return told(context.workspace().jobs.get(id))

    @router.get(
        "/{id}/log", dependencies=context.reading, response_class=PlainTextResponse, responses=documented(401, 404)
    )
    def log(id: Id) -> str:
        """The end of a job's log."""
        return context.workspace().jobs.log(id)

    def known(id: Id) -> None:
        context.workspace().jobs.get(id)

    @router.get(
        "/{id}/events",
        dependencies=[*context.reading, Depends(known)],
        response_class=EventSourceResponse,
        responses=documented(401, 404),
    )
    async def events(id: Id) -> AsyncIterator[ServerSentEvent]:
        """A job as server-sent events: one “job” at each change, the last when it has ended."""
        jobs, last = context.workspace().jobs, None
        while True:
            now = await asyncio.to_thread(jobs.get, id)
            if now != last:
                yield ServerSentEvent(data=told(now).model_dump(), event="job")
            if now.ended:
                return
            last = now
            await asyncio.sleep(WATCH_SECONDS)

    @router.post("/{id}/cancel", dependencies=context.writing, responses=documented(401, 403, 404, 409))
    def cancel(id: Id) -> JobFacts:
        """Stop a job: at once while it waits, at its next step while it runs; what it has written is kept."""
        return told(context.workspace().jobs.cancel(id))

    @router.post("/{id}/retry", dependencies=context.writing, responses=documented(401, 403, 404, 409))
    def retry(id: Id) -> JobFacts:
        """Queue a failed or cancelled job again; it goes on from what it has written."""
        return told(context.workspace().retry(id))

    return router


def told(job: Job) -> JobFacts:
    """A job as the API shows it."""
    return JobFacts.model_validate(job.told())
