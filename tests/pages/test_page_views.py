"""Saved views on Explore: saved, listed, asked, changed, deleted, put back."""

import json
from pathlib import Path
from typing import Any

import pytest
from drawn import HOSTILE, Open
from shown import button, heading, ids, linked, sound, told, words
from streamlit.testing.v1 import AppTest

from core.query.recipe import All, OneOf, Recipe, Words
from core.views import Views
from core.workspace import Workspace

SHOES = '[["kind","in",["Shoe"]]]'


@pytest.fixture
def kept(workspace: Workspace) -> Views:
    """The views of "shop"."""
    return Views(workspace.folder, "shop", workspace.catalog("shop").columns)


def asks(kind: str) -> Recipe:
    return Recipe(All((OneOf("kind", (kind,)),)))


def field(at: AppTest, start: str) -> Any:
    """The text field whose key begins so."""
    return next(item for item in (*at.text_input, *at.text_area) if str(item.key or "").startswith(start))


def press(at: AppTest, start: str) -> AppTest:
    """Press the button whose key begins so."""
    return next(item for item in at.button if str(item.key or "").startswith(start)).click().run()


def save(at: AppTest, name: str, description: str = "") -> AppTest:
    """Save the present question."""
    field(at, "new view").set_value(name)
    field(at, "new view words").set_value(description)
    return button(at, "Save").click().run()


def test_the_present_question_is_saved_and_named(open_page: Open, workspace: Workspace, kept: Views) -> None:
    at = sound(open_page("explore", workspace.folder, collection="shop", where=SHOES))
    assert "No view yet" in words(at)
    at = sound(save(at, "All shoes", "What the shop has"))
    made = kept.find("all shoes")
    assert (made.recipe, made.description) == (asks("Shoe"), "What the shop has")
    assert "All shoes" in [item.label for item in at.button]
    assert field(at, "new view").value == ""


def test_a_view_is_asked_at_a_click_and_the_link_says_so(open_page: Open, workspace: Workspace, kept: Views) -> None:
    kept.save("All shoes", "", asks("Shoe"))
    at = sound(open_page("explore", workspace.folder, collection="shop", page="2"))
    at = sound(button(at, "All shoes").click().run())
    assert json.loads(linked(at, "where")) == [["kind", "in", ["Shoe"]]]
    assert "page" not in at.query_params
    assert "23 of 71 images" in heading(at)
    assert len(ids(at)) == 23


def test_a_view_by_similarity_opens_search(open_page: Open, workspace: Workspace, kept: Views) -> None:
    kept.save("Like a shoe", "", Recipe(asks("Shoe").where, (Words("a shoe"),), limit=5))
    at = open_page("explore", workspace.folder, collection="shop")
    at = sound(button(at, "Like a shoe").click().run())
    assert "most like “a shoe”" in heading(at)
    assert len(ids(at)) == 5


def test_a_name_that_is_taken_is_told(open_page: Open, workspace: Workspace, kept: Views) -> None:
    kept.save("All shoes", "", asks("Shoe"), "ada")
    at = save(open_page("explore", workspace.folder, collection="shop"), "ALL SHOES")
    assert "already a view “All shoes”" in told(at)
    assert "ada" in at.error[0].value
    assert field(at, "new view").value == "ALL SHOES"
    assert kept.find("All shoes").recipe == asks("Shoe")
    at = save(open_page("explore", workspace.folder, collection="shop"), "  ")
    assert "no name" in told(at)


def test_a_view_is_renamed_and_described(open_page: Open, workspace: Workspace, kept: Views) -> None:
    kept.save("All shoes", "old", asks("Shoe"), "ada")
    at = sound(press(open_page("explore", workspace.folder, collection="shop"), "about 0"))
    assert "by ada" in words(at)
    assert any("explore?collection=shop&where=" in item.value for item in at.code)
    assert "kind=Shoe" in [item.value for item in at.code]
    field(at, "name of").set_value("Every shoe")
    field(at, "words of").set_value("new")
    sound(button(at, "Save changes").click().run())
    made = kept.find("Every shoe")
    assert (made.description, made.recipe) == ("new", asks("Shoe"))
    assert [view.name for view in kept.listing().views] == ["Every shoe"]


