"""`vitrine duplicates`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import CollectionOption, JsonOption, WhereOption
from core.errors import InputError
from core.settings import Settings


def add_duplicates(app: typer.Typer) -> None:
    """Add the command that finds duplicates."""
    app.command()(duplicates)


def duplicates(
    collection: CollectionOption,
    how: Annotated[str, typer.Option(help="identical, phash, dhash or vector.")] = "identical",
    threshold: Annotated[
        float | None, typer.Option(help="Most bits that may differ, or least cosine similarity; else the usual one.")
    ] = None,
    keep: Annotated[
        str, typer.Option(help="Which image stays: most-pixels, first or last (ingested).")
    ] = "most-pixels",
    where: WhereOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many groups are printed.")] = 10,
    out: Annotated[Path | None, typer.Option(help="Write every group to this .csv or .json file instead.")] = None,
    tag: Annotated[str | None, typer.Option(help="Give this tag to all but the kept image of each group.")] = None,
    tag_kept: Annotated[
        str | None, typer.Option("--tag-kept", metavar="NAME", help="Give this tag to the kept image of each group.")
    ] = None,
    delete: Annotated[
        bool, typer.Option("--delete", help="Move all but the kept image of each group to the trash.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Really delete; else it is only told how many would go.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Find identical and nearly identical images; list, write down, tag or delete all but one of each group."""
    from cli.duplicates import act_on_duplicates, print_duplicates, write_duplicates
    from core.duplicates.act import Act, Acting
    from core.duplicates.request import read_duplicates_request
    from core.workspace import Workspace

    if sum((out is not None, tag is not None, tag_kept is not None, delete)) > 1:
        raise InputError(
            "Only one of --out, --tag, --tag-kept and --delete at a time.", "", "Run the command once for each."
        )
    space = Workspace.open(Settings.load())
    name = space.collection(collection).name
    catalog = space.catalog(name)
    request = read_duplicates_request(catalog, how, threshold, keep, where)
    if out is not None:
        write_duplicates(catalog, request, out, as_json)
    elif delete:
        act_on_duplicates(space, name, request, Acting(Act.DELETE_OTHERS), yes, as_json)
    elif tag is not None:
        act_on_duplicates(space, name, request, Acting(Act.TAG_OTHERS, tag), True, as_json)
    elif tag_kept is not None:
        act_on_duplicates(space, name, request, Acting(Act.TAG_KEPT, tag_kept), True, as_json)
    else:
        print_duplicates(catalog, request, limit, as_json)
