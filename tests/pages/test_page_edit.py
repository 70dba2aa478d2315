"""The form that edits a selection or a result, and the history with its undo."""

import re
import shutil
from datetime import date, datetime
from typing import Any

import pytest
import streamlit as st
from drawn import HOSTILE
from shown import button, sound, told, words
from streamlit.testing.v1 import AppTest

from core.edit.job import edit_now
from core.edit.request import EditRequest
from core.query.recipe import All, OneOf, Recipe
from core.workspace import Workspace
from ui.edit import outcome

IDS = ("0", "1")


def script() -> None:
    import streamlit as st

    from core.query.recipe import Recipe
    from core.query.url import from_parameters
    from ui.edit import edit_form, edit_undo_bar
    from ui.errors import show_trouble
    from ui.history import show_history
    from ui.resources import open_workspace

    show_trouble()
    space, name = open_workspace(), st.query_params["name"]
    recipe = from_parameters({"where": st.query_params["where"]}) if "where" in st.query_params else Recipe()
    edit_form(space, name, space.catalog(name), recipe, st.session_state.get("selected", ()))
    edit_undo_bar(space, name)
    show_history(space, name)


@pytest.fixture
def page(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A page with the form and the history of one collection."""
    shutil.rmtree(workspace.folder / "history", ignore_errors=True)
    monkeypatch.setenv("VITRINE_WORKSPACE", str(workspace.folder))
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    st.cache_resource.clear()

    def opened(name: str = "shop", ids: tuple[str, ...] = IDS, **link: str) -> AppTest:
        at = AppTest.from_function(script, default_timeout=60)
        at.session_state["selected"] = list(ids)
        at.query_params["name"] = name
        for key, value in link.items():
            at.query_params[key] = value
        return sound(at.run())

    yield opened
    st.cache_resource.clear()


def box(at: AppTest, kind: str, key: str) -> Any:
    return next(item for item in getattr(at, kind) if item.key == key)


def value(space: Workspace, column: str, id: str = "0", name: str = "shop") -> Any:
    return space.image(name, id).values[column]


def test_an_empty_history_says_so(page: Any) -> None:
    assert "Nothing has been changed yet" in words(page())


def test_a_class_is_set_on_the_selection_and_undone(page: Any, workspace: Workspace) -> None:
    at = page()
    at = sound(box(at, "selectbox", "edit column").select("kind").run())
    at = sound(box(at, "selectbox", "edit value kind").select("Watch").run())
    assert button(at, "Apply to all 71 matching")
    at = sound(button(at, "Apply to 2 selected").click().run())
    assert [value(workspace, "kind", id) for id in "012"] == ["Watch"] * 3
    assert "kind set to Watch on 2 images" in words(at)
    assert box(at, "selectbox", "edit column").value == ""
    at = sound(box(at, "button", "undo edit").click().run())
    assert [value(workspace, "kind", id) for id in "012"] == ["Shirt", "Shoe", "Watch"]
    assert "undone" in words(at)
    assert not [item for item in at.button if item.key == "undo edit"]
    redo = next(item for item in at.button if (item.key or "").startswith("undo event"))
    sound(redo.click().run())
    assert value(workspace, "kind") == "Watch"


def test_tags_and_a_cleared_value_on_the_whole_result(page: Any, workspace: Workspace) -> None:
    at = page(ids=(), where='[["kind","in",["Shoe"]]]')
    assert button(at, "Apply to 0 selected").disabled
    at = sound(box(at, "selectbox", "edit column").select("price").run())
    at = sound(box(at, "checkbox", "edit clear").check().run())
    box(at, "multiselect", "edit add").set_value(["checked", "two words"])
    at = sound(button(at, "Apply to all 23 matching").click().run())
    assert (value(workspace, "price", "1"), value(workspace, "tags", "1")) == (None, ["checked", "two words"])
    assert value(workspace, "tags", "0") == []
    shoes = workspace.catalog("shop").ids(All((OneOf("kind", ("Shoe",)),)), None, 100)
    assert all(value(workspace, "tags", id) for id in shoes)
    box(at, "multiselect", "edit remove").set_value(["checked"])
    sound(button(at, "Apply to all 23 matching").click().run())
    assert value(workspace, "tags", "1") == ["two words"]


@pytest.mark.parametrize(
    ("column", "kind", "given", "wanted"),
    [
        ("kind", "selectbox", "Watch", "Watch"),
        ("on_sale", "selectbox", True, True),
        ("sold", "date_input", date(2001, 2, 3), datetime(2001, 2, 3)),
        ("price", "text_input", "12.5", 12.5),
        ("stock", "text_input", "9007199254740993", 9007199254740993),
        ("year", "number_input", 1999, 1999),
        ("name", "text_area", "*bold* <b>", "*bold* <b>"),
    ],
)
def test_every_kind_has_its_widget(
    page: Any, workspace: Workspace, column: str, kind: str, given: Any, wanted: Any
) -> None:
    at = page()
    at = sound(box(at, "selectbox", "edit column").select(column).run())
    widget = box(at, kind, f"edit value {column}")
    at = sound((widget.select(given) if kind == "selectbox" else widget.set_value(given)).run())
    at = sound(button(at, "Apply to 2 selected").click().run())
    assert value(workspace, column, "1") == wanted
    assert "before" not in words(at)


def test_a_new_class_is_told_with_the_near_ones(workspace: Workspace) -> None:
    made = edit_now(workspace, EditRequest("shop", {"kind": "Shoes"}, ids=IDS))
    told = outcome(made, workspace.catalog("shop"))
    assert told == "kind set to Shoes on 2 images. Nothing had that kind before. Did you mean “Shoe”?"


def test_what_cannot_be_set_is_told_and_the_form_stays(page: Any, workspace: Workspace) -> None:
    at = page()
    assert "Nothing is to be changed" in told(button(at, "Apply to 2 selected").click().run())
    at = sound(box(at, "selectbox", "edit column").select("price").run())
    at = sound(box(at, "text_input", "edit value price").input("cheap").run())
    at = button(at, "Apply to 2 selected").click().run()
    assert "Expected is a number" in told(at)
    assert box(at, "text_input", "edit value price").value == "cheap"


def test_a_large_result_becomes_a_job(page: Any, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.edit.job.MOST_AT_ONCE", 10)
    at = page()
    box(at, "multiselect", "edit add").set_value(["x"])
    sound(button(at, "Apply to all 71 matching").click().run())
    (job,) = workspace.jobs.all(5)
    assert (job.kind, job.parameters["whole"]) == ("edit", True)


def test_hostile_columns_values_and_tags_do_no_harm(page: Any, workspace: Workspace) -> None:
    hit = workspace.searcher("hostile").run(Recipe(limit=1)).hits[0].row.id
    name = workspace.catalog("hostile").metadata[-1]
    at = page("hostile", (hit,))
    at = sound(box(at, "selectbox", "edit column").select(name).run())
    at = sound(box(at, "selectbox", f"edit value {name}").select(HOSTILE[8]).run())
    box(at, "multiselect", "edit add").set_value(["<script>alert(1)</script>", ":material/delete:"])
    at = sound(button(at, "Apply to 1 selected").click().run())
    assert value(workspace, name, hit, "hostile") == HOSTILE[8]
    assert not re.search(r"(?<!\\)<(img|script)", words(at))
    assert "\\<img" in words(at)


def test_the_history_shows_a_page_and_then_more(page: Any, workspace: Workspace) -> None:
    for place in range(22):
        edit_now(workspace, EditRequest("shop", add_tags=[f"t{place}"], ids=["0"]))
    at = page()
    undos = [item for item in at.button if (item.key or "").startswith("undo event")]
    assert len(undos) == 20
    at = sound(button(at, "Show more of 22").click().run())
    assert len([item for item in at.button if (item.key or "").startswith("undo event")]) == 22
