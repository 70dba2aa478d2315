"""The performance lab: measurements of a collection as jobs, the last of each, and estimates for larger ones."""

from fastapi import APIRouter, Request

from api.context import Context, Name
from api.job_schemas import JobFacts
from api.lab_schemas import EstimateAnswer, EstimateBody, EstimateFacts, LabBody, LabFacts, PartName
from api.problems import documented
from api.routes.jobs import told
from core.errors import NotFoundError
from core.lab.estimate import assume, estimate, foretelling
from core.lab.kept import Part, latest
from core.lab.scale import read_growths
from core.operations.lab import latest_scale, start_lab, usual_assumptions


def lab_routes(context: Context) -> APIRouter:
    """Measure, read the last measurement, and estimate."""
    router = APIRouter(prefix="/collections/{name}/lab", tags=["Performance"])

    @router.get("/{part}", dependencies=context.reading, responses=documented(401, 404, 422))
    def last(name: Name, part: PartName) -> LabFacts:
        """The last measurement of limits, of growing sizes, or of ways to store images."""
        space = context.workspace()
        found = latest(space.folder, space.collection(name).name, Part(part.value))
        if found is None:
            hint = f"Measure: vitrine lab {part.value} --collection {name}"
            raise NotFoundError(f"Nothing was measured of “{name}” yet.", f"No {part.value}.", hint)
        return LabFacts.model_validate(found)

    @router.post(
        "/{part}", status_code=202, dependencies=context.writing, responses=documented(401, 403, 404, 409, 422, 503)
    )
    def start(request: Request, name: Name, part: PartName, asked: LabBody) -> JobFacts:
        """Measure as a job; the figures are kept in the workspace."""
        return told(start_lab(context.workspace(), name, part.value, asked.asked(), request.state.who))

    return router


def estimate_routes(context: Context) -> APIRouter:
    """What larger collections would take."""
    router = APIRouter(prefix="/collections/{name}/estimate", tags=["Performance"])

    @router.post("", dependencies=context.reading, responses=documented(401, 404, 422))
    def estimates(name: Name, asked: EstimateBody) -> EstimateAnswer:
        """What a million to a billion images would take, from the last measured sizes and stated assumptions."""
        space = context.workspace()
        name = space.collection(name).name
        assumed = assume(asked.assumptions, usual_assumptions(space, name))
        record = latest_scale(space, name)
        growths = {} if record is None else foretelling(read_growths(record))
        return EstimateAnswer(
            assumptions=vars(assumed),
            growths={figure: growth.words for figure, growth in growths.items()},
            estimates=[EstimateFacts(**one.told()) for one in estimate(assumed, growths)],
        )

    return router
