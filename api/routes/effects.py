"""What augmentation does to search."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.context import Context, Name
from api.effect_schemas import EffectBody, EffectFacts, EffectList
from api.job_schemas import JobFacts
from api.problems import documented
from api.routes.collections import stored_recipe
from api.routes.jobs import told
from core.augment.text import any_pipeline, from_link
from core.effect.figures import load_effect, load_effects, to_json
from core.effect.run import EffectRequest
from core.errors import NotFoundError
from core.operations.measuring import start_effect

STARTED = documented(401, 403, 404, 409, 422, 503)
PipelineText = Annotated[
    str,
    Query(min_length=1, max_length=60_000, description="A preset's name, JSON, or as a link has it"),
]


def effect_routes(context: Context) -> APIRouter:
    """Measurements there are, and a new one as a job."""
    router = APIRouter(prefix="/collections/{name}", tags=["Quality"])

    @router.get("/effects", dependencies=context.reading, responses=documented(401, 404))
    def every(name: Name) -> EffectList:
        """What was measured of every pipeline, latest first."""
        space = context.workspace()
        found = load_effects(space.folder, space.collection(name).name)
        return EffectList(effects=[EffectFacts.model_validate(to_json(effect)) for effect in found])

    @router.get("/effect", dependencies=context.reading, responses=documented(401, 404, 422))
    def one(name: Name, pipeline: PipelineText) -> EffectFacts:
        """What a pipeline does to search, as it was last measured, whatever its name and seed are."""
        space = context.workspace()
        found = load_effect(space.folder, space.collection(name).name, from_link(pipeline).to_dict())
        if found is None:
            raise NotFoundError(
                f"This pipeline has not been measured on “{name}” yet.", "", "POST to this address, or: vitrine effect"
            )
        return EffectFacts.model_validate(to_json(found))

    @router.post("/effect", status_code=202, dependencies=context.writing, responses=STARTED)
    def start(request: Request, name: Name, asked: EffectBody) -> JobFacts:
        """Measure how far a pipeline moves images, and how often they still find their original."""
        space = context.workspace()
        wanted = EffectRequest(
            space.collection(name).name,
            any_pipeline(asked.pipeline).to_dict(),
            stored_recipe(space, name, asked.recipe),
            asked.sample,
            asked.seed,
            asked.steps,
        )
        return told(start_effect(space, wanted, request.state.who))

    return router
