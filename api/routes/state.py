"""Whether the server is well, and what it has been doing."""

from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from api.context import Context
from api.metrics import Metrics
from api.problems import documented
from api.state_schemas import Health, TimedAnswers
from core.jobs.supervisor import WORKER

MOST_TIMINGS = 1_000


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

    @router.get("/timings", dependencies=context.reading, responses=documented(401))
    def timings(limit: int = Query(100, ge=1, le=MOST_TIMINGS)) -> TimedAnswers:
        """What the latest answers of this server cost, step by step, newest first."""
        return TimedAnswers.model_validate({"timings": context.workspace().timings.latest(limit)})

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
