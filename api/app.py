"""The REST API over a workspace, mounted at /api beside the dashboard."""

import re
from collections.abc import Callable

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Mount

from api.auth import guards
from api.context import Context
from api.head import HeadAsGet
from api.limits import Limits
from api.metrics import Measured, Metrics
from api.problems import documented, handle_problems
from api.routes.audits import audit_routes
from api.routes.augment import augment_routes
from api.routes.charts import chart_routes
from api.routes.collections import collection_routes
from api.routes.completing import completing_routes
from api.routes.concepts import concept_routes
from api.routes.duplicates import duplicate_routes
from api.routes.edits import edit_routes
from api.routes.effects import effect_routes
from api.routes.evaluations import evaluation_routes
from api.routes.images import image_routes
from api.routes.jobs import job_routes
from api.routes.lab import estimate_routes, lab_routes
from api.routes.map import map_routes
from api.routes.outputs import output_routes
from api.routes.overlaps import overlap_routes
from api.routes.search import search_routes
from api.routes.sql import sql_routes
from api.routes.state import state_routes, tool_version
from api.routes.views import view_routes
from api.routes.work import job_starting_routes, one_off_routes
from core.links import PREFIX
from core.workspace import Workspace


class ImageConvertor(Convertor[str]):
    """An image's id in a path: any characters at all, slashes and newlines too."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def create_api(workspace: Callable[[], Workspace]) -> FastAPI:
    """Build the API; `workspace` is called at the first request that needs it."""
    app = FastAPIOffline(
        title="Vitrine",
        version=tool_version(),
        description="Collections of images and what is known about them. Every error is one problem+json object.",
        redoc_url=None,
    )
    handle_problems(app)
    register_url_convertor("image", ImageConvertor())
    context, metrics = Context(workspace, guards(workspace)), Metrics()
    for router in (
        state_routes(context, metrics),
        collection_routes(context),
        chart_routes(context),
        completing_routes(context),
        concept_routes(context),
        search_routes(context),
        audit_routes(context),
        sql_routes(context),
        view_routes(context),
        overlap_routes(context),
        evaluation_routes(context),
        effect_routes(context),
        duplicate_routes(context),
        edit_routes(context),
        job_routes(context),
        map_routes(context),
        lab_routes(context),
        estimate_routes(context),
        job_starting_routes(context),
        augment_routes(context),
        one_off_routes(context),
        output_routes(context),
        image_routes(context),
    ):
        app.include_router(router, responses=documented(422))
    app.add_middleware(Limits, workspace=workspace)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Measured, metrics=metrics)
    return app


def api_mount(workspace: Callable[[], Workspace]) -> Mount:
    """The API below /api; a plain Mount would not let an image's id with a newline through."""
    mount = Mount(PREFIX, app=create_api(workspace))
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount
