"""`vitrine duplicates`: groups of duplicates printed, written to a file, tagged or deleted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from cli.jobs import tell_started
from cli.options import me
from cli.output import print_json, print_records
from core.collection.catalog import Catalog
from core.collection.storage import storing
from core.duplicates.act import Acted, Acting, act, touched_ids
from core.duplicates.find import find_duplicates
from core.duplicates.found import Duplicates, Group, groups
from core.duplicates.request import DuplicatesRequest, How
from core.duplicates.told import headline, to_csv, to_json, told, told_group
from core.errors import InputError
from core.workspace import Workspace

FORMS = {".csv": to_csv, ".json": to_json}
MOST_LISTED = 20  # images of one group


def print_duplicates(catalog: Catalog, request: DuplicatesRequest, limit: int, as_json: bool) -> None:
    """The totals and the largest groups."""
    found = find_duplicates(catalog, request)
    shown = groups(catalog, found, 0, limit, None if as_json else MOST_LISTED)
    if as_json:
        print_json({**told(catalog, found), "listed": [told_group(group, request.how) for group in shown]})
        return
    console = Console(highlight=False)
    totals = f": {found.images:,} images, {found.others:,} could go" if found.groups else "."
    console.print(f"[bold]{headline(found)}[/]{totals}", soft_wrap=True)
    if found.left_out:
        console.print(f"{found.left_out:,} images without hash or vector were left out.", soft_wrap=True)
    if found.groups:
        print_records([line for group in shown for line in _lines(group, request.how)], "")
    if found.groups > len(shown):
        console.print(f"The largest {len(shown):,} of {found.groups:,}: --limit shows more, --out FILE.csv writes all.")


def write_duplicates(catalog: Catalog, request: DuplicatesRequest, out: Path, as_json: bool) -> None:
    """Every group into a CSV or JSON file."""
    make = FORMS.get(out.suffix.lower())
    if make is None:
        raise InputError(f"“{out.name}” names no format.", "", f"End it in one of {', '.join(FORMS)}.")
    if out.is_dir():
        raise InputError(f"{out} is a folder.", "", f"Name a file: {out / 'duplicates.csv'}")
    found = find_duplicates(catalog, request)
    text = make(catalog, found)
    with storing(str(out)):
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    if as_json:
        print_json({**told(catalog, found), "out": str(out)})
    else:
        Console(highlight=False).print(f"{headline(found)} written to {escape(str(out))}", soft_wrap=True)


def act_on_duplicates(
    space: Workspace, name: str, request: DuplicatesRequest, acting: Acting, certain: bool, as_json: bool
) -> None:
    """Tag or delete at once; a deletion has to be meant for certain."""
    if not certain:
        catalog = space.catalog(name)
        found: Duplicates = find_duplicates(catalog, request)
        count = len(touched_ids(catalog, found, acting))
        raise InputError(
            f"That would delete {count:,} of {found.images:,} images in {found.groups:,} groups.",
            "They would go to the trash, and it can be undone.",
            "Add --yes to do it.",
        )
    made = act(space, name, request, acting, me())
    if not isinstance(made, Acted):
        tell_started(made, as_json)
    elif as_json:
        print_json({"what": made.what, "images": made.images, "event": made.event})
    else:
        console = Console(highlight=False)
        console.print(f"{escape(made.what)}.", soft_wrap=True)
        if made.event:
            console.print(f"To undo it: vitrine undo {made.event} --collection {name}", soft_wrap=True)


def _lines(group: Group, how: How) -> Iterator[dict[str, Any]]:
    for member in told_group(group, how)["images"]:
        near = "identical" if member["copy"] else member["distance"]
        yield {
            "group": group.number,
            "id": member["id"],
            "distance": "kept" if member["kept"] else str(near),
            "size": f"{member['width']} × {member['height']}",
            "uri": member["uri"],
        }
