"""The form that makes a set of a result, the list of sets, and the way from a picture to its original."""

from pathlib import Path

import pytest
from shown import button, sound, told, words
from streamlit.testing.v1 import AppTest

from core.batch.request import AugmentRequest
from core.ingest.plan import IngestRequest
from core.jobs.job import State
from core.outputs import Outputs
from core.tasks import run_augment
from core.worker import run_job
from core.workspace import Workspace

FORM = """
import streamlit as st
from core.augment.pipeline import parse_pipeline
from core.query.recipe import Recipe
from core.query.url import from_parameters
from core.settings import Settings
from core.workspace import Workspace
from ui.apply import show_apply

st.session_state["selected"] = {chosen}
space = Workspace.open(Settings.load())
recipe = from_parameters({recipe})
show_apply(space, space.catalog("shop"), "shop", recipe, parse_pipeline({pipeline!r}))
"""
LIST = """
from core.settings import Settings
from core.workspace import Workspace
from ui.sets import show_sets

show_sets(Workspace.open(Settings.load()), empty="No set")
"""
DETAILS = """
from core.settings import Settings
from core.workspace import Workspace
from ui.details import show_details
import streamlit as st

if st.button("Open") or "details" in st.session_state:
    space = Workspace.open(Settings.load())
    if "details" not in st.session_state:
        show_details(space, "back", {id!r}, [{id!r}])
    else:
        from ui.details import _dialog
        _dialog(space, "back", ({id!r},))
"""


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    monkeypatch.setenv("VITRINE_WORKSPACE", str(workspace.folder))


def opened(text: str) -> AppTest:
    return sound(AppTest.from_string(text, default_timeout=60).run())


def form(chosen: tuple[str, ...] = (), pipeline: str = "weak", **recipe: str) -> AppTest:
    return opened(FORM.format(chosen=list(chosen), recipe=recipe, pipeline=pipeline))


def box(at: AppTest, label: str) -> object:
    return next(item for item in (*at.selectbox, *at.number_input, *at.text_input, *at.slider) if item.label == label)


def test_the_form_starts_a_job_whose_set_stands_below(workspace: Workspace) -> None:
    at = form(n="5")
    assert at.radio[0].options == ["The first 5", f"All {workspace.catalog('shop').count_all} that match"]
    assert box(at, "Name of the set").value == "shop-weak"
    assert "5 pictures of 5 images, about" in words(at)
    assert "No set of this collection yet" in words(at)
    box(at, "Variants of each").set_value(2).run()
    box(at, "Format").set_value("jpeg").run()
    box(at, "Quality").set_value(60).run()
    box(at, "Colours").set_value("grey").run()
    assert "10 pictures of 5 images, about" in words(at)
    sound(button(at, "Make the set").click().run())
    job = workspace.jobs.all(1)[0]
    asked = AugmentRequest(**job.parameters)
    assert (asked.name, asked.variants, asked.format, asked.quality, asked.colour, asked.layout) == (
        "shop-weak", 2, "jpeg", 60, "grey", "zip"
    )  # fmt: skip
    assert at.get("progress")[0].proto.text == "Augment shop as shop\\-weak: waits for a worker"
    assert run_job(workspace, job.id).state is State.DONE
    at = form(n="5")
    assert "10 pictures of 5 images of shop by weak, zip" in words(at)
    assert box(at, "Name of the set").value == "shop-weak-2"


def test_the_selection_comes_first_and_a_search_has_no_whole(workspace: Workspace) -> None:
    ids = tuple(row[0] for row in workspace.catalog("shop").select("SELECT id FROM images LIMIT 3"))[::-1]
    at = form(ids)
    assert at.radio[0].value == "selection"
    sound(button(at, "Make the set").click().run())
    asked = workspace.jobs.all(1)[0].parameters
    assert (tuple(asked["ids"]), asked["whole"]) == (ids, False)


def test_what_cannot_be_is_told_and_the_sets_still_stand(workspace: Workspace) -> None:
    at = form(n="5")
    box(at, "Name of the set").set_value("../up").run()
    assert "cannot name a set" in told(at)
    assert "No set of this collection yet" in words(at)
    box(at, "Name of the set").set_value("fine").run()
    sound(button(at, "Make the set").click().run())
    assert workspace.jobs.all(1)[0].parameters["name"] == "fine"


def test_nothing_to_change_is_told(workspace: Workspace) -> None:
    at = form(where='[["kind","in",["Watch"]],["season","in",["Summer"]]]')
    assert "No image matches" in words(at)


def test_only_places_that_are_open_are_offered(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [item for item in form().selectbox if item.label == "Where to"]
    monkeypatch.setenv("VITRINE_EXPORT_FOLDERS", f"{tmp_path / 'out'},s3://bucket/x")
    at = form(n="5")
    box(at, "Where to").set_value(str(tmp_path / "out")).run()
    sound(button(at, "Make the set").click().run())
    job = workspace.jobs.all(1)[0]
    assert job.parameters["destination"] == str(tmp_path / "out")
    assert run_job(workspace, job.id).state is State.DONE
    assert (tmp_path / "out" / "shop-weak.zip").is_file()


def made(workspace: Workspace, name: str, layout: str) -> None:
    asked = AugmentRequest("shop", name, {"preset": "weak"}, {"n": "3"}, layout=layout, format="jpeg")
    run_augment(workspace, vars(asked), lambda progress: None)


def test_sets_are_listed_brought_in_and_deleted(workspace: Workspace) -> None:
    assert "No set" in words(opened(LIST))
    made(workspace, "packed", "zip")
    made(workspace, "open", "folder")
    at = opened(LIST)
    assert words(at).count("3 pictures of 3 images of shop by weak") == 2
    links = [item.proto.url for item in at.get("link_button")]
    assert sorted(links) == ["/api/augmented/open/download?layout=folder", "/api/augmented/packed/download?layout=zip"]
    at.text_input(key="bring as packed zip").set_value("crops").run()
    at = sound(at.button(key="bring in packed zip").click().run())
    assert "on its way in" in words(at)
    job = workspace.jobs.all(1)[0]
    assert (job.kind, job.collection) == ("ingest", "crops")
    assert run_job(workspace, job.id).state is State.DONE
    assert workspace.catalog("crops").count_all == 3
    for key in ("packed zip", "open folder"):
        at = sound(at.button(key=f"delete for good {key}").click().run())
    assert "No set" in words(at)
    assert Outputs(workspace.folder).sets() == []


def test_a_picture_leads_to_its_original_and_back(workspace: Workspace) -> None:
    made(workspace, "open", "folder")
    workspace.ingest(IngestRequest(str(workspace.folder / "augmented" / "open"), "back"))
    id, original = workspace.catalog("back").select("SELECT id, original_id FROM images LIMIT 1")[0]
    at = opened(DETAILS.format(id=id))
    at = sound(button(at, "Open").click().run())
    assert f"Made from image {original} of shop, variant 0, by weak" in words(at).replace("\\", "")
    at = sound(button(at, "Show the original").click().run())
    assert "Made from image" not in words(at)
    assert f"**{original}**" in words(at).replace("\\", "")
    at = sound(next(item for item in at.button if item.label.startswith("Back to")).click().run())
    assert f"Made from image {original}" in words(at).replace("\\", "")
    workspace.delete("shop", [original])
    at = sound(at.run())
    assert "That image is no longer there" in words(at)
    assert not [item for item in at.button if item.label == "Show the original"]
