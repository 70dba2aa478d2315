"""Whether the server is well, and what it has been doing."""

from dataclasses import asdict, replace
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from api.context import Context
from api.metrics import Metrics
from api.problems import documented
from api.state_schemas import Health, TimedAnswers
from core.export.timings import as_csv, as_parquet
from core.jobs.supervisor import WORKER
from core.timings.figures import by_kind
from core.timings.record import known_kinds
from core.timings.store import Wanted

MOST_TIMINGS = 50_000
PARQUET = "application/vnd.apache.parquet"


class Format(StrEnum):
    """As what timings are told."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


IN_FORMATS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}, PARQUET: {}}},
    **documented(401, 404),
}


def state_routes(context: Context, metrics: Metrics) -> APIRouter:
    """Ping, health, metrics and timings."""
    router = APIRouter(tags=["State"])

    @router.get("/ping", response_class=PlainTextResponse)
    def ping() -> str:
        """Answers “pong”."""
        return "pong"

    @router.get("/health", responses={503: {"model": Health, "description": "Alive, and cannot answer"}})
    def health() -> JSONResponse:
        """Whether the server is alive and ready; 503 while it is not ready."""
        told = _health(context)
        return JSONResponse(told.model_dump(), 200 if told.ready else 503)

    @router.get("/metrics", dependencies=context.reading, response_class=PlainTextResponse, responses=documented(401))
    def prometheus() -> Response:
        """Figures for Prometheus: requests, their durations, jobs, collections, memory."""
        return Response(metrics.text(context.workspace()), media_type=metrics.media_type)

    @router.get("/timings", dependencies=context.reading, response_model=TimedAnswers, responses=IN_FORMATS)
    def timings(
        limit: Annotated[int, Query(ge=1, le=MOST_TIMINGS, description="How many at the most")] = 100,
        kind: Annotated[str | None, Query(max_length=40, description="Such as query, search or page")] = None,
        collection: Annotated[str | None, Query(max_length=1_000, description="Of one collection")] = None,
        slowest: Annotated[bool, Query(description="The slowest first, else the newest")] = False,
        format: Annotated[Format, Query(description="As what")] = Format.JSON,
    ) -> Response:
        """What answers and work in the workspace cost, step by step, whoever asked; with percentiles by kind."""
        wanted = Wanted(known_kinds(kind), collection, limit=limit, slowest=slowest)
        recorder = context.workspace().timings
        records = recorder.records(wanted)
        if format is Format.CSV:
            return Response(as_csv(records), media_type="text/csv")
        if format is Format.PARQUET:
            return Response(as_parquet(records), media_type=PARQUET)
        kinds = [asdict(one) for one in by_kind(recorder.points(replace(wanted, limit=None)))]
        return JSONResponse({"kinds": kinds, "timings": [record.told() for record in records]})

    return router


def _health(context: Context) -> Health:
    status, names = "ok", []
    space = context.workspace()
    try:
        names = space.names()
        under_way = len(space.jobs.under_way())
        worker = space.jobs.broker.shared or space.jobs.broker.is_held(WORKER)
    except Exception as error:  # whatever it is, that is what this answer is for
        status, under_way, worker = str(error), 0, False
    return Health(
        status=status,
        alive=True,
        ready=status == "ok",
        version=tool_version(),
        collections=len(names),
        encoder=space.settings.encoder,
        encoder_loaded=space.encoder_is_loaded(),
        jobs_under_way=under_way,
        worker=worker,
    )


def tool_version() -> str:
    """Vitrine's own version."""
    try:
        return version("vitrine")
    except PackageNotFoundError:
        return "0"
