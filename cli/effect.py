"""`vitrine effect`: what a pipeline does to search, measured here or as a job."""

from dataclasses import asdict

from rich.console import Console
from rich.markup import escape

from cli.jobs import tell_started
from cli.options import me
from cli.output import print_json, print_records, progress_bar
from core.effect.figures import Effect, Point, load_effect, to_json
from core.effect.run import EffectRequest
from core.errors import NotFoundError
from core.evaluation.intervals import Figure
from core.tasks import run_effect, start_effect
from core.workspace import Workspace


def measure_effect(space: Workspace, request: EffectRequest, background: bool, as_json: bool) -> None:
    """Measure here with a progress bar, or queue it."""
    if background:
        tell_started(start_effect(space, request, me()), as_json)
        return
    with progress_bar() as report:
        run_effect(space, asdict(request), report)
    found = load_effect(space.folder, request.collection, request.pipeline)
    if found is None:
        raise NotFoundError("The measurement is gone.", "Something removed its file.", "Measure again.")
    if as_json:
        print_json(to_json(found))
    else:
        _print(found)


def _print(found: Effect) -> None:
    console = Console(highlight=False)
    how = "" if found.exact else " Ranks are approximate, as the index answers."
    console.print(
        escape(
            f"“{found.pipeline['name']}” on {found.unchanged.images:,} of {found.matching:,} images, drawn with seed "
            f"{found.seed}; each asked for its original among {found.images:,}.{how}"
        ),
        soft_wrap=True,
    )
    if found.unread:
        console.print(escape(f"{found.unread:,} could not be read: {found.unread_why}"), soft_wrap=True)
    print_records([_line(point) for point in (found.whole, *found.steps, found.unchanged)], "")
    for point in found.points:
        if point.failed:
            told = f"{point.words}: {point.failed:,} images could not be changed: {point.failure}"
            console.print(escape(told), soft_wrap=True)


def _line(point: Point) -> dict[str, str]:
    return {
        "change": point.words,
        "strength": f"{100 * point.share:.0f} %" if point.scaled else "",
        "drift, median": f"{point.drift.median:.4f}",
        "drift, 95 % within": f"{point.drift.p95:.4f}",
        "found first": _share(point.first),
        "within ten": _share(point.ten),
    }


def _share(figure: Figure) -> str:
    return f"{100 * figure.value:.1f} % ({100 * figure.low:.0f} to {100 * figure.high:.0f})"
