"""`vitrine edit`, `history` and `undo`."""

from typing import Annotated, Any

import typer

from cli.commands_asking import LimitOption, RecipeOption, SampleOption, SeedOption, size_of
from cli.options import BackgroundOption, CollectionOption, JsonOption, WhereOption, WholeOption, me
from core.errors import InputError
from core.settings import Settings

IdOption = Annotated[list[str] | None, typer.Option("--id", help="Image to edit; may be repeated.")]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="COLUMN=VALUE; may be repeated.")]
ClearOption = Annotated[list[str] | None, typer.Option("--clear", help="Column to leave without a value; repeated.")]
AddOption = Annotated[list[str] | None, typer.Option("--add-tag", help="Tag to add; may be repeated.")]
RemoveOption = Annotated[list[str] | None, typer.Option("--remove-tag", help="Tag to take away; may be repeated.")]


def add_editing(app: typer.Typer) -> None:
    """Add the commands that change values and tags, and take changes back."""
    for command in (edit, history, undo):
        app.command()(command)


def edit(
    collection: CollectionOption,
    id: IdOption = None,
    where: WhereOption = None,
    recipe: RecipeOption = None,
    limit: LimitOption = None,
    sample: SampleOption = None,
    seed: SeedOption = None,
    whole: WholeOption = False,
    set_: SetOption = None,
    clear: ClearOption = None,
    add_tag: AddOption = None,
    remove_tag: RemoveOption = None,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Set or clear values and add or remove tags, of single images or of a result."""
    from cli.asking import recipe_of
    from cli.editing import run
    from cli.making import parameters_of
    from core.edit.request import EditRequest
    from core.workspace import Workspace

    space = Workspace.open(Settings.load())
    asked = None
    if where or recipe or whole or limit is not None or sample is not None:
        asked = parameters_of(recipe_of(space, collection, recipe, {"where": where, **size_of(limit, sample, seed)}))
    if bool(id) == (asked is not None):
        raise InputError(
            "Edit which images?", "", "Name some with --id, or a result with --where, --recipe or --whole."
        )
    wanted = EditRequest(
        collection, values_of(set_ or [], clear or []), add_tag or [], remove_tag or [], id or None, asked, whole, me()
    )
    run(space, wanted, background, as_json)


def history(
    collection: CollectionOption,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many events at the most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show what happened to a collection: who, when and what."""
    from cli.editing import print_history
    from core.workspace import Workspace

    print_history(Workspace.open(Settings.load()), collection, limit, as_json)


def undo(
    event: Annotated[str, typer.Argument(help="Id of an event, as vitrine history lists it.")],
    collection: CollectionOption,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take an event of the history back: an edit, a deletion, an ingest, or an undo."""
    from cli.editing import take_back
    from core.workspace import Workspace

    take_back(Workspace.open(Settings.load()), collection, event, background, as_json)


def values_of(given: list[str], cleared: list[str]) -> dict[str, Any]:
    """Values by column, from COLUMN=VALUE and the columns to clear."""
    values: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise InputError(f"“{text[:80]}” sets no column.", "", "Write --set COLUMN=VALUE.")
        if name in values:
            raise InputError(f"“{name[:80]}” is set twice.", "", "Give one value for a column.")
        values[name] = value
    for name in cleared:
        if name in values:
            raise InputError(f"“{name[:80]}” is to be set and cleared.", "", "Ask for one of the two.")
        values[name] = None
    return values
