"""`vitrine synonyms`."""

from typing import Annotated

import typer

from cli.options import CollectionOption, JsonOption
from core.settings import Settings


def add_concepts(app: typer.Typer) -> None:
    """Add the command that tells what words mean."""
    app.command()(synonyms)


def synonyms(
    text: Annotated[str, typer.Argument(help="Words, such as sneakers.")],
    collection: CollectionOption,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=50, help="How many at the most.")] = 6,
    as_json: JsonOption = False,
) -> None:
    """Tell which values and tags of a collection mean the same as some words."""
    from cli.concepts import tell_synonyms
    from core.workspace import Workspace

    tell_synonyms(Workspace.open(Settings.load()), collection, text, limit, as_json)
