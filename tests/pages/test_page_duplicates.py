"""The Duplicates page: groups with the kept one first, what is done with them, and the way back."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from drawn import Open, draw
from shown import button, click_facet, heading, linked, sent, sound, told, words
from streamlit.testing.v1 import AppTest

from core.encoders.protocol import Encoder
from core.ingest.plan import IngestRequest
from core.query.recipe import All
from core.settings import Settings
from core.workspace import Workspace
from tests.twins import LARGER, NAME, twins


@pytest.fixture(scope="module")
def twins_stock(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    return twins(tmp_path_factory.mktemp("twins"), encoder).folder


@pytest.fixture
def space(twins_stock: Path, tmp_path: Path) -> Workspace:
    """A copy of the workspace with “twins” to change at will."""
    shutil.copytree(twins_stock, tmp_path / "workspace")
    return Workspace.open(Settings(workspace=tmp_path / "workspace"))


@pytest.fixture
def page(open_page: Open, space: Workspace) -> Any:
    return lambda **link: open_page("duplicates", space.folder, collection=NAME, **link)


def walls(at: AppTest) -> list[list[tuple[str, str]]]:
    """Id and words below the score of the images of every group."""
    return [[(tile[0], tile[6]) for tile in wall["tiles"]] for wall in sent(at, "tiles")]


def present(space: Workspace) -> set[str]:
    return set(space.catalog(NAME).ids(All(), None, 100))


def test_identical_groups_largest_first(page: Any) -> None:
    at = sound(page(keep="first"))
    assert "2 groups of identical images" in heading(at)
    assert "5 images, 3 could go" in heading(at)
    first, second = walls(at)
    assert [id for id, _ in first] == ["a", "a2", "a3"]
    assert [id for id, _ in second] == ["b", "b2"]
    assert first[0][1] == "Kept · 96 × 96"


def test_near_groups_stand_apart_and_say_what_is_a_copy(page: Any) -> None:
    at = sound(page(how="phash", threshold="4"))
    first, second = walls(at)
    assert first[0] == (LARGER, "Kept · 192 × 192")
    assert [text for _, text in first[2:]] == ["Identical copy", "Identical copy"]
    assert {id for id, _ in second} == {"c", "c9"}
    assert "2 different files" in words(at)


def test_controls_are_in_the_link(page: Any) -> None:
    at = sound(page())
    at.segmented_control(key="how").set_value("phash")
    sound(at.run())
    assert linked(at, "how") == "phash"
    at.select_slider(key="threshold").set_value(6.0)
    at.selectbox(key="keep").set_value("last")
    sound(at.run())
    assert (linked(at, "threshold"), linked(at, "keep")) == ("6", "last")
    at.segmented_control(key="how").set_value("identical")
    sound(at.run())
    assert "threshold" not in at.query_params
    assert "how" not in at.query_params


def test_a_link_that_makes_no_sense_shows_the_usual(page: Any) -> None:
    assert "2 groups of identical" in heading(sound(page(how="magic", threshold="x", keep="none", page="99")))
    assert "look alike" in heading(sound(page(how="phash", threshold="99")))


def test_the_filters_of_the_sidebar_count(page: Any) -> None:
    at = sound(page())
    click_facet(at, "letter", ["b"])
    assert "1 group of identical images" in heading(at)
    assert "Among" in words(at)
    nothing = sound(page(how="dhash", where='[["letter","in",["z"]]]'))
    assert "0 images compared" in heading(nothing)
    assert "Take a condition away" in nothing.info[0].value


def test_one_group_is_deleted_and_undone(page: Any, space: Workspace) -> None:
    before = present(space)
    at = sound(page(keep="first"))
    sound(button(at, "Delete 2 others").click().run())
    assert present(space) == before - {"a2", "a3"}
    assert "1 group of identical" in heading(at)
    assert "2 images deleted" in words(at)
    sound(button(at, "Undo").click().run())
    assert present(space) == before
    assert "2 groups" in heading(at)


def test_ids_that_are_the_numbers_of_groups(open_page: Open, tmp_path: Path) -> None:
    for id, seed in enumerate((7, 8, 9, 7, 8, 9), 1):
        draw(tmp_path / "source" / f"{id}.png", seed)
    numbered = Workspace.open(Settings(workspace=tmp_path / "numbered"))
    numbered.ingest(IngestRequest(str(tmp_path / "source"), "numbered"))
    at = sound(open_page("duplicates", numbered.folder, collection="numbered", keep="first"))
    assert [[id for id, _ in wall] for wall in walls(at)] == [["1", "4"], ["2", "5"], ["3", "6"]]


@pytest.mark.parametrize("label", ["Tag 3 others", "Tag 2 kept"])
def test_no_other_number_is_tagged_than_the_button_says(page: Any, space: Workspace, label: str) -> None:
    at = sound(page(keep="first"))
    space.delete(NAME, ["b2"])
    button(at, label).click().run()
    assert "changed meanwhile" in told(at)
    assert not any(space.image(NAME, id).values["tags"] for id in present(space))


def test_the_groups_are_taken_along(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[str, Any] = {}

    def kept(label: str, data: Any, **_: Any) -> None:
        held[label] = data

    monkeypatch.setattr("ui.duplicateacts.st.download_button", kept)
    sound(page(keep="first"))
    assert held["Groups as CSV"]().splitlines()[1].startswith("1,a,yes")
    assert json.loads(held["Groups as JSON"]())["groups"] == 2


def test_deleting_all_asks_first(page: Any, space: Workspace) -> None:
    before = present(space)
    at = sound(page())
    sound(button(at, "Delete 3 others").click().run())
    assert "3 images" in words(at)
    assert present(space) == before
    sound(button(at, "Delete 3 images").click().run())
    assert len(before - present(space)) == 3
    assert "No groups of identical images" in heading(at)
    assert "No two images are identical" in words(at)
    sound(button(at, "Undo").click().run())
    assert present(space) == before


def test_all_others_and_all_kept_are_tagged(page: Any, space: Workspace) -> None:
    at = sound(page(keep="first"))
    at.text_input(key="duplicates tag").set_value("twice")
    sound(at.run())
    sound(button(at, "Tag 3 others").click().run())
    assert "tag twice added on 3 images" in words(at).replace("\\", "")
    assert space.image(NAME, "b2").values["tags"] == ["twice"]
    sound(button(at, "Tag 2 kept").click().run())
    assert space.image(NAME, "a").values["tags"] == ["twice"]
    sound(button(at, "Undo").click().run())
    assert not space.image(NAME, "a").values["tags"]


def test_a_tag_that_cannot_be_is_told(page: Any, space: Workspace) -> None:
    at = sound(page())
    at.text_input(key="duplicates tag").set_value("a\tb")
    at.run()
    button(at, "Tag 3 others").click().run()
    assert "cannot be a tag" in told(at)


def test_what_is_too_much_to_compare_is_told_with_the_controls_in_place(
    page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.duplicates.find.MOST_PRODUCTS", 1)
    at = page(how="vector")
    assert "too much to compare" in told(at)
    assert at.segmented_control(key="how").value == "vector"


def test_states_without_images(open_page: Open, empty_workspace: Path) -> None:
    sound(open_page("duplicates", collection="gone"))
    sound(open_page("duplicates", empty_workspace))
    at = sound(open_page("duplicates", collection="hostile"))
    assert "identical images" in heading(at)
