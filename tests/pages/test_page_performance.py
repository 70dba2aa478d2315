"""Performance: its parts, what answers cost over time and by kind, and the slowest with a way to ask again."""

import time
from collections.abc import Iterator

import pytest
from drawn import Open
from shown import button, linked, sound, words
from streamlit.testing.v1 import AppTest

from core.query.recipe import All, OneOf, Recipe, Words
from core.settings import Settings
from core.timings.recorder import Recorder
from core.timings.store import Wanted
from core.workspace import Workspace

PARTS = ("Live", "Limits", "Scale", "Recall", "Storage")


@pytest.fixture
def asked(workspace: Workspace) -> Iterator[Workspace]:
    """A workspace of which some things were asked."""
    workspace.searcher("shop").run(Recipe(All((OneOf("kind", ("Shirt",)),)), limit=5))
    workspace.searcher("shop").run(Recipe(terms=(Words("<b>a *red* shoe</b>"),), limit=3))
    workspace.searcher("wide").run(Recipe())
    workspace.timings.flush()
    yield workspace
    workspace.timings.flush()


def kinds(at: AppTest) -> dict[str, int]:
    (table,) = (frame.value for frame in at.dataframe if "Kind" in frame.value)
    return dict(zip(table["Kind"], table["Answers"], strict=True))


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens(open_page: Open, part: str) -> None:
    at = sound(open_page("performance", collection="shop", part=part))
    assert at.segmented_control(key="part").value == part


def test_an_unknown_part_is_the_first(open_page: Open) -> None:
    at = sound(open_page("performance", collection="shop", part="Nowhere"))
    assert at.segmented_control(key="part").value == "Live"


def test_a_collection_without_images_says_so(open_page: Open) -> None:
    assert "has no images" in words(sound(open_page("performance", collection="gone")))


def test_recall_is_the_audit_of_the_index(open_page: Open) -> None:
    assert "every answer is exact" in words(sound(open_page("performance", collection="shop", part="Recall")))


def test_what_was_asked_stands_by_kind_and_the_slowest_first(open_page: Open, asked: Workspace) -> None:
    at = sound(open_page("performance", asked.folder, collection="shop"))
    assert kinds(at) == {"Queries": 1, "Searches": 1}
    assert len(at.get("plotly_chart")) == 1
    shown = words(at)
    assert "3 of 71 images" in shown
    assert "5 of 24 images" in shown
    assert "\\<b\\>a \\*red\\* shoe" in shown
    assert "Vector search" in shown
    slowest = max(asked.timings.records(Wanted(collection="shop")), key=lambda record: record.milliseconds)
    assert at.button[1 if at.button[0].label == "Look again" else 0].key == f"again {slowest.id}"


def test_other_collections_and_kinds_stand_in_the_link(open_page: Open, asked: Workspace) -> None:
    at = sound(open_page("performance", asked.folder, collection="shop"))
    at.segmented_control(key="live of").set_value("All collections").run()
    assert linked(sound(at), "of") == "All collections"
    assert kinds(at)["Queries"] == 2
    at.selectbox(key="live kind").set_value("page").run()
    assert linked(sound(at), "kind") == "page"
    assert "Performance" in words(at)
    at = sound(open_page("performance", asked.folder, collection="shop", since="Hour", kind="nothing"))
    assert at.selectbox(key="live kind").value == "answers"
    assert at.segmented_control(key="live since").value == "Hour"


def test_one_click_asks_the_same_again(open_page: Open, asked: Workspace) -> None:
    at = sound(open_page("performance", asked.folder, collection="shop"))
    before = len(asked.timings.records(Wanted(("query", "search"), "shop")))
    next(item for item in at.button if item.label == "Run again").click().run()
    assert "this time; it was" in sound(at).toast[0].value
    assert "now " in words(at)
    again = asked.timings.records(Wanted(("query", "search"), "shop"))
    assert len(again) == before + 1
    assert again[0].front == "dashboard"
    assert again[0].recipe in [record.recipe for record in again[1:]]


def test_a_question_that_cannot_be_asked_again_is_told(open_page: Open, asked: Workspace) -> None:
    catalog = asked.catalog("shop")
    recipe = Recipe(terms=(Words("shoe"),))
    result = asked.searcher("shop", catalog).run(recipe)
    asked.timings.note("search", "shop", "A picture", result.timings, milliseconds=9e9, recipe={"image": "0" * 64})
    asked.timings.flush()
    at = sound(open_page("performance", asked.folder, collection="shop"))
    next(item for item in at.button if item.label == "Run again").click().run()
    assert not at.exception
    assert len(at.error) == 1


def test_each_run_of_a_page_is_recorded_with_its_drawing(open_page: Open, asked: Workspace) -> None:
    sound(open_page("explore", asked.folder, collection="shop", text="shoe"))
    recorder = Recorder(asked.folder, 100)
    until, seen = time.monotonic() + 20, recorder.records(Wanted(("page",), "shop"))
    while not seen and time.monotonic() < until:  # the page's own process writes it in a thread
        time.sleep(0.05)
        seen = recorder.records(Wanted(("page",), "shop"))
    (page,) = seen
    assert (page.english, page.front, page.recipe, page.who) == ("Explore", "dashboard", {"text": "shoe"}, "")
    assert {"sql", "fetch", "render"} <= {item.name for item in page.steps}
    total = sum(item.milliseconds for item in page.steps if item.depth == 0)
    assert total == pytest.approx(page.milliseconds, rel=0.01)


def test_took_opens_the_steps_with_their_rows(open_page: Open) -> None:
    at = sound(open_page("search", collection="shop", text="a shoe"))
    shown = words(at)
    assert '<table class="steps">' in shown
    assert "Vector search" in shown
    assert "The page has taken" in shown


def test_nothing_asked_yet_says_what_to_do(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("performance", workspace.folder, collection="shop"))
    assert "Nothing was asked in this time" in words(at)
    assert not at.get("plotly_chart")


def test_without_a_record_the_memory_of_the_server_is_told(
    open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_TIMINGS_KEPT", "0")
    at = sound(open_page("performance", workspace.folder, collection="shop"))
    assert "keeps none" in words(at)
    assert Settings.load().timings_kept == 0
    assert not (workspace.folder / "timings").exists()
    assert button(at, "Look again")
