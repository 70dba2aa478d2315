"""`vitrine overlap`: two ranked lists side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import CollectionOption, JsonOption, WhereOption
from core.errors import InputError
from core.settings import Settings

if TYPE_CHECKING:
    from core.overlap import Overlap
    from core.query.recipe import Recipe
    from core.workspace import Workspace

SHOWN = 10  # places of both lists, printed for people


def add_overlap(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(overlap)


def overlap(
    collection: CollectionOption,
    text: Annotated[str | None, typer.Argument(help="What the first list is searched by, in words.")] = None,
    other_text: Annotated[
        str | None, typer.Argument(help="What the second is searched by; the same if left out.")
    ] = None,
    other: Annotated[
        str | None, typer.Option("--other", help="Collection that the second is searched in; the same if left out.")
    ] = None,
    view: Annotated[str | None, typer.Option(help="Name of a saved view, as the first list.")] = None,
    other_view: Annotated[str | None, typer.Option(help="Name of a saved view, as the second list.")] = None,
    like: Annotated[list[str] | None, typer.Option(help="Id of an image to look for others like, in both.")] = None,
    image: Annotated[list[Path] | None, typer.Option(help="A picture to look for images like, in both.")] = None,
    where: WhereOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="Images of each list.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Compare two ranked lists: other words or a view, or the same question in another collection."""
    from cli.output import print_json
    from core.overlap import Asked, carried, told_overlap
    from core.overlap import overlap as overlapping
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    target = space.collection(other or collection).name
    if target == collection and other_text is None and other_view is None:
        raise InputError("Both lists are the same.", "", "Give other words, --other-view NAME, or --other COLLECTION.")
    first = _recipe(space, collection, text, view, where, like, image)
    if other_text is None and other_view is None:
        second = carried(space, first, collection, target)
    else:
        second = carried(
            space, _recipe(space, collection, other_text, other_view, where, like, image), collection, target
        )
    found = overlapping(space, Asked(collection, first), Asked(target, second), limit)
    if as_json:
        print_json(told_overlap(found))
    else:
        _print(found)


def _recipe(
    space: "Workspace",
    collection: str,
    text: str | None,
    view: str | None,
    where: str | None,
    like: list[str] | None,
    image: list[Path] | None,
) -> "Recipe":
    from cli.asking import recipe_of, with_terms

    asked = recipe_of(space, collection, None, {"text": text, "where": where}, view=view)
    return with_terms(space, asked, like or [], image or [], [], [])


def _print(found: "Overlap") -> None:
    from cli.output import print_records

    for letter, side in (("A", found.a), ("B", found.b)):
        how = "" if side.exact else ", approximate"
        typer.echo(f"{letter}: {side.english}, in {side.collection} by {side.encoder}{how}")
        if side.unknown:
            typer.echo(f"   {side.unknown:,} of its {len(side.images):,} images are not in the other collection at all")
    rbo = "" if found.rbo is None else f"; rank-biased overlap {found.rbo:.3f}"
    only = f"{len(found.a.only):,} only in A, {len(found.b.only):,} only in B"
    typer.echo(f"In both: {found.both:,}; {only}{rbo}")
    depths = [
        {"first": item.depth, "in both": item.common, "share": f"{item.share:.0%}", "jaccard": f"{item.jaccard:.2f}"}
        for item in found.depths
    ]
    print_records(depths, "Neither list has an image.")
    if found.depths:
        typer.echo()
        print_records(_places(found), "")


def _places(found: "Overlap") -> list[dict[str, Any]]:
    """The first places of both lists, each image with its place in the other."""
    lines = []
    for place in range(min(SHOWN, max(len(found.a.images), len(found.b.images)))):
        line: dict[str, Any] = {"place": place + 1}
        for letter, side in (("A", found.a), ("B", found.b)):
            held = side.images[place] if place < len(side.images) else None
            other = "" if held is None else "only here" if held.other is None else f"no. {held.other}"
            line |= {letter: "" if held is None else held.row.id, f"{letter} in the other": other}
        lines.append(line)
    return lines
