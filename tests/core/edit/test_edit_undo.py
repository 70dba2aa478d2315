"""Undo and redo: exactly what an event changed and what is still as it left it."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.collection.catalog import Catalog
from core.collection.changes import put_back, record_delete, recording
from core.collection.history import STAMP, History, Kind
from core.collection.store import Collection
from core.collection.tags import tags_of
from core.edit.edit import edit
from core.edit.job import events, start_undo, undo_now, undo_soon
from core.edit.request import EditRequest
from core.edit.undo import undo
from core.errors import BusyError, InputError, NotFoundError
from core.settings import Settings
from core.worker import run_job
from core.workspace import Workspace
from tests.core.edit.editing import NAME, edited, everything, held, tags
from tests.made_up import fill, made_up_rows

IDS = ["thing-020", "thing-021", "it's", "two\nlines"]


def test_undo_puts_exactly_the_earlier_values_back_and_redo_the_later_ones(own_workspace: Workspace) -> None:
    before = everything(own_workspace)
    made = edited(own_workspace, ids=IDS, values={"shape": "round", "price": None}, add_tags=["x"])
    after = everything(own_workspace)
    undone = undo_now(own_workspace, NAME, made.event, "ada")
    assert everything(own_workspace) == before
    assert (undone.images, undone.left, undone.gone) == (4, 0, 0)
    redone = undo_now(own_workspace, NAME, undone.event.id)
    assert everything(own_workspace) == after
    assert redone.event.what.startswith("Did again “shape set to round, price cleared, tag x added on 4 images”")
    undo_now(own_workspace, NAME, redone.event.id)
    assert everything(own_workspace) == before
    assert [item.event.who for item in events(own_workspace, NAME)] == ["", "", "ada", ""]


def test_later_edits_of_other_cells_stay(own_workspace: Workspace) -> None:
    before = everything(own_workspace)
    first = edited(own_workspace, ids=IDS, values={"shape": "round"}, add_tags=["x"])
    edited(own_workspace, ids=["it's"], values={"price": 1.25}, add_tags=["later"])
    edited(own_workspace, ids=["thing-030"], values={"shape": "flat"})
    undo_now(own_workspace, NAME, first.event)
    after = everything(own_workspace)
    for id, row in before.items():
        later: dict[str, Any] = {"it's": {"price": 1.25, "tags": ["later"]}, "thing-030": {"shape": "flat"}}.get(id, {})
        assert after[id] == {**row, **later}


def test_values_that_were_changed_since_stay_and_are_counted(own_workspace: Workspace) -> None:
    before = held(own_workspace)
    first = edited(own_workspace, ids=IDS, values={"shape": "round"})
    edited(own_workspace, ids=["it's"], values={"shape": "flat"})
    own_workspace.delete(NAME, ["thing-020"])
    undone = undo_now(own_workspace, NAME, first.event)
    assert (undone.images, undone.left, undone.gone) == (2, 1, 1)
    assert undone.event.what.endswith("2 images changed, 1 left as they were changed later")
    assert held(own_workspace)["it's"] == "flat"
    assert held(own_workspace)["thing-021"] == before["thing-021"]


def test_where_nothing_is_left_to_undo_it_says_why(own_workspace: Workspace) -> None:
    first = edited(own_workspace, ids=["it's"], values={"shape": "round"})
    edited(own_workspace, ids=["it's"], values={"shape": "flat"})
    with pytest.raises(BusyError, match="1 of its images were changed again"):
        undo_now(own_workspace, NAME, first.event)
    assert len(events(own_workspace, NAME)) == 2
    with pytest.raises(NotFoundError):
        undo_now(own_workspace, NAME, "20260101T000000000000-abcdef")
    with pytest.raises(NotFoundError):
        undo_now(own_workspace, NAME, "../../x")


def test_what_is_undone_cannot_be_undone_again(own_workspace: Workspace) -> None:
    made = edited(own_workspace, ids=IDS, add_tags=["x"])
    undo_now(own_workspace, NAME, made.event)
    with pytest.raises(BusyError, match="has been undone"):
        undo_now(own_workspace, NAME, made.event)
    with pytest.raises(BusyError, match="has been undone"):
        start_undo(own_workspace, NAME, made.event)


def test_tags_go_back_one_by_one(own_workspace: Workspace) -> None:
    edited(own_workspace, ids=["it's"], add_tags=["a", "b"])
    swap = edited(own_workspace, ids=["it's"], add_tags=["c"], remove_tags=["a"])
    edited(own_workspace, ids=["it's"], add_tags=["d"], remove_tags=["b"])
    undo_now(own_workspace, NAME, swap.event)
    assert tags(own_workspace, "it's") == ("d", "a")


def test_deletions_are_in_the_history_recorded_or_not(own_workspace: Workspace) -> None:
    before = everything(own_workspace)
    collection = own_workspace.collection(NAME)
    at = datetime.now(UTC).replace(tzinfo=None)
    deletion = at.strftime(STAMP)
    collection.delete(IDS, deletion, at)
    found = events(own_workspace, NAME)
    assert [(item.event.kind, item.event.deletions, item.can_undo) for item in found] == [("delete", (deletion,), True)]
    record_delete(own_workspace.folder, collection, deletion, len(IDS), "ada")
    (item,) = events(own_workspace, NAME)
    assert (item.event.who, item.event.what, item.event.id) == ("ada", "4 images deleted", f"{deletion}-delete")
    undone = undo_now(own_workspace, NAME, item.event.id)
    assert everything(own_workspace) == before
    redone = undo_now(own_workspace, NAME, undone.event.id)
    assert set(before) - set(everything(own_workspace)) == set(IDS)
    assert redone.images == 4
    undo_now(own_workspace, NAME, redone.event.id)
    assert everything(own_workspace) == before


def test_a_deletion_that_is_put_back_is_recorded(own_workspace: Workspace) -> None:
    collection, before = own_workspace.collection(NAME), everything(own_workspace)
    at = datetime.now(UTC).replace(tzinfo=None)
    deletion = at.strftime(STAMP)
    record_delete(own_workspace.folder, collection, deletion, collection.delete(IDS, deletion, at), "ada")
    assert put_back(own_workspace.folder, collection, deletion, "bob") == 4
    restored, deleted = events(own_workspace, NAME)
    assert (restored.event.kind, restored.event.who, restored.can_undo) == ("restore", "bob", True)
    assert (deleted.undone_by, deleted.can_undo) == (restored.event.id, False)
    undo_now(own_workspace, NAME, restored.event.id)
    assert set(before) - set(everything(own_workspace)) == set(IDS)


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.TAG, Kind.UNDO])
def test_images_that_somebody_puts_back_meanwhile_are_not_the_edits_own(own_workspace: Workspace, kind: Kind) -> None:
    folder, collection = own_workspace.folder, own_workspace.collection(NAME)
    deletion = own_workspace.delete(NAME, IDS[:2])
    with recording(folder, collection, kind, "Edit", ids=[*IDS, "thing-030"], columns=["shape"]) as record:
        put_back(folder, collection, deletion)
        collection.update(pa.table({"id": ["thing-030"], "shape": ["flat"]}))
    assert record.event is not None
    assert record.event.images == 1
    everyone = set(everything(own_workspace))
    undo_now(own_workspace, NAME, record.event.id)
    assert set(everything(own_workspace)) == everyone


def test_an_ingest_is_taken_out_again_with_the_values_it_replaced(tmp_path: Path) -> None:
    old, new = [f"old {place}" for place in range(6)], [f"new {place}" for place in range(7)]
    collection = fill(tmp_path, "x", {"c": pa.array(["a"] * 6), "n": pa.array([1] * 6, pa.int64())}, old)
    before = rows_of(collection)
    with recording(tmp_path, collection, Kind.INGEST, "Ingest of more", run="r") as record:
        collection.retype(pa.field("n", pa.float64()))
        collection.ensure_columns([pa.field("cost", pa.float64())], {})
        rows = made_up_rows(collection.schema, {"c": pa.array(["b"] * 7), "cost": pa.array([2.5] * 7)}, new)
        moment = pa.array([datetime.now(UTC).replace(tzinfo=None)] * 7, pa.timestamp("us"))
        collection.append(rows.set_column(rows.schema.names.index("added_at"), "added_at", moment))
        collection.update(
            pa.table({"id": old[:3], "c": ["z", None, "a"], "n": [1.5, 1.0, 1.0], "cost": [None, 7.0, None]})
        )
    after = rows_of(collection)
    assert record.event is not None
    assert record.event.what == "Ingest of more: 7 images added, 2 images changed"
    undone = undo(tmp_path, collection, record.event.id, chunk_rows=3)
    assert rows_of(collection) == {id: {**row, "cost": None} for id, row in before.items()}
    assert undone.event.what.endswith("2 images changed, 7 images taken out")
    assert len(undone.event.deletions) == 3
    undo(tmp_path, collection, undone.event.id)
    assert rows_of(collection) == after


def rows_of(collection: Collection) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in collection.dataset().to_table().to_pylist()}


def test_a_large_undo_is_a_job(own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.core.edit.test_edit import with_edits

    with_edits(monkeypatch)
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    monkeypatch.setattr("core.edit.job.MOST_AT_ONCE", 3)
    before = everything(own_workspace)
    made = edited(own_workspace, ids=IDS, add_tags=["x"])
    job = undo_soon(own_workspace, NAME, made.event, "ada")
    ended = run_job(own_workspace, getattr(job, "id", ""))
    assert ended.state == "done", ended.error
    assert everything(own_workspace) == before
    assert events(own_workspace, NAME)[0].event.who == "ada"


def test_another_workspace_object_sees_the_same(own_workspace: Workspace) -> None:
    made = edited(own_workspace, ids=IDS, add_tags=["x"])
    other = Workspace.open(Settings(workspace=own_workspace.folder))
    undo_now(other, NAME, made.event)
    assert tags(own_workspace, "it's") == ()


COLUMNS = {"c": ["a", "b", "new", None], "n": [1, 2, 2**60, None]}
TAGS = ["x", "y", "z"]
CHOSEN = st.sets(st.integers(0, 7), min_size=1, max_size=5)
EDIT = st.fixed_dictionaries(
    {
        "values": st.fixed_dictionaries(
            {}, optional={name: st.sampled_from(values) for name, values in COLUMNS.items()}
        ),
        "add_tags": st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
        "remove_tags": st.lists(st.sampled_from(TAGS), max_size=2, unique=True),
    }
)
STEP = st.one_of(
    st.tuples(st.just("edit"), CHOSEN, EDIT),
    st.tuples(st.just("delete"), CHOSEN, st.none()),
    st.tuples(st.just("undo"), st.integers(0, 30), st.none()),
)


class Model:
    """What a collection and its history should be, in plain Python."""

    def __init__(self, ids: list[str]) -> None:
        self.rows: dict[str, dict[str, Any]] = {id: {"c": "a", "n": 1, "tags": []} for id in ids}
        self.events: dict[str, dict[str, Any]] = {}

    def edit(self, ids: list[str], how: dict[str, Any]) -> dict[str, Any]:
        cells: dict[str, Any] = {}
        for id in ids:
            if id not in self.rows:
                continue
            row = self.rows[id]
            kept = [tag for tag in row["tags"] if tag not in how["remove_tags"]]
            new = {**row, **how["values"], "tags": list(dict.fromkeys([*kept, *how["add_tags"]]))}
            if new != row:
                cells[id] = (row, new)
                self.rows[id] = new
        return {"cells": cells, "out": {}, "in": []}

    def delete(self, ids: list[str]) -> dict[str, Any]:
        return {"cells": {}, "out": {id: self.rows.pop(id) for id in ids if id in self.rows}, "in": []}

    def undo(self, id: str) -> dict[str, Any]:
        event, made = self.events[id], {"cells": {}, "out": {}, "in": [], "undoes": id}
        for image, row in event["out"].items():
            self.rows[image] = row
            made["in"].append(image)
        event["out"] = {}
        for image, (old, new) in event["cells"].items():
            if image in self.rows:
                row = self.rows[image]
                back = {name: old[name] if row[name] == new[name] else row[name] for name in COLUMNS}
                gave = set(new["tags"]) - set(old["tags"])
                merged = [tag for tag in row["tags"] if tag not in gave]
                merged += [tag for tag in old["tags"] if tag not in new["tags"] and tag not in merged]
                back["tags"] = old["tags"] if row["tags"] == new["tags"] else merged
                if back != row:
                    made["cells"][image] = (row, back)
                    self.rows[image] = back
        made["out"] = {image: self.rows.pop(image) for image in event["in"] if image in self.rows}
        return made

    def can_undo(self, id: str) -> bool:
        event = self.events[id]
        return not self.is_undone(id) and any(event[part] for part in ("cells", "out", "in"))

    def is_undone(self, id: str) -> bool:
        return any(item.get("undoes") == id and not self.is_undone(by) for by, item in self.events.items())

    def keep(self, id: str, event: dict[str, Any]) -> None:
        self.events[id] = event


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=4, max_size=12))
def test_any_sequence_ends_as_the_model_says(steps: list[tuple[str, Any, Any]]) -> None:
    with TemporaryDirectory() as folder:
        ids = [f"it's {place}" for place in range(8)]
        columns = {"c": pa.array(["a"] * 8), "n": pa.array([1] * 8, pa.int64())}
        play(Path(folder), fill(Path(folder), "x", columns, ids), Model(ids), ids, steps)


def play(folder: Path, collection: Collection, model: Model, ids: list[str], steps: list[tuple[str, Any, Any]]) -> None:
    history = History(folder, collection)
    for what, which, how in steps:
        if what == "edit":
            chosen = [ids[place] for place in sorted(which)]
            request = EditRequest("x", how["values"], how["add_tags"], how["remove_tags"], chosen)
            try:
                made = edit(folder, collection, Catalog(collection.dataset()), None, request, chunk_rows=2)  # type: ignore[arg-type]
            except InputError:
                continue
            told = model.edit(chosen, how)
            assert made.changed == len(told["cells"])
            if made.event:
                model.keep(made.event, told)
        elif what == "delete":
            at = datetime.now(UTC).replace(tzinfo=None)
            deletion = at.strftime(STAMP)
            chosen = [ids[place] for place in which]
            count = collection.delete(chosen, deletion, at)
            told = model.delete(chosen)
            assert count == len(told["out"])
            if count:
                record_delete(folder, collection, deletion, count)
                model.keep(f"{deletion}-delete", told)
        elif model.events:
            id = sorted(model.events)[which % len(model.events)]
            possible = model.can_undo(id)
            assert history.get(id).can_undo == possible
            if not possible:
                with pytest.raises(BusyError):
                    undo(folder, collection, id)
                continue
            told = model.undo(id)
            if not any(told[part] for part in ("cells", "out", "in")):
                with pytest.raises(BusyError, match="left to undo"):
                    undo(folder, collection, id)
                continue
            undone = undo(folder, collection, id, chunk_rows=2)
            assert undone.images == sum(len(told[part]) for part in ("cells", "out", "in"))
            model.keep(undone.event.id, told)
        rows = collection.dataset().to_table(columns=["id", "c", "n"]).to_pylist()
        found = tags_of(collection.dataset(), ids)
        assert {row["id"]: {**row, "tags": list(found[row["id"]])} for row in rows} == {
            id: {"id": id, **row} for id, row in model.rows.items()
        }
    assert len(history.events()) == len(model.events)
