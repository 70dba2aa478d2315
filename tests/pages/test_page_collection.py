"""Collection: bring images in, take them out, undo that, and see the ledger."""

import dataclasses
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from drawn import Open
from shown import button, ids, linked, sent, sound, told, words
from streamlit.testing.v1 import AppTest

from core.ingest.plan import IngestRequest
from core.jobs.job import Job, State, save_job
from core.workspace import Workspace
from ui.ingest import _bring_in

IMAGES, ADD = "Images", "Bring in more"


def select(at: AppTest, chosen: list[str], key: str = "collection images", turn: int = 1) -> AppTest:
    at.session_state[key] = {"turns": [{"turn": turn, "selected": chosen}]}
    return sound(at.run())


def job(state: State, **values: Any) -> Job:
    parameters = dataclasses.asdict(IngestRequest("/photos/<b>", "shop"))
    return Job("1a-abcdef", "ingest", parameters, state, "2026-01-01T00:00:00+00:00", "shop", **values)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[IngestRequest]:
    found: list[IngestRequest] = []
    monkeypatch.setattr(Workspace, "start_ingest", lambda self, request, who="": found.append(request))
    return found


def test_the_ledger_tells_the_last_ingest_whole(open_page: Open) -> None:
    at = sound(open_page("collection", collection="shop"))
    assert at.title[0].value == "shop\\: 71 images"
    shown = words(at)
    assert "| Rows read | 71 |" in shown
    assert "| Without image | 1 |" in shown
    assert "The totals reconcile" in shown
    assert "UTC" in shown


def test_every_entry_is_shown_and_exported(open_page: Open) -> None:
    at = open_page("collection", collection="shop")
    choice = next(item for item in at.selectbox if item.label == "Entries")
    assert choice.options == ["Rows without image: 1", "Images without row: 1"]
    assert list(at.dataframe[0].value["id"]) == ["9999"]
    choice.select("without-row").run()
    assert list(sound(at).dataframe[0].value["id"]) == ["stray"]
    assert at.get("download_button")[0].proto.label == "Export all entries as CSV"


def test_an_earlier_ledger_can_be_chosen(open_page: Open, workspace: Workspace) -> None:
    source = workspace.ledger("two").source
    workspace.ingest(IngestRequest(source, "two"))
    at = sound(open_page("collection", workspace.folder, collection="two"))
    choice = next(item for item in at.selectbox if item.label == "Ingest")
    assert len(choice.options) == 2
    assert "| New in this ingest | 0 |" in words(at)
    choice.select(workspace.ledgers("two")[1].run).run()
    assert "| New in this ingest | 2 |" in words(sound(at))


def test_the_open_tab_is_in_the_link(open_page: Open) -> None:
    assert len(ids(sound(open_page("collection", collection="shop", tab=IMAGES)))) == 60
    assert len(ids(sound(open_page("collection", collection="shop", tab=IMAGES, page="2")))) == 11
    assert "Source" in [item.label for item in sound(open_page("collection", collection="shop", tab=ADD)).text_input]
    assert "Rows read" in words(sound(open_page("collection", collection="shop", tab="nonsense")))


def test_selected_images_are_deleted_and_put_back(open_page: Open, workspace: Workspace) -> None:
    at = select(open_page("collection", workspace.folder, collection="shop", tab=IMAGES), ["0", "1"])
    assert "2 images selected" in words(at)
    button(at, "Delete 2").click().run()
    sound(at)
    assert "2 images deleted" in words(at)
    assert not {"0", "1"} & set(ids(at))
    assert workspace.catalog("shop").count_all == 69
    button(at, "Undo").click().run()
    sound(at)
    assert workspace.catalog("shop").count_all == 71
    assert len(workspace.catalog("shop").rows(["0", "1"])) == 2
    assert "deleted." not in words(at)


def test_a_selection_is_cleared(open_page: Open) -> None:
    at = select(open_page("collection", collection="shop", tab=IMAGES), ["0"])
    button(at, "Clear selection").click().run()
    assert "image selected" not in words(sound(at))
    assert sent(at, "tiles")[0]["selected"] == []


def test_a_selection_is_kept_from_page_to_page_of_the_gallery(open_page: Open) -> None:
    at = select(open_page("explore", collection="shop"), ["0"], "explore images")
    button(at, "Next").click().run()
    assert "1 image selected" in words(sound(at))


