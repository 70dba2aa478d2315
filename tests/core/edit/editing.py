"""What the tests of editing share."""

from typing import Any

from core.collection.tags import tags_of
from core.edit.edit import Edited
from core.edit.job import edit_now
from core.edit.request import EditRequest
from core.workspace import Workspace

NAME = "things"


def asked(**other: Any) -> EditRequest:
    """A request about “things”."""
    return EditRequest(**{"collection": NAME, **other})


def edited(space: Workspace, **other: Any) -> Edited:
    """Edit “things” now."""
    return edit_now(space, asked(**other))


def held(space: Workspace, column: str = "shape") -> dict[str, Any]:
    """One column of every image."""
    rows = space.collection(NAME).dataset().to_table(columns=["id", column])
    return dict(zip(rows["id"].to_pylist(), rows[column].to_pylist(), strict=True))


def tags(space: Workspace, id: str) -> tuple[str, ...]:
    """The tags of one image."""
    return tags_of(space.collection(NAME).dataset(), [id])[id]


def everything(space: Workspace) -> dict[str, dict[str, Any]]:
    """All that the collection holds, by id; missing tags are none."""
    rows = space.collection(NAME).dataset().to_table().to_pylist()
    return {row["id"]: {**row, "tags": row["tags"] or []} for row in rows}
