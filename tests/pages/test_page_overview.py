"""Overview: what is in the collection, at a glance."""

from pathlib import Path

import pytest
from drawn import Open
from shown import button, heading, ids, linked, sent, sound, told, words

from core.collection.schema import EncoderFact
from core.workspace import Workspace
from tests.made_up import recorded_as


def test_the_search_box_comes_before_the_images_charts_and_health(open_page: Open) -> None:
    at = sound(open_page("overview", collection="shop"))
    assert at.title[0].value == "shop"
    assert at.text_input[0].placeholder.startswith("Search 71 images")
    assert len(ids(at)) == 12
    assert "12 of 71 images, at random" in [item.value for item in at.subheader]
    assert len(at.get("plotly_chart")) == 6
    metrics = {item.label: item.value for item in at.metric}
    assert metrics.pop("Last ingest") in ("just now", "1 min ago", "2 min ago")  # a slow machine draws for a while
    assert metrics == {"Images": "71", "Encoder": "vitrine-clip", "Index": "None needed"}
    assert "season 24" in words(at).replace("\\", "")


def test_words_lead_to_search(open_page: Open) -> None:
    at = open_page("overview", collection="shop")
    at.text_input[0].set_value("  a red dress ").run()
    sound(at)
    assert linked(at, "text") == "a red dress"
    assert "a red dress" in heading(at)
    assert sent(at, "tiles")[0]["tiles"][0][6]


def test_blank_words_lead_nowhere(open_page: Open) -> None:
    at = open_page("overview", collection="shop")
    at.text_input[0].set_value("   ").run()
    assert "text" not in at.query_params
    assert heading(sound(at)) == "shop"


def test_other_images_are_drawn_and_the_link_draws_the_same(open_page: Open) -> None:
    at = open_page("overview", collection="shop")
    before = ids(at)
    button(at, "Draw again").click().run()
    assert linked(at, "seed") == "1"
    assert ids(sound(at)) != before
    assert ids(open_page("overview", collection="shop", seed="1")) == ids(at)


@pytest.mark.parametrize("seed", ["9" * 5_000, "-1", "²", "x", ""])
def test_a_seed_that_makes_no_sense_draws_anyway(open_page: Open, seed: str) -> None:
    assert len(ids(sound(open_page("overview", collection="shop", seed=seed)))) == 12


def test_without_any_collection_the_way_to_the_first_one_is_shown(open_page: Open, empty_workspace: Path) -> None:
    for page in ("overview", "explore", "search", "collection"):
        at = sound(open_page(page, empty_workspace))
        assert at.title[0].value == "Bring in your images"
        assert [item.label for item in at.text_input][:2] == ["Source", "Collection"]


def test_the_first_collection_is_shown_when_the_link_names_none(open_page: Open) -> None:
    at = sound(open_page("overview"))
    assert linked(at, "collection") == "gone"
    assert [item.label for item in at.selectbox] == ["Collection"]


def test_another_collection_starts_a_new_question(open_page: Open) -> None:
    at = open_page("explore", collection="shop", where='[["kind","in",["Shoe"]]]')
    at.session_state["selected"] = ["1"]
    next(item for item in at.selectbox if item.label == "Collection").select("wide").run()
    assert "where" not in at.query_params
    assert linked(at, "collection") == "wide"
    assert "12 images" in heading(sound(at))
    assert "selected" not in at.session_state


@pytest.mark.parametrize("page", ["overview", "explore", "search", "collection"])
def test_an_unknown_collection_is_told_and_left_behind(open_page: Open, page: str) -> None:
    at = open_page(page, collection="shoop")
    assert "There is no collection “shoop”" in told(at)
    button(at, "Start again").click().run()
    sound(at)
    assert linked(at, "collection") == "gone"


@pytest.mark.parametrize("name", ["../../etc", "<script>", "a" * 3_000, "\0", "nul\nline"])
def test_a_collection_of_a_hostile_name_is_told(open_page: Open, name: str) -> None:
    assert told(open_page("explore", collection=name))


@pytest.mark.parametrize("page", ["overview", "explore", "search", "collection"])
@pytest.mark.parametrize("name", ["one", "two", "wide", "prose", "hostile", "gone"])
def test_collections_of_every_shape_are_shown(open_page: Open, page: str, name: str) -> None:
    sound(open_page(page, collection=name))


def test_a_collection_without_images_says_where_to_get_some(open_page: Open) -> None:
    for page in ("overview", "explore", "search"):
        at = sound(open_page(page, collection="gone"))
        assert "has no images" in at.info[0].value


def test_a_workspace_that_cannot_be_used_is_told(open_page: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert "cannot be used" in told(open_page("overview", tmp_path / "file"))


def test_a_fault_of_ours_is_told_without_a_traceback(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Workspace, "catalog", fail)
    at = open_page("overview", collection="shop")
    assert not at.exception
    assert "RuntimeError" in at.error[0].value
    assert "secret" not in at.error[0].value


def test_an_encoder_that_is_gone_is_told(open_page: Open, workspace: Workspace) -> None:
    recorded_as(workspace.collection("shop"), EncoderFact("/no/such/folder", 256, "0" * 12))
    at = sound(open_page("overview", workspace.folder, collection="shop"))
    assert "/no/such/folder" in at.warning[0].value
    assert "vitrine embed" in at.warning[0].value


def test_images_without_a_vector_are_told(open_page: Open, workspace: Workspace, half_encoder: Path) -> None:
    deletion = workspace.delete("shop", ["3"])
    workspace.embed("shop", str(half_encoder))
    at = sound(open_page("overview", workspace.folder, collection="shop"))
    assert not at.warning
    workspace.undo_delete("shop", deletion)
    at = sound(open_page("overview", workspace.folder, collection="shop"))
    assert "1 image has no vector" in at.warning[0].value
    assert "vitrine embed --collection shop" in at.warning[0].value
