"""`vitrine audit`: how near a collection's answers come to exact ones, and what that costs."""

from rich.console import Console
from rich.markup import escape

from cli.jobs import tell_started
from cli.options import me
from cli.output import print_json, print_records, progress_bar
from core.audit.figures import Audit, Point, to_json
from core.audit.run import AuditRequest
from core.operations.measuring import run_audit, start_audit
from core.search import rounded_down
from core.settings import Settings
from core.workspace import Workspace


def audit_collection(
    settings: Settings, collection: str, request: AuditRequest, background: bool, as_json: bool
) -> None:
    """Measure here with a progress bar, or queue it."""
    space = Workspace.open(settings)
    if background:
        tell_started(start_audit(space, collection, request, me()), as_json)
        return
    with progress_bar() as report:
        found = run_audit(space, collection, request, report)
    if as_json:
        print_json(to_json(found))
    else:
        _print(found)


def _print(found: Audit) -> None:
    console = Console(highlight=False)
    asked = f"{found.image_questions} images and {found.word_questions} texts asked for their {found.k} nearest"
    console.print(escape(f"{found.images:,} images, {told_index(found)}; {asked}."), soft_wrap=True)
    print_records([_line(one.point) for one in found.settings], "")
    if found.filter:
        console.print(escape(f"Filtered: {found.filter} ({found.matching:,})."), soft_wrap=True)
    if found.curve:
        console.print("By the share of the index's partitions that is looked through:")
        print_records([_line(point) for point in found.curve], "")


def told_index(found: Audit) -> str:
    """What answers about the vectors, in words."""
    words = {"memory": "every vector compared in memory", "none": "no index, every vector compared"}
    return words.get(found.index, f"index {found.index} of {found.partitions:,} partitions")


def _line(point: Point) -> dict[str, str]:
    return {
        "asked": point.label,
        "answer": "exact" if point.exact else "approximate",
        "recall": rounded_down(point.recall),
        "worst": rounded_down(point.worst),
        "median ms": f"{point.median_ms:.1f}",
        "p95 ms": f"{point.p95_ms:.1f}",
    }