def test_the_trash_puts_back_later(open_page: Open, workspace: Workspace) -> None:
    workspace.delete("shop", ["5"])
    at = sound(open_page("collection", workspace.folder, collection="shop", tab=IMAGES))
    assert at.expander[0].label == "Trash: 1 deletion"
    next(item for item in at.button if item.label.startswith("Put back")).click().run()
    sound(at)
    assert workspace.catalog("shop").count_all == 71
    assert not at.expander


def test_an_undo_that_someone_else_did_already_is_told(open_page: Open, workspace: Workspace) -> None:
    deletion = workspace.delete("shop", ["5"])
    at = open_page("collection", workspace.folder, collection="shop", tab=IMAGES)
    workspace.undo_delete("shop", deletion)
    next(item for item in at.button if item.label.startswith("Put back")).click().run()
    assert "cannot be undone" in told(at)
    assert len(ids(at)) == 60


def test_deleting_what_someone_else_deleted_already_is_told(open_page: Open, workspace: Workspace) -> None:
    at = select(open_page("collection", workspace.folder, collection="shop", tab=IMAGES), ["5"])
    workspace.delete("shop", ["5"])
    button(at, "Delete 1").click().run()
    assert "None of these images" in told(at)


def test_all_images_can_be_deleted(open_page: Open, workspace: Workspace) -> None:
    at = select(open_page("collection", workspace.folder, collection="two", tab=IMAGES), ["0", "1"])
    button(at, "Delete 2").click().run()
    sound(at)
    assert at.title[0].value == "two\\: 0 images"
    button(at, "Undo").click().run()
    assert len(ids(sound(at))) == 2


def test_an_ingest_is_started_with_what_the_form_says(open_page: Open, started: list[IngestRequest]) -> None:
    at = open_page("collection", collection="shop", tab=ADD)
    source, target, table, id_column, image_column = at.text_input
    assert target.value == "shop"
    for box, text in (
        (source, " /photos "),
        (target, " new "),
        (table, "t.csv"),
        (id_column, "key"),
        (image_column, ""),
    ):
        box.set_value(text)
    button(at, "Bring in").click().run()
    sound(at)
    assert started == [IngestRequest("/photos", "new", table="t.csv", id_column="key")]


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("", "shop", "Which source?"),
        ("  ", "", "Which source?"),
        ("/photos", "", "Which collection?"),
        ("/photos", "../x", "cannot name a collection"),
        ("/photos", "<script>", "cannot name a collection"),
        ("/photos", "a" * 65, "cannot name a collection"),
    ],
)
def test_a_form_that_cannot_be_used_says_why_and_keeps_what_was_typed(
    open_page: Open, started: list[IngestRequest], source: str, target: str, said: str
) -> None:
    at = open_page("collection", collection="shop", tab=ADD)
    at.text_input[0].set_value(source)
    at.text_input[1].set_value(target)
    button(at, "Bring in").click().run()
    assert said in told(at)
    assert (at.text_input[0].value, at.text_input[1].value) == (source, target)
    assert at.get("file_uploader")
    assert started == []


def test_a_job_under_way_tells_how_far_it_is(open_page: Open, workspace: Workspace) -> None:
    (workspace.folder / "jobs").mkdir(exist_ok=True)
    running = job(State.RUNNING, stage="Images", done=10, total=40, bad=2)
    save_job(workspace.folder / "jobs", running)
    with workspace.jobs.lease(running.id):
        at = sound(open_page("collection", workspace.folder, collection="shop"))
        progress = at.get("progress")[0].proto
        assert progress.value == 25
        assert "images, 10 of 40, 2 unreadable" in progress.text.replace("\\", "")


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (job(State.DONE, result={"images_added": 3, "seconds": 2.0}), "3 images added in 2.0 s"),
        (job(State.DONE), "photos"),
        (job(State.FAILED), "The job failed."),
        (job(State.FAILED, error={"title": "No <b>", "detail": "why", "hint": "next"}), "No <b>"),
        (job(State.CANCELLED), "photos"),
    ],
)
def test_a_job_that_ended_tells_how(open_page: Open, workspace: Workspace, ended: Job, said: str) -> None:
    (workspace.folder / "jobs").mkdir(exist_ok=True)
    save_job(workspace.folder / "jobs", ended)
    at = open_page("collection", workspace.folder, collection="shop")
    assert not at.exception
    assert said in words(at).replace("\\", "")


