"""`vitrine views …` and `vitrine compare`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands_asking import LimitOption, RecipeOption, SampleOption, SeedOption, size_of
from cli.options import CollectionOption, JsonOption, WhereOption, me
from core.errors import InputError
from core.settings import Settings

if TYPE_CHECKING:
    from core.compare import Comparison
    from core.views import View, Views
    from core.workspace import Workspace

ABOUT = "List a collection's views; save, show, delete one, or put it back."
MOST_VALUES = 12  # that tell two views apart, printed for people
views = typer.Typer(help=ABOUT)
ViewArgument = Annotated[str, typer.Argument(help="Name of the view, in any case.")]


def add_views(app: typer.Typer) -> None:
    """Add the commands about views."""
    app.add_typer(views, name="views")
    app.command()(compare)


@views.callback(invoke_without_command=True, help=ABOUT)
def list_all(
    context: typer.Context,
    collection: Annotated[
        str | None, typer.Option("--collection", "-c", help="Collection whose views to list.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List a collection's saved views, and the examples that fit it."""
    if context.invoked_subcommand is not None:
        return
    from cli.output import print_json, print_records

    if collection is None:
        raise InputError("Which collection?", "Views belong to one.", "Add --collection NAME.")
    space, kept = _opened(collection)
    held = kept.listing()
    if as_json:
        found = [_record(space, collection, view) for view in (*held.views, *held.examples)]
        print_json({"views": found, "deleted": [view.name for view in kept.deleted()], "damaged": held.damaged})
        return
    lines = [_line(space, collection, view) for view in (*held.views, *held.examples)]
    print_records(lines, f"No view yet. Save one: vitrine views save NAME --collection {collection} --where FILTER")
    for file in held.damaged:
        typer.echo(f"{file} cannot be read; it is left as it is.", err=True)


@views.command()
def save(
    name: Annotated[str, typer.Argument(help="What the view is to be called.")],
    collection: CollectionOption,
    where: WhereOption = None,
    text: Annotated[str | None, typer.Option(help="Most like what these words describe.")] = None,
    recipe: RecipeOption = None,
    sort: Annotated[str | None, typer.Option(help="+COLUMN or -COLUMN.")] = None,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = None,
    description: Annotated[str | None, typer.Option(help="What the view is for.")] = None,
    overwrite: Annotated[bool, typer.Option("--replace", help="Put it in the place of the view of that name.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Save a question as a view."""
    from cli.asking import recipe_of

    space, kept = _opened(collection)
    values = {"where": where, "text": text, "sort": sort, **size_of(limit, sample, seed)}
    asked = recipe_of(space, collection, recipe, values)
    if overwrite:
        version = kept.find(name).version
        _tell(space, collection, kept.change(name, version, description=description, recipe=asked, who=me()), as_json)
    else:
        _tell(space, collection, kept.save(name, description or "", asked, me()), as_json)


@views.command()
def show(name: ViewArgument, collection: CollectionOption, as_json: JsonOption = False) -> None:
    """Tell what a view asks for."""
    space, kept = _opened(collection)
    _tell(space, collection, kept.find(name), as_json)


@views.command()
def delete(name: ViewArgument, collection: CollectionOption, as_json: JsonOption = False) -> None:
    """Delete a view; it can be put back."""
    from cli.output import print_json

    space, kept = _opened(collection)
    gone = kept.delete(name)
    if as_json:
        print_json({"deleted": _record(space, collection, gone)})
    else:
        typer.echo(f"Deleted “{gone.name}”. Put it back: vitrine views restore NAME --collection {collection}")


@views.command()
def restore(name: ViewArgument, collection: CollectionOption, as_json: JsonOption = False) -> None:
    """Put a deleted view back."""
    space, kept = _opened(collection)
    _tell(space, collection, kept.restore(name), as_json)


def compare(
    first: Annotated[str, typer.Argument(help="Name of a view.")],
    collection: CollectionOption,
    second: Annotated[str | None, typer.Argument(help="Name of another view; every image if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two views: counts, what they share, and the values that tell them apart."""
    from cli.output import print_json
    from core.compare import compare as compared
    from core.compare import told_comparison
    from core.query.recipe import Recipe

    space, kept = _opened(collection)
    recipes = [kept.find(name).recipe if name is not None else Recipe() for name in (first, second)]
    catalog = space.catalog(collection)
    found = compared(catalog, space.searcher(collection, catalog), *recipes)
    if as_json:
        print_json(told_comparison(found))
    else:
        _print_comparison(found)


def _opened(collection: str) -> "tuple[Workspace, Views]":
    from core.views import Views
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    return space, Views(space.folder, collection, space.catalog(collection).columns, space.keep_uploads)


def _record(space: "Workspace", collection: str, view: "View") -> dict[str, Any]:
    """A view as JSON has it, with the number of images that pass its filter; null where it cannot be answered."""
    from core.views import told

    catalog = space.catalog(collection)
    record = told(view, collection, catalog.columns)
    return {**record, "matching": None if record["problem"] else catalog.count(view.recipe.where)}


def _line(space: "Workspace", collection: str, view: "View") -> dict[str, Any]:
    record = _record(space, collection, view)
    who = "example" if view.is_example else view.who
    return {"view": view.name, "matching": record["matching"], "asks for": record["english"], "by": who}


def _tell(space: "Workspace", collection: str, view: "View", as_json: bool) -> None:
    from cli.output import print_json

    record = _record(space, collection, view)
    if as_json:
        print_json(record)
        return
    typer.echo(record["name"])
    for words in (record["description"], record["english"], record["recipe"]["text_form"], record["problem"]):
        if words:
            typer.echo(f"  {words}")
    if record["matching"] is not None:
        typer.echo(f"  {record['matching']:,} of {space.catalog(collection).count_all:,} images pass its filter")


def _print_comparison(found: "Comparison") -> None:
    from cli.output import print_records

    for letter, side, only in (("A", found.a, found.only_a), ("B", found.b, found.only_b)):
        how = "" if side.exact else ", approximate"
        typer.echo(f"{letter}: {side.english}: {side.count:,} of {found.of:,}{how}; {only:,} only here")
    typer.echo(f"In both: {found.both:,}")
    lines = [
        {
            "column": facet.label,
            "value": "missing" if value.value is None else str(value.value),
            "A": f"{value.share_a:.1%}",
            "B": f"{value.share_b:.1%}",
            "lift": "" if value.lift is None else f"{value.lift:.2f}",
            "score": f"{value.score:+.1f}",
        }
        for facet, value in found.distinctive(MOST_VALUES)
    ]
    print_records(lines, "Nothing tells them apart.")
