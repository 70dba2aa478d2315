"""`vitrine query`, `search` and `show`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import CollectionOption, JsonOption, WhereOption
from core.query.recipe import Accuracy, Alike
from core.settings import Settings

ViewOption = Annotated[str | None, typer.Option(help="Name of a saved view; other options stand over it.")]
RecipeOption = Annotated[Path | None, typer.Option("--recipe", help="JSON file of a recipe, an answer or a manifest.")]
LimitOption = Annotated[int | None, typer.Option("--limit", "-n", min=1, max=10_000, help="How many at the most.")]
SampleOption = Annotated[int | None, typer.Option(min=1, max=10_000, help="So many at random instead.")]
SeedOption = Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="The same seed draws the same images.")]
ColumnOption = Annotated[list[str] | None, typer.Option("--column", help="Column to print; may be repeated.")]


def add_asking(app: typer.Typer) -> None:
    """Add the commands that ask for images."""
    app.command()(query)
    app.command()(search)
    app.command()(show)


def query(
    collection: CollectionOption,
    where: WhereOption = None,
    recipe: RecipeOption = None,
    view: ViewOption = None,
    sort: Annotated[str | None, typer.Option(help="+COLUMN or -COLUMN.")] = None,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = None,
    column: ColumnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for images by their metadata."""
    from cli.asking import recipe_of, show_answer
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    given = {"where": where, "sort": sort, **size_of(limit, sample, seed)}
    with space.timings.answering():
        asked = recipe_of(space, collection, recipe, given, view=view)
        show_answer(space, collection, asked, column or [], as_json)


def search(
    collection: CollectionOption,
    text: Annotated[str | None, typer.Argument(help="What to look for, in words.")] = None,
    like: Annotated[list[str] | None, typer.Option(help="Id of an image to look for others like; repeatable.")] = None,
    image: Annotated[
        list[Path] | None, typer.Option(help="A picture file to look for images like; repeatable.")
    ] = None,
    minus: Annotated[list[str] | None, typer.Option(help="Words to look for the opposite of; repeatable.")] = None,
    term: Annotated[
        list[str] | None,
        typer.Option(help='A term with its weight, as in a link: \'["like","1163",0.5,[0,0,1,0.5]]\'; repeatable.'),
    ] = None,
    where: WhereOption = None,
    recipe: RecipeOption = None,
    least: Annotated[float | None, typer.Option(min=-1, max=1, help="Least cosine similarity of a hit.")] = None,
    accuracy: Annotated[Accuracy | None, typer.Option(help="Insist on an exact answer, or on a quick one.")] = None,
    alike: Annotated[
        Alike | None, typer.Option(help="Compare what images show, or how they look: a hash, or meaning after a hash.")
    ] = None,
    bits: Annotated[int | None, typer.Option(min=0, max=64, help="Of a hash's 64, how many may differ.")] = None,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = None,
    column: ColumnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for images by words, by picture, by filter, or by all of them; ten unless told otherwise."""
    from cli.asking import recipe_of, show_answer, with_terms
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    size = size_of(limit, sample, seed)
    if recipe is None and "n" not in size:
        size["n"] = "10"
    least_text = None if least is None else repr(least)
    values = {"text": text, "where": where, "min": least_text, "accuracy": accuracy and accuracy.value, **size}
    values |= {"alike": alike and alike.value, "bits": None if bits is None else str(bits)}
    with space.timings.answering():
        asked = recipe_of(space, collection, recipe, values)
        asked = with_terms(space, asked, like or [], image or [], minus or [], term or [])
        show_answer(space, collection, asked, column or [], as_json)


def show(
    id: Annotated[str, typer.Argument(help="Of the image.")],
    collection: CollectionOption,
    original: Annotated[Path | None, typer.Option(help="Write the original to this file.")] = None,
    thumbnail: Annotated[Path | None, typer.Option(help="Write the thumbnail, WebP, to this file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell all that is known about one image."""
    from cli.showing import show_image
    from core.workspace import Workspace

    show_image(Workspace.open(Settings.load()), collection, id, original, thumbnail, as_json)


def size_of(limit: int | None, sample: int | None, seed: int | None) -> dict[str, str]:
    """Limit, sample and seed as a recipe's parameters."""
    values = {"n": sample if sample is not None else limit, "seed": seed}
    told = {name: str(value) for name, value in values.items() if value is not None}
    return {**told, **({"sample": "1"} if sample is not None else {})}