def test_a_change_that_comes_too_late_is_told(open_page: Open, workspace: Workspace, kept: Views) -> None:
    first = kept.save("Shared", "", asks("Shoe"))
    at = press(open_page("explore", workspace.folder, collection="shop"), "about 0")
    kept.change("Shared", first.version, recipe=asks("Watch"), who="ada")
    assert "changed by ada meanwhile" in told(button(at, "Save changes").click().run())
    assert kept.find("Shared").recipe == asks("Watch")


def test_a_view_takes_the_present_question(open_page: Open, workspace: Workspace, kept: Views) -> None:
    kept.save("Mine", "", asks("Watch"))
    at = press(open_page("explore", workspace.folder, collection="shop", where=SHOES), "about 0")
    sound(button(at, "Overwrite with the present question").click().run())
    assert kept.find("Mine").recipe == asks("Shoe")


def test_a_deletion_can_be_undone(open_page: Open, workspace: Workspace, kept: Views) -> None:
    made = kept.save("Mine", "", asks("Watch"))
    at = press(open_page("explore", workspace.folder, collection="shop"), "about 0")
    at = sound(button(at, "Delete").click().run())
    assert kept.listing().views == ()
    assert "View “Mine” deleted" in words(at)
    at = sound(press(at, "undo view"))
    assert kept.find("Mine") == made
    assert "deleted" not in words(at)


def test_a_damaged_file_is_told_beside_the_others(open_page: Open, workspace: Workspace, kept: Views) -> None:
    kept.save("Good", "", asks("Watch"))
    (workspace.folder / "views" / "shop" / "broken.json").write_text("{")
    at = sound(open_page("explore", workspace.folder, collection="shop"))
    assert "Good" in [item.label for item in at.button]
    assert "broken" in at.warning[0].value


def test_a_view_whose_column_is_gone_is_told_and_can_be_deleted(
    open_page: Open, workspace: Workspace, kept: Views
) -> None:
    made = kept.save("Old", "", asks("Watch"))
    path = next((workspace.folder / "views" / "shop").glob("*.json"))
    path.write_text(path.read_text("utf-8").replace("kind", "gone"), "utf-8")
    at = sound(press(open_page("explore", workspace.folder, collection="shop"), "about 0"))
    assert "no column" in at.warning[0].value.replace("\\", "")
    sound(button(at, "Delete").click().run())
    kept.restore("Old")
    at = button(open_page("explore", workspace.folder, collection="shop"), "Old").click().run()
    assert "no column “gone”" in told(at)
    assert made.name == "Old"


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_shown_letter_for_letter(open_page: Open, workspace: Workspace, kept: Views, text: str) -> None:
    made = kept.save(text, text, asks("Shoe"))
    at = sound(press(open_page("explore", workspace.folder, collection="shop"), "about 0"))
    assert made.name in words(at).replace("\\", "") or "\\" in made.name
    sound(at.run())


def test_examples_stand_below_and_stay(open_page: Open, catalogue: Path) -> None:
    at = sound(open_page("explore", catalogue, collection="catalogue"))
    labels = [item.label.replace("\\", "") for item in at.button]
    assert "Men's footwear after 2012 · Example" in labels
    at = sound(press(at, "about 0"))
    assert "stays as it is" in words(at)
    assert "Save changes" not in [item.label for item in at.button]
    at = open_page("explore", catalogue, collection="catalogue")
    at = sound(next(item for item in at.button if "footwear" in item.label).click().run())
    assert json.loads(linked(at, "where"))[2] == ["year", "between", 2013, None]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A workspace with a collection whose columns the examples ask about."""
    import pyarrow as pa

    from tests.made_up import fill

    columns = {
        "gender": pa.array(["Men", "Women"] * 20),
        "masterCategory": pa.array(["Footwear", "Apparel"] * 20),
        "year": pa.array([2010 + place % 8 for place in range(40)]),
    }
    fill(tmp_path / "made-up", "catalogue", columns, [str(place) for place in range(40)])
    return tmp_path / "made-up"
