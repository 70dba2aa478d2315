"""How near a collection's answers come to exact ones."""

from fastapi import APIRouter, Request

from api.audit_schemas import AuditBody, AuditFacts
from api.context import Context, Name
from api.job_schemas import JobFacts
from api.problems import documented
from api.routes.jobs import told
from core.audit.figures import to_json
from core.audit.quoted import current_audit
from core.audit.run import AuditRequest
from core.errors import NotFoundError
from core.operations.measuring import start_audit


def audit_routes(context: Context) -> APIRouter:
    """The latest audit, and a new one as a job."""
    router = APIRouter(prefix="/collections/{name}/audit", tags=["Search"])

    @router.get("", dependencies=context.reading, responses=documented(401, 404))
    def latest(name: Name) -> AuditFacts:
        """The figures that answers quote: recall and latency of the latest audit that still tells about them."""
        space = context.workspace()
        found = current_audit(space.folder, name, space.catalog(name))
        if found is None:
            raise NotFoundError(
                f"There is no audit of “{name}” as it is now.", "", f"Make one: vitrine audit --collection {name}"
            )
        return AuditFacts.model_validate(to_json(found))

    @router.post("", status_code=202, dependencies=context.writing, responses=documented(401, 403, 404, 409, 422, 503))
    def start(request: Request, name: Name, asked: AuditBody) -> JobFacts:
        """Measure recall and latency against exact answers on a sample of questions; answers quote it from then on."""
        wanted = AuditRequest(asked.k, asked.questions, asked.seed)
        return told(start_audit(context.workspace(), name, wanted, request.state.who))

    return router