def test_vectors_being_made_anew_are_shown_and_started_again(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    again: list[str] = []
    monkeypatch.setattr(Workspace, "retry", lambda self, id: again.append(id))
    asked = {"collection": "shop", "encoder": "half", "thumbnails": True}
    done = {"encoded": 5, "seconds": 2.0, "from_thumbnails": 1}
    (workspace.folder / "jobs").mkdir(exist_ok=True)
    save_job(workspace.folder / "jobs", replace(job(State.DONE, result=done), kind="embed", parameters=asked))
    at = sound(open_page("collection", workspace.folder, collection="shop"))
    assert "Make vectors of shop by half: 5 images encoded in 2.0 s, 1 from thumbnails" in words(at).replace("\\", "")
    failed = replace(job(State.FAILED), kind="embed", parameters=asked)
    save_job(workspace.folder / "jobs", failed)
    at = open_page("collection", workspace.folder, collection="shop")
    button(at, "Try again").click().run()
    assert again == [failed.id]


def test_a_job_that_failed_is_tried_again(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    (workspace.folder / "jobs").mkdir(exist_ok=True)
    failed = job(State.FAILED)
    save_job(workspace.folder / "jobs", failed)
    at = open_page("collection", workspace.folder, collection="shop")
    button(at, "Try again").click().run()
    assert workspace.jobs.get(failed.id).state is State.QUEUED


def test_the_collection_that_has_grown_is_shown_and_no_filter_of_another(open_page: Open, workspace: Workspace) -> None:
    (workspace.folder / "jobs").mkdir(exist_ok=True)
    done = job(State.DONE, result={"images_added": 3, "seconds": 2.0})
    at = open_page("collection", workspace.folder, collection="wide", where='[["class0","in",["v1"]]]')
    save_job(workspace.folder / "jobs", done)
    at.session_state["active jobs"] = [done.id]
    at.run()
    sound(at)
    assert linked(at, "collection") == "shop"
    assert "where" not in at.query_params


def test_details_tell_everything_and_lead_on(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    at.session_state["explore images"] = {"opened": "3"}
    sound(at.run())
    shown = words(at).replace("\\", "")
    assert "| price | 4.75 |" in shown
    assert "| name | Item number 3 of the shop |" in shown
    assert any("/original?" in item.proto.body for item in at.get("html"))
    button(at, "More like this").click().run()
    assert linked(at, "like") == "3"


def test_details_of_an_image_that_is_gone_are_told(open_page: Open) -> None:
    at = open_page("explore", collection="shop")
    at.session_state["explore images"] = {"opened": "<b>nobody</b>"}
    assert "There is no image “<b>nobody</b>”" in told(at.run())


def test_a_vanished_original_leaves_its_thumbnail(open_page: Open, workspace: Workspace, tmp_path: Path) -> None:
    from drawn import draw

    draw(tmp_path / "photos" / "a.png", 1)
    workspace.ingest(IngestRequest(str(tmp_path / "photos"), "lost"))
    (tmp_path / "photos" / "a.png").unlink()
    at = open_page("explore", workspace.folder, collection="lost")
    at.session_state["explore images"] = {"opened": "a"}
    sound(at.run())
    assert "no longer where it came from" in words(at)
    assert any("/thumbnail?" in item.proto.body for item in at.get("html"))


def test_details_of_hostile_images_show_them_letter_for_letter(open_page: Open) -> None:
    at = open_page("explore", collection="hostile")
    for turn, id in enumerate(ids(at)[:12]):
        at.session_state["explore images"] = {"opened": id, "turns": [{"turn": turn, "selected": []}]}
        sound(at.run())
        table = next(item.value for item in at.markdown if item.value.startswith("| | |"))
        assert "<script" not in table.replace("\\<", "")
        assert all(line.startswith(("| ", "|:")) for line in table.split("\n"))


def test_uploads_are_kept_and_brought_in_and_bad_ones_are_named(
    open_page: Open, workspace: Workspace, started: list[IngestRequest], tmp_path: Path
) -> None:
    from drawn import draw

    draw(tmp_path / "good.png", 5)
    told_errors: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.ingest.show_error", lambda error: told_errors.append(error.title))
        _bring_in(workspace, "shop", [("good.png", (tmp_path / "good.png").read_bytes()), ("bad.png", b"nothing")])
    assert told_errors == ["bad.png was left out."]
    assert len(started) == 1
    assert [path.name for path in Path(started[0].source).iterdir()] == ["good.png"]
    assert not started[0].use_table


def test_the_address_of_every_thumbnail_names_its_content(open_page: Open) -> None:
    at = open_page("explore", collection="hostile")
    for tile in sent(at, "tiles")[0]["tiles"]:
        assert tile[1].startswith("/api/images/")
        assert "&v=" in tile[1]
    assert json.dumps(sent(at, "tiles"))
