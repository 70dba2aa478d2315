"""The form that starts an export, and the list of finished ones."""

import io
import zipfile
from pathlib import Path

import pytest
from shown import button, sound, told, words
from streamlit.testing.v1 import AppTest

from core.errors import NotFoundError
from core.export.pack import streamed
from core.export.request import ExportRequest
from core.jobs.job import State
from core.operations.batches import run_export
from core.outputs import Outputs
from core.worker import run_job
from core.workspace import Workspace

FORM = """
from core.query.recipe import Recipe
from core.settings import Settings
from core.workspace import Workspace
from ui.export import export_form

space = Workspace.open(Settings.load())
export_form(space, "shop", Recipe(limit={limit}), space.catalog("shop").count_all, {chosen}, {places})
"""
LIST = """
from core.settings import Settings
from core.workspace import Workspace
from ui.exports import show_exports

show_exports(Workspace.open(Settings.load()))
"""


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    monkeypatch.setenv("VITRINE_WORKSPACE", str(workspace.folder))


def opened(text: str) -> AppTest:
    return sound(AppTest.from_string(text, default_timeout=60).run())


def form(limit: int = 5, chosen: tuple[str, ...] = (), places: tuple[str, ...] = ()) -> AppTest:
    return opened(FORM.format(limit=limit, chosen=chosen, places=places))


def chosen(at: AppTest, label: str, value: str) -> AppTest:
    return sound(next(item for item in at.selectbox if item.label == label).set_value(value).run())


def asked(workspace: Workspace) -> dict:
    return workspace.jobs.all(1)[0].parameters


def test_the_form_starts_a_job(workspace: Workspace) -> None:
    at = form()
    assert at.radio[0].options == ["The first 5", f"All {workspace.catalog('shop').count_all} that match"]
    assert at.text_input[0].value == "shop"
    assert "5 images, about" in words(at)
    sound(button(at, "Export").click().run())
    assert "shop is under way" in words(at)
    assert button(at, "See the jobs")
    job = workspace.jobs.all(1)[0]
    assert (job.kind, job.parameters["name"], job.parameters["layout"]) == ("export", "shop", "zip")
    assert run_job(workspace, job.id).state is State.DONE
    assert Outputs(workspace.folder).bundles()[0].images == 5
    assert form().text_input[0].value == "shop-2"


def test_the_selection_comes_first_and_in_its_order(workspace: Workspace) -> None:
    ids = tuple(row[0] for row in workspace.catalog("shop").select("SELECT id FROM images LIMIT 3"))[::-1]
    at = form(chosen=ids)
    assert at.radio[0].value == "selection"
    sound(button(at, "Export").click().run())
    assert (tuple(asked(workspace)["ids"]), asked(workspace)["whole"]) == (ids, False)
    at.radio[0].set_value("all").run()
    at.text_input[0].set_value("whole").run()
    sound(button(at, "Export").click().run())
    assert (asked(workspace)["ids"], asked(workspace)["whole"], asked(workspace)["name"]) == ([], True, "whole")


def test_a_layout_of_images_offers_what_it_can_be_made_of(workspace: Workspace) -> None:
    at = chosen(form(), "Layout", "imagefolder")
    assert "No images" not in next(item for item in at.selectbox if item.label == "Images").options
    assert not any("Excel" in option for item in at.selectbox if item.label == "Metadata" for option in item.options)
    classes = next(item for item in at.selectbox if item.label == "Classes by")
    column = next(
        name for name in workspace.catalog("shop").metadata if workspace.catalog("shop").columns[name].distinct
    )
    assert len(classes.options) > 1
    at = chosen(at, "Classes by", column)
    sound(button(at, "Export").click().run())
    assert asked(workspace)["label_column"] == column
    assert run_job(workspace, workspace.jobs.all(1)[0].id).state is State.DONE


def test_what_cannot_be_is_told_in_the_form(workspace: Workspace) -> None:
    at = form()
    at.text_input[0].set_value("../up").run()
    assert "cannot name an export" in told(at)
    at.text_input[0].set_value("fine").run()
    sound(button(at, "Export").click().run())
    assert asked(workspace)["name"] == "fine"


def test_only_places_that_are_open_are_offered(workspace: Workspace, tmp_path: Path) -> None:
    assert not [item for item in form().selectbox if item.label == "Where to"]
    at = chosen(form(places=(str(tmp_path / "out"), "s3://bucket/x")), "Where to", str(tmp_path / "out"))
    sound(button(at, "Export").click().run())
    assert asked(workspace)["destination"] == str(tmp_path / "out")


def made(workspace: Workspace, name: str, layout: str) -> None:
    recipe = {"n": "3"}
    request = ExportRequest("shop", name, recipe, layout=layout, images="thumbnail")
    run_export(workspace, vars(request), lambda progress: None)


def test_exports_are_listed_downloaded_and_deleted(workspace: Workspace) -> None:
    assert "No export yet" in words(opened(LIST))
    made(workspace, "packed", "zip")
    made(workspace, "open", "folder")
    at = opened(LIST)
    assert words(at).count("All images: 3 images of shop") == 2
    links = [item.proto.url for item in at.get("link_button")]
    assert sorted(links) == ["/api/exports/open/download?layout=folder", "/api/exports/packed/download?layout=zip"]
    for key, name in (("packed zip", "packed.zip"), ("open folder", "open")):
        assert (workspace.folder / "exports" / name).exists()
        at = sound(at.button(key=f"delete for good {key}").click().run())
        assert not (workspace.folder / "exports" / name).exists()
    assert "No export yet" in words(at)
    with pytest.raises(NotFoundError):
        Outputs(workspace.folder).remove("open", is_archive=False)


def test_a_folder_is_streamed_as_one_archive(workspace: Workspace) -> None:
    made(workspace, "open", "folder")
    folder = Outputs(workspace.folder).folder("open")
    (folder / "link").symlink_to("/etc/hostname")
    with zipfile.ZipFile(io.BytesIO(b"".join(streamed(folder)))) as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held == {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
