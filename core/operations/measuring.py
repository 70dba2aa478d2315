"""How well a collection can be searched: audits, evaluations of encoders, what pipelines do to it, what is in it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.audit.figures import Audit, save_audit
from core.audit.run import AuditRequest, audit
from core.collection.domain import Verdict, judge, read_reference
from core.effect.figures import save_effect
from core.effect.run import EffectRequest, effect
from core.effect.run import check_request as check_effect
from core.encoders.registry import locate
from core.errors import EncoderError
from core.evaluation.run import EvaluationRequest, Subject, evaluate
from core.evaluation.scores import Evaluation
from core.ingest.progress import Progress, Report
from core.jobs.job import Job
from core.workspace import Workspace


def start_audit(space: Workspace, name: str, request: AuditRequest, who: str = "") -> Job:
    """Measure a collection's answers against exact ones, as a job."""
    asked = {"collection": space.collection(name).name, **asdict(request)}
    return space.submit("audit", asked, name, who, writes=False)


def run_audit(space: Workspace, name: str, request: AuditRequest, report: Report = lambda progress: None) -> Audit:
    """Measure a collection's answers against exact ones, and keep the figures."""
    catalog, encoder = space.catalog(name), None
    with suppress(EncoderError):  # then images alone are asked
        encoder = space.encoders.that_made(name, catalog.encoder)
    with space.timings.work("audit", name, "Audit") as done:
        found = audit(name, space.searcher(name, catalog), catalog, encoder, request, report)
        done.rows = found.images
    save_audit(space.folder, found)
    return found


def run_evaluation(
    space: Workspace, name: str, request: EvaluationRequest, report: Report = lambda progress: None
) -> Evaluation:
    """Score an encoder on a collection's own labels and texts; nothing is kept."""
    catalog = space.catalog(name)
    encoder = space.chosen_encoder(name, request.encoder)
    subject = Subject(space.collection(name), catalog, space.originals, space.settings)
    return evaluate(subject, encoder, request, report)


def domain_verdict(space: Workspace, name: str) -> Verdict | None:
    """Whether a collection's pictures are like those its encoder was trained on; None where nothing tells."""
    catalog = space.catalog(name)
    with suppress(EncoderError):  # of an encoder that is gone nothing is known
        reference = read_reference(Path(locate(catalog.encoder.name, space.folder)))
        return None if reference is None else judge(catalog.dataset, reference)
    return None


def start_effect(space: Workspace, request: EffectRequest, who: str = "") -> Job:
    """Measure what a pipeline does to the search of a collection, as a job."""
    name = space.collection(request.collection).name
    check_effect(request, name)
    return space.submit("effect", asdict(request), name, who, writes=False)


def run_effect(space: Workspace, asked: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Measure in this process, and keep the figures."""
    request = EffectRequest(**asked)
    name = request.collection
    catalog = space.catalog(name)
    report(Progress("Loading the encoder", 0, 0))
    encoder = space.encoder_of(name)
    searcher = space.searcher(name, catalog)
    found = effect(name, catalog, searcher, encoder, space.originals, space.settings, request, report)
    save_effect(space.folder, found)
    return found.summary()
