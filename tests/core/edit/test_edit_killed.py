"""An edit that is killed: the same job goes on with the same images, and undoing takes all of it back."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from core.acting import acting
from core.collection.changes import recording
from core.collection.history import History, Kind
from core.collection.tags import replace_tags
from core.edit.edit import Edited, edit
from core.edit.job import events, undo_now
from core.edit.request import EditRequest
from core.ingest.progress import Progress
from core.query.recipe import Recipe
from core.query.url import to_parameters
from core.settings import ROOT
from core.workspace import Workspace
from tests.core.edit.editing import NAME, asked, edited, everything, held

KILL_SECONDS = 60.0
FIRST_THIRTY = to_parameters(Recipe(limit=30))
NOT_ROUND = {"where": '[["not",["shape","in",["round"]]]]', "n": "30"}
SLOWLY = """
import json, sys, time
from pathlib import Path
from core.edit.edit import edit
from core.edit.request import EditRequest
from core.settings import Settings
from core.workspace import Workspace
space = Workspace.open(Settings(workspace=Path(sys.argv[1])))
name = "things"
edit(space.folder, space.collection(name), space.catalog(name), space.searcher(name),
     EditRequest(**json.loads(sys.argv[2])), lambda progress: time.sleep(0.05), chunk_rows=3)
