"""`vitrine map`: makes a collection's map here, or as a job."""

import typer

from cli.jobs import tell_started
from cli.options import me
from cli.output import print_json, print_records, progress_bar
from core.map.make import make_map
from core.map.request import MapRequest
from core.settings import Settings
from core.tasks import start_map
from core.workspace import Workspace


def make_the_map(settings: Settings, request: MapRequest, background: bool, as_json: bool) -> None:
    """Make a map and print its clusters."""
    space = Workspace.open(settings)
    if background:
        tell_started(start_map(space, request, me()), as_json)
        return
    name = space.collection(request.collection).name
    with progress_bar() as report:
        found = make_map(space.folder, space.collection(name), space.catalog(name), request, report)
    if as_json:
        print_json(found.summary())
        return
    print_records([{"cluster": cluster, "images": count} for cluster, count in found.names.items()], "")
    typer.echo(
        f"{found.images:,} images of “{name}” placed by {found.method.upper()} in {found.seconds:.1f} s, "
        f"{found.clusters} clusters." + (f" {found.without_vector:,} have no vector." if found.without_vector else "")
    )
