"""`vitrine augment`, `tag` and `export`: a result's images changed, tagged or taken along, here or as a job."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from cli.asking import read_file
from cli.jobs import tell_started
from cli.options import me
from cli.output import print_json, print_records, progress_bar
from core.batch.augment import AugmentRequest
from core.batch.tag import TagRequest
from core.errors import InputError
from core.export.request import ExportRequest
from core.ingest.decode import decode
from core.ingest.progress import Report
from core.jobs.job import Job
from core.outputs import Outputs
from core.query.recipe import Recipe
from core.query.url import to_parameters
from core.settings import Settings
from core.tasks import run_augment, run_export, run_tag, start_augment, start_export, start_tag
from core.workspace import Workspace


def make(
    space: Workspace,
    request: TagRequest | AugmentRequest | ExportRequest,
    background: bool,
    as_json: bool,
) -> None:
    """Do it in this process with a progress bar, or queue it."""
    from dataclasses import asdict

    if background:
        tell_started(_start(space, request), as_json)
        return
    run: Callable[[Workspace, Mapping[str, Any], Report], dict[str, Any]] = {
        TagRequest: run_tag,
        AugmentRequest: run_augment,
        ExportRequest: run_export,
    }[type(request)]
    with progress_bar() as report:
        made = run(space, asdict(request), report)
    if as_json:
        print_json(made)
        return
    console = Console(highlight=False)
    for name, value in made.items():
        if value not in (None, "", {}, []):
            shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
            console.print(f"{escape(name.replace('_', ' ').capitalize())}: {escape(shown)}", soft_wrap=True)


def _start(space: Workspace, request: TagRequest | AugmentRequest | ExportRequest) -> Job:
    if isinstance(request, TagRequest):
        return start_tag(space, request, me())
    return (
        start_augment(space, request, me())
        if isinstance(request, AugmentRequest)
        else start_export(space, request, me())
    )


def parameters_of(recipe: Recipe) -> dict[str, str]:
    """A recipe as a job keeps it."""
    return to_parameters(recipe)


def ids_in(path: Path) -> tuple[str, ...]:
    """The ids in a file, one a line, in their order; empty lines do not count."""
    lines = read_file(path, "list of ids").decode("utf-8-sig", "replace").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def model_parameters(labels: list[str], options: str) -> dict[str, Any]:
    """A model's parameters from its labels and a JSON object."""
    try:
        values = json.loads(options or "{}")
    except (ValueError, RecursionError) as error:
        raise InputError("The parameters are not JSON.", str(error)[:200]) from None
    if not isinstance(values, dict):
        raise InputError("The parameters are not a JSON object.")
    return {**values, **({"labels": labels} if labels else {})}


def list_sets(settings: Settings, as_json: bool) -> None:
    """Print the finished sets of augmented pictures."""
    found = [one.told() for one in Outputs(Workspace.open(settings).folder).sets()]
    if as_json:
        print_json({"sets": found})
        return
    shown = ("name", "layout", "collection", "pipeline", "images", "made", "failed", "bytes", "created")
    print_records([{name: one[name] for name in shown} for one in found], "No set yet. “vitrine augment” makes one.")


def tell_one(
    space: Workspace, image: Path, model: str, values: dict[str, Any], collection: str | None, as_json: bool
) -> None:
    """What a model tells about one picture file."""
    from core.models.run import find_model, run_model

    picture = decode(read_file(image, "picture"), space.settings).image
    encoder = None
    if find_model(model).needs_encoder:
        encoder = space.encoder_of(collection) if collection else space.encoder()
    told = run_model(model, values, [picture], encoder)[0]
    if as_json:
        print_json({"model": model, "outputs": told})
        return
    console = Console(highlight=False)
    for name, value in told.items():
        console.print(f"{escape(name)}: {escape(str(value))}", soft_wrap=True)
