"""`vitrine show`: one image."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from cli.output import print_json
from core.answers import plain
from core.collection.storage import storing
from core.collection.tags import scores_of
from core.workspace import Workspace


def show_image(
    space: Workspace, name: str, id: str, original: Path | None, thumbnail: Path | None, as_json: bool
) -> None:
    """Print an image's facts, and write its files where asked."""
    row = space.image(name, id)
    catalog = space.catalog(name)
    if original is not None:
        _write(original, space.original(name, id))
    if thumbnail is not None:
        _write(thumbnail, space.thumbnail(name, id)[1])
    facts = {
        "id": row.id,
        "collection": name,
        "width": row.width,
        "height": row.height,
        "content_hash": row.content_hash,
        "uri": row.values["uri"],
        "source": row.values["source"],
        "added_at": plain(row.values["added_at"]),
        "tags": row.values["tags"] or [],
        "tag_scores": scores_of(catalog.dataset, [row.id]).get(row.id, {}),
    }
    metadata = {column: plain(row.values[column]) for column in catalog.metadata}
    if as_json:
        print_json({**facts, "metadata": metadata})
        return
    console = Console(highlight=False)
    for label, value in {**facts, **metadata}.items():
        console.print(f"{escape(label)}: {escape('' if value is None else str(value))}", soft_wrap=True)


def _write(path: Path, data: bytes) -> None:
    with storing(str(path)):
        path.write_bytes(data)
