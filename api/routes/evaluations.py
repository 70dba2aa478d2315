"""How far search can be trusted: the latest evaluation of a collection, and a new one."""

from fastapi import APIRouter

from api.context import Context, Name
from api.evaluation_schemas import EvaluationBody, EvaluationFacts
from api.problems import documented
from core.errors import NotFoundError
from core.evaluation.record import latest_evaluation, save_evaluation, to_json
from core.evaluation.run import EvaluationRequest
from core.operations.measuring import run_evaluation


def evaluation_routes(context: Context) -> APIRouter:
    """What is asked of evaluations."""
    router = APIRouter(prefix="/collections/{name}", tags=["Quality"])

    @router.get("/evaluation", dependencies=context.reading, responses=documented(401, 404, 422, 503))
    def latest(name: Name) -> EvaluationFacts:
        """The latest evaluation, with figures for every class, the worst first."""
        space = context.workspace()
        found = latest_evaluation(space.folder, space.collection(name).name)
        if found is None:
            raise NotFoundError(
                f"“{name}” has not been measured yet.", "", "POST to this address, or run: vitrine evaluate"
            )
        return EvaluationFacts.model_validate(to_json(found))

    @router.post("/evaluation", dependencies=context.writing, responses=documented(401, 403, 404, 422, 503, 507))
    def measure(name: Name, asked: EvaluationBody) -> EvaluationFacts:
        """Measure the collection's own encoder on its own labels and keep the figures; takes seconds."""
        space = context.workspace()
        request = EvaluationRequest(None, tuple(asked.labels), asked.text, asked.sample, asked.seed)
        evaluation = run_evaluation(space, space.collection(name).name, request)
        save_evaluation(space.folder, evaluation)
        return EvaluationFacts.model_validate(to_json(evaluation))

    return router
