"""Makes a collection's vectors anew with a progress bar."""

import typer

from cli.jobs import tell_started
from cli.options import me
from cli.output import print_json, progress_bar
from core.embed import Embedded
from core.settings import Settings
from core.workspace import Workspace


def embed_collection(
    settings: Settings, collection: str, encoder: str | None, thumbnails: bool, background: bool, as_json: bool
) -> None:
    """Embed in this process or in one of its own, and tell what became of the vectors."""
    workspace = Workspace.open(settings)
    if background:
        job = workspace.start_embed(collection, encoder, thumbnails=thumbnails, who=me())
        tell_started(job, as_json)
        return
    with progress_bar() as report:
        made = workspace.embed(collection, encoder, report, thumbnails=thumbnails)
    if as_json:
        print_json(made.summary())
    else:
        typer.echo("\n".join(_told(made)))


def _told(made: Embedded) -> list[str]:
    if not made.passed and not made.encoded and not made.without_vector:
        return [f"Every image of “{made.collection}” has its vector by {made.encoder} already."]
    with_vector = made.images - made.without_vector
    lines = [f"{with_vector:,} of {made.images:,} images of “{made.collection}” have vectors by {made.encoder} now."]
    if made.encoder != made.encoder_before:
        lines.append(f"Before, they were by {made.encoder_before}; searches use the new ones from here on.")
    if made.encoded:
        lines.append(f"{made.encoded:,} encoded in {made.seconds:,.1f} s, {made.encoded / made.seconds:,.0f} images/s.")
    if made.from_thumbnails:
        lines.append(
            f"{made.from_thumbnails:,} were made from the thumbnail: the original could not be read, or has changed."
        )
    if made.without_vector:
        lines.append(f"Complete the others: vitrine embed --collection {made.collection}")
    return lines
