"""`vitrine edit`, `history` and `undo`: done here or as a job, and printed."""

from rich.console import Console
from rich.markup import escape

from cli.jobs import tell_started
from cli.options import me
from cli.output import print_json, print_records, progress_bar
from core.collection.history import Listed
from core.edit.edit import Edited
from core.edit.job import edit_now, events, start_edit, start_undo, undo_now
from core.edit.request import EditRequest
from core.workspace import Workspace


def run(space: Workspace, request: EditRequest, background: bool, as_json: bool) -> None:
    """Edit in this process with a progress bar, or queue it."""
    if background:
        tell_started(start_edit(space, request, request.who), as_json)
        return
    with progress_bar() as report:
        made = edit_now(space, request, report)
    if as_json:
        print_json(made.summary())
    else:
        _print_edited(made)


def take_back(space: Workspace, name: str, event: str, background: bool, as_json: bool) -> None:
    """Undo an event in this process with a progress bar, or queue it."""
    if background:
        tell_started(start_undo(space, name, event, me()), as_json)
        return
    with progress_bar() as report:
        made = undo_now(space, name, event, me(), report)
    if as_json:
        print_json(made.summary())
        return
    console = Console(highlight=False)
    console.print(f"{escape(made.event.what)}.", soft_wrap=True)
    if made.gone:
        console.print(f"{made.gone:,} of its images are not in the collection any more.", soft_wrap=True)
    console.print(f"To have it again: vitrine undo {made.event.id} --collection {name}", soft_wrap=True)


def print_history(space: Workspace, name: str, limit: int, as_json: bool) -> None:
    """Print the latest events."""
    found = events(space, name)[:limit]
    if as_json:
        print_json({"events": [item.told() for item in found]})
        return
    print_records([_line(item) for item in found], "Nothing has happened to this collection that was recorded.")


def _line(item: Listed) -> dict[str, object]:
    event = item.event
    state = "undone" if item.undone_by else "can be undone" if item.can_undo else ""
    return {"event": event.id, "at": event.at, "who": event.who, "what": event.what, "state": state}


def _print_edited(made: Edited) -> None:
    console = Console(highlight=False)
    if not made.event:
        console.print(f"Nothing to change: {made.images:,} images are so already.", soft_wrap=True)
        return
    console.print(f"{escape(made.what)}: {made.changed:,} of {made.images:,} images changed.", soft_wrap=True)
    for column, near in made.new_values.items():
        console.print(f"“{escape(column)}” has not had that value before. {escape(near)}".rstrip(), soft_wrap=True)
    if made.limited:
        console.print("Likeness has no end, so the recipe's limit stayed.", soft_wrap=True)
    console.print(f"To undo it: vitrine undo {made.event} --collection {made.collection}", soft_wrap=True)