"""


class StopError(Exception):
    """Stands for a process that ends."""


def run(space: Workspace, request: EditRequest, report: Callable[[Progress], None] = lambda _: None) -> Edited:
    parts = space.collection(NAME), space.catalog(NAME), space.searcher(NAME)
    return edit(space.folder, *parts, request, report, chunk_rows=3)


def stopped(space: Workspace, request: EditRequest, after: int = 12) -> None:
    """An edit that ends on the way."""

    def stop(progress: Progress) -> None:
        if progress.done >= after:
            raise StopError

    with pytest.raises(StopError):
        run(space, request, stop)


def test_killed_on_the_way_it_goes_on_and_is_one_event(own_workspace: Workspace) -> None:
    before = everything(own_workspace)
    request = asked(recipe=NOT_ROUND, values={"shape": "round"}, add_tags=["x"], run="r1", who="ada")
    version = own_workspace.collection(NAME).version
    command = [sys.executable, "-c", SLOWLY, str(own_workspace.folder), json.dumps(asdict(request))]
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)) as process:
        end = time.monotonic() + KILL_SECONDS
        while process.poll() is None and time.monotonic() < end:
            if own_workspace.collection(NAME).version >= version + 4:
                break
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert 9 <= list(held(own_workspace).values()).count("round") < 30
    seen: list[int] = []
    made = run(own_workspace, request, lambda progress: seen.append(progress.done))
    assert next(done for done in seen if done) >= 9
    assert list(held(own_workspace).values()).count("round") == made.images == 30
    (item,) = events(own_workspace, NAME)
    assert (item.event.images, item.event.who, item.event.complete) == (30, "ada", True)
    assert not any((own_workspace.folder / "editing").iterdir())
    assert not any((own_workspace.folder / "history" / NAME / "open").iterdir())
    undo_now(own_workspace, NAME, item.event.id)
    assert everything(own_workspace) == before


def test_overtaken_by_another_edit_nothing_is_lost(own_workspace: Workspace) -> None:
    before = everything(own_workspace)
    request = asked(recipe=FIRST_THIRTY, values={"shape": "round"}, run="r1")
    stopped(own_workspace, request)
    first = next(id for id, shape in held(own_workspace).items() if shape == "round")
    other = edited(own_workspace, ids=[first], values={"shape": "flat"})
    run(own_workspace, request)
    assert held(own_workspace)[first] == "flat"
    assert list(held(own_workspace).values()).count("round") == 29
    last, between, begun = events(own_workspace, NAME)
    assert (begun.event.complete, last.event.complete) == (False, True)
    assert begun.event.what.endswith("(interrupted)")
    assert between.event.id == other.event
    for item in (last, between, begun):
        undo_now(own_workspace, NAME, item.event.id)
    assert everything(own_workspace) == before


def test_what_a_dead_process_left_stands_in_the_history(own_workspace: Workspace) -> None:
    before = everything(own_workspace)
    stopped(own_workspace, asked(recipe=FIRST_THIRTY, values={"shape": "round"}))
    assert not list(History(own_workspace.folder, own_workspace.collection(NAME)).events())
    (item,) = events(own_workspace, NAME)
    assert item.can_undo
    undo_now(own_workspace, NAME, item.event.id)
    assert everything(own_workspace) == before


def test_killed_when_only_the_mark_was_left_it_is_recorded_once(
    own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    whole = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path.parent.name == "open" and path.suffix == ".json" and not path.name.startswith("."):
            raise StopError
        whole(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(StopError):
        edited(own_workspace, ids=["it's"], add_tags=["x"])
    monkeypatch.setattr(Path, "unlink", whole)
    edited(own_workspace, ids=["it's"], add_tags=["y"])
    assert [item.event.what for item in events(own_workspace, NAME)] == [
        "tag y added on 1 image",
        "tag x added on 1 image",
    ]


def test_an_undo_that_is_interrupted_can_be_done_again(
    own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.edit import undo as module

    before = everything(own_workspace)
    made = edited(own_workspace, recipe=FIRST_THIRTY, values={"shape": "round"})

    def stop(progress: Progress) -> None:
        if progress.done >= 10:
            raise StopError

    with pytest.raises(StopError):
        module.undo(own_workspace.folder, own_workspace.collection(NAME), made.event, "", stop, chunk_rows=5)
    undone = undo_now(own_workspace, NAME, made.event)
    assert everything(own_workspace) == before
    assert undone.left == 0
    last, interrupted, first = events(own_workspace, NAME)
    assert (first.undone_by, interrupted.event.complete) == (last.event.id, False)
    assert last.event.images + interrupted.event.images == first.event.images


def test_any_other_work_is_recorded_by_what_it_changed(own_workspace: Workspace) -> None:
    before, collection = everything(own_workspace), own_workspace.collection(NAME)
    with acting("ada"), recording(
        own_workspace.folder, collection, Kind.TAG, "Tagged by zero-shot", ids=["it's", "nobody"], columns=["tags"]
    ):  # fmt: skip
        replace_tags(collection, {"it's": ["zero-shot:red"]}, lambda tag: False)
    (item,) = events(own_workspace, NAME)
    assert (item.event.kind, item.event.who, item.event.what) == ("tag", "ada", "Tagged by zero-shot on 1 image")
    undo_now(own_workspace, NAME, item.event.id)
    assert everything(own_workspace) == before


def test_images_that_come_back_meanwhile_are_not_an_ingests(own_workspace: Workspace) -> None:
    deletion: Any = own_workspace.delete(NAME, ["it's"])
    collection = own_workspace.collection(NAME)
    with recording(own_workspace.folder, collection, Kind.INGEST, "Ingest of nothing") as record:
        collection.undo_delete(deletion)
    assert record.event is not None
    assert (record.event.what, record.event.rows) == ("Ingest of nothing: nothing new", False)


def test_a_version_that_is_gone_leaves_an_event_that_cannot_be_undone(own_workspace: Workspace) -> None:
    collection = own_workspace.collection(NAME)
    with recording(own_workspace.folder, collection, Kind.INGEST, "Ingest") as record:
        replace_tags(collection, {"it's": ["a"]}, lambda tag: False)
        path = next((own_workspace.folder / "history" / NAME / "open").glob("*.json"))
        from datetime import timedelta

        collection.dataset().cleanup_old_versions(timedelta(0))
        assert path.is_file()
    assert record.event is not None
    assert not events(own_workspace, NAME)[0].can_undo
