"""Setting values and tags: what is asked for and nothing else, as one event."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.collection.catalog import Catalog
from core.collection.history import History
from core.collection.planner import plan
from core.edit.edit import edit
from core.edit.job import edit_soon, events, start_edit
from core.edit.request import EditRequest
from core.errors import BusyError, VitrineError
from core.ingest.lock import only_writer
from core.query.columns import Kind
from core.query.recipe import Accuracy, All, OneOf, Recipe, Words
from core.query.url import to_parameters
from core.worker import run_job
from core.workspace import Workspace
from tests.core.edit.editing import NAME, asked, edited, everything, held, tags
from tests.made_up import fill

IDS = ["thing-020", "it's", "two\nlines"]
CIRCLES = to_parameters(Recipe(All((OneOf("shape", ("circle",)),)), limit=1))

LARGE = 10**6  # components: too many to be held in memory


def test_a_value_is_set_on_a_selection_and_nothing_else_changes(own_workspace: Workspace) -> None:
    before = everything(own_workspace)
    order = list(held(own_workspace))
    made = edited(own_workspace, ids=[*IDS, "nobody"], values={"shape": "circle", "count": 2**53 + 1, "price": None})
    after = everything(own_workspace)
    assert list(held(own_workspace)) == order
    for id, row in before.items():
        wanted = {"shape": "circle", "count": 2**53 + 1, "price": None} if id in IDS else {}
        assert after[id] == {**row, **wanted}
    assert (made.images, made.new_values) == (3, {})
    assert made.what == "shape set to circle, count set to 9007199254740993, price cleared"
    assert made.changed == sum(before[id] != after[id] for id in before)


def test_a_new_class_is_allowed_told_and_can_be_asked_for(own_workspace: Workspace) -> None:
    made = edited(own_workspace, ids=IDS, values={"shape": "circel", "Größe": "klein"})
    assert made.new_values == {"shape": "Did you mean “circle”?"}
    catalog = own_workspace.catalog(NAME)
    assert catalog.columns["shape"].kind is Kind.CATEGORY
    assert set(catalog.ids(OneOf("shape", ("circel",)), None, 10)) == set(IDS)
    found = own_workspace.searcher(NAME).run(Recipe(All((OneOf("shape", ("circel",)),)), (Words("red"),)))
    assert {hit.row.id for hit in found.hits} == set(IDS)


def test_tags_are_added_and_removed_beside_others(own_workspace: Workspace) -> None:
    edited(own_workspace, ids=IDS, add_tags=["a", "b"])
    made = edited(own_workspace, ids=["it's", "thing-021"], add_tags=["b", "c", "c"], remove_tags=["a", "none"])
    assert tags(own_workspace, "it's") == ("b", "c")
    assert tags(own_workspace, "thing-021") == ("b", "c")
    assert tags(own_workspace, "thing-020") == ("a", "b")
    assert made.what == "tags b, c added, tags a, none removed"


def test_a_whole_result_or_its_limit(own_workspace: Workspace) -> None:
    circles = {id for id, shape in held(own_workspace).items() if shape == "circle"}
    one = edited(own_workspace, recipe=CIRCLES, add_tags=["one"])
    assert (one.images, one.changed, one.limited) == (1, 1, False)
    made = edited(own_workspace, recipe=CIRCLES, whole=True, values={"shape": "square"})
    assert (made.images, made.changed) == (len(circles), len(circles))
    assert made.sentence == "Images whose shape is circle"
    assert all(held(own_workspace)[id] == "square" for id in circles)
    liked = edited(own_workspace, recipe={"text": "red", "n": "3"}, whole=True, add_tags=["liked"])
    assert (liked.images, liked.limited) == (3, True)


def test_texts_are_read_by_the_type_of_the_column(own_workspace: Workspace) -> None:
    own = own_workspace.catalog(NAME).columns
    sale = next(name for name, column in own.items() if column.label == "for sale")
    given = {"year": "2011", "price": "-1.5", "for sale": "yes", "made": "2012-05-01T12:00:00+02:00", "title": "007"}
    edited(own_workspace, ids=["it's"], values=given)
    row = own_workspace.image(NAME, "it's").values
    assert (row["year"], row["price"], row[sale], row["title"]) == (2011, -1.5, True, "007")
    assert row["made"].isoformat() == "2012-05-01T10:00:00"
    edited(own_workspace, ids=["it's"], values={"price": 3, "for sale": False, "made": "2012-05-01"})
    row = own_workspace.image(NAME, "it's").values
    assert (row["price"], row[sale], row["made"].isoformat()) == (3.0, False, "2012-05-01T00:00:00")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"values": {"shap": "x"}}, "shape"),
        ({"values": {"width": 3}}, "“width” cannot be edited"),
        ({"values": {"id": "x"}}, "“id” cannot be edited"),
        ({"values": {"vector": "x"}}, "no column"),
        ({"values": {"tags": "x"}}, "single tags"),
        ({"values": {"year": "old"}}, "whole number"),
        ({"values": {"year": 2012.5}}, "whole number"),
        ({"values": {"year": True}}, "whole number"),
        ({"values": {"count": 2**63}}, "whole number from"),
        ({"values": {"price": "1e999"}}, "finite"),
        ({"values": {"price": 2**60 + 1}}, "15 digits"),
        ({"values": {"price": "nan"}}, "finite"),
        ({"values": {"for sale": "perhaps"}}, "yes or no"),
        ({"values": {"made": "12.5.2012"}}, "2012-05-01"),
        ({"values": {"shape": 3}}, "text"),
        ({"values": {"shape": ""}}, "Clear"),
        ({"values": {"shape": "\ud83d"}}, "half"),
        ({"values": {"shape": "x", "Shape": "y"}}, "twice"),
        ({"add_tags": [""]}, "1 to 100"),
        ({"add_tags": ["x" * 101]}, "1 to 100"),
        ({"add_tags": ["a\nb"]}, "control"),
        ({"add_tags": ["\ud83d"]}, "tag"),
        ({"remove_tags": [" x"]}, "space"),
        ({"add_tags": ["x"], "remove_tags": ["x"]}, "added and removed"),
        ({}, "Nothing"),
        ({"ids": [], "add_tags": ["x"]}, "No id"),
        ({"ids": None, "add_tags": ["x"]}, "which images"),
        ({"recipe": {}, "add_tags": ["x"]}, "which images"),
        ({"ids": None, "recipe": {"where": "{"}, "add_tags": ["x"]}, "filter"),
        ({"collection": "others", "add_tags": ["x"]}, "others"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_changes_nothing(own_workspace: Workspace, other: dict[str, Any], said: str) -> None:
    version = own_workspace.collection(NAME).version
    parts = own_workspace.collection(NAME), own_workspace.catalog(NAME), own_workspace.searcher(NAME)
    with pytest.raises(VitrineError, match=said):
        edit(own_workspace.folder, *parts, asked(**{"ids": IDS, **other}))
    assert own_workspace.collection(NAME).version == version
    assert events(own_workspace, NAME) == []


def test_what_is_right_already_leaves_no_event(own_workspace: Workspace) -> None:
    edited(own_workspace, ids=IDS, values={"shape": "circle"}, add_tags=["x"])
    version = own_workspace.collection(NAME).version
    again = edited(own_workspace, ids=IDS, values={"shape": "circle"}, add_tags=["x"])
    assert (again.changed, again.event, again.version) == (0, "", version)
    assert len(events(own_workspace, NAME)) == 1


def test_the_event_says_who_when_and_what(own_workspace: Workspace) -> None:
    made = edited(own_workspace, ids=IDS, add_tags=["new"], who="ada")
    event = History(own_workspace.folder, own_workspace.collection(NAME)).get(made.event).event
    assert (event.kind, event.who, event.what, event.images) == ("edit", "ada", "tag new added on 3 images", 3)
    assert event.at.endswith("+00:00")
    assert event.version == made.version


def test_nobody_else_writes_meanwhile(own_workspace: Workspace) -> None:
    with only_writer(own_workspace.folder, NAME), pytest.raises(BusyError):
        edited(own_workspace, ids=IDS, add_tags=["x"])


def test_few_images_are_edited_at_once_and_many_as_a_job(
    own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    assert getattr(edit_soon(own_workspace, asked(ids=IDS, add_tags=["x"]), "ada"), "changed", None) == 3
    monkeypatch.setattr("core.edit.job.MOST_AT_ONCE", 2)
    job = edit_soon(own_workspace, asked(recipe=CIRCLES, whole=True, values={"shape": "round"}), "ada")
    assert getattr(job, "kind", "") == "edit"
    with pytest.raises(VitrineError):
        start_edit(own_workspace, asked(ids=IDS, values={"shap": "x"}))


def test_a_job_edits_and_can_be_followed(own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    with_edits(monkeypatch)
    job = start_edit(own_workspace, asked(recipe=CIRCLES, whole=True, values={"shape": "round"}), "ada")
    ended = run_job(own_workspace, job.id)
    assert ended.state == "done", ended.error
    assert ended.result is not None
    assert ended.result["changed"] == ended.counts["changed"] > 0
    assert events(own_workspace, NAME)[0].event.who == "ada"
    assert not any((own_workspace.folder / "editing").iterdir())


def with_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a worker know the kinds, whether or not they are registered."""
    from core import worker
    from core.edit.job import run_edit, run_undo

    monkeypatch.setattr(worker, "KINDS", {**worker.KINDS, "edit": run_edit, "undo": run_undo})


def test_an_edit_of_many_keeps_indices_right(tmp_path: Path) -> None:
    ids = [f"image {place}" for place in range(1_200)]
    columns = {"c": pa.array(["a", "b"] * 600), "n": pa.array(range(1_200), pa.int64())}
    collection = fill(tmp_path, "x", columns, ids)
    collection.build_indexes(["c"], ["n"])
    before = collection.dataset().to_table(with_row_id=True)
    catalog = Catalog(collection.dataset())
    request = EditRequest("x", {"c": "z", "n": 7}, ids=ids[5:800], run="r")
    edit(tmp_path, collection, catalog, None, request, chunk_rows=100)  # type: ignore[arg-type]
    dataset = collection.dataset()
    assert dataset.count_rows("c = 'z'") == dataset.count_rows("c = 'z' AND n = 7") == 795
    assert dataset.count_rows("c = 'a'") == 3 + 200
    vector = collection.vectors(["image 6"])["image 6"]
    near = collection.nearest(vector, 2_000, "c = 'z'", dataset, plan("IVF_FLAT", 1_200, 795, Accuracy.AUTO, LARGE))
    assert len(near.rowids) == 795
    assert dataset.to_table(columns=["id"])["id"] == before["id"]
