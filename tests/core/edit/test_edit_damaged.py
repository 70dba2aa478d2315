"""Damaged files of the history: each takes nothing else with it, and nobody is kept from writing."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.collection.changes import OPEN
from core.collection.history import FOLDER
from core.edit.job import events, undo_now
from core.errors import BusyError
from core.workspace import Workspace
from tests.core.edit.editing import NAME, edited, held

SINCE = "2026-01-01T00:00:00"
BEGUN: dict[str, Any] = {
    "kind": "edit", "who": "ann", "what": "x set", "since": SINCE, "version": 1, "columns": ["shape"], "listed": True,
    "run": "r", "undoes": "",
}  # fmt: skip


def history_of(space: Workspace) -> Path:
    return space.folder / FOLDER / NAME


def some_ids(space: Workspace, count: int) -> list[str]:
    return sorted(held(space))[:count]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"kind": "nope"}', '{"kind": "edit", "at": "2026-01-01"}'])
def test_a_damaged_event_is_listed_as_that_and_every_other_one_can_be_undone(
    own_workspace: Workspace, content: str
) -> None:
    before, ids = held(own_workspace), some_ids(own_workspace, 3)
    first = edited(own_workspace, ids=ids, values={"shape": "flat"})
    second = edited(own_workspace, ids=ids, add_tags=["new"])
    (history_of(own_workspace) / f"{second.event}.json").write_text(content, encoding="utf-8")
    listed = events(own_workspace, NAME)
    assert [(item.event.id, item.event.kind, item.can_undo) for item in listed] == [
        (second.event, "damaged", False),
        (first.event, "edit", True),
    ]
    with pytest.raises(BusyError, match="cannot be undone"):
        undo_now(own_workspace, NAME, second.event)
    undo_now(own_workspace, NAME, first.event)
    assert held(own_workspace) == before


@pytest.mark.parametrize("change", [{"images": "x"}, {"what": 5}, {"at": "nonsense"}, {"undoes": 5}, {"version": "1"}])
def test_a_value_of_another_type_is_damage(own_workspace: Workspace, change: dict[str, Any]) -> None:
    made = edited(own_workspace, ids=some_ids(own_workspace, 1), add_tags=["new"])
    path = history_of(own_workspace) / f"{made.event}.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    assert [(item.event.id, item.event.kind) for item in events(own_workspace, NAME)] == [(made.event, "damaged")]


@pytest.mark.parametrize("content", ["", "{}", "[]", json.dumps({**BEGUN, "since": "?"})])
def test_a_damaged_note_of_work_under_way_is_set_aside(own_workspace: Workspace, content: str) -> None:
    path = history_of(own_workspace) / OPEN / "20260101T000000000000-abcdef.json"
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    made = edited(own_workspace, ids=some_ids(own_workspace, 1), add_tags=["new"])
    assert [item.event.id for item in events(own_workspace, NAME)] == [made.event]
    assert path.with_suffix(".damaged").read_text(encoding="utf-8") == content


def test_work_whose_list_of_images_is_gone_is_recorded_all_the_same(own_workspace: Workspace) -> None:
    version, ids = own_workspace.collection(NAME).version, some_ids(own_workspace, 2)
    made = edited(own_workspace, ids=ids, values={"shape": "flat"})
    for suffix in ("json", "parquet"):
        (history_of(own_workspace) / f"{made.event}.{suffix}").unlink()
    path = history_of(own_workspace) / OPEN / "20260101T000000000000-abcdef.json"
    path.write_text(json.dumps({**BEGUN, "version": version}), encoding="utf-8")
    (found,) = events(own_workspace, NAME)
    assert (found.event.who, found.event.images, found.event.complete, found.can_undo) == ("ann", 2, False, True)
