"""The map page: a preview at once, the stored map with its clusters, areas and clicks as filters."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from drawn import Open
from made_up import recorded_as
from shown import button, heading, linked, sent, sound, told, words

from core.jobs.job import State
from core.map.make import make_map
from core.map.request import MapRequest
from core.query.recipe import All, Within
from core.worker import run_job
from core.workspace import Workspace

SHOES = '[["kind","in",["Shoe"]]]'
SQUARE = [-11, 11, 11, -11], [-11, -11, 11, 11]


@pytest.fixture
def mapped(workspace: Workspace) -> Workspace:
    """The workspace in which "shop" has a map."""
    make_map(workspace.folder, workspace.collection("shop"), workspace.catalog("shop"), MapRequest("shop", "pca", 4))
    return workspace


def figure(at: Any) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(at.get("plotly_chart")[0].proto.spec)
    return spec


def key(at: Any) -> str:
    """Of the map that is shown."""
    found: str = figure(at)["layout"]["meta"]["map"]
    return found


def drawn(at: Any, x: list[float], y: list[float], turn: int = 1, map: str = "") -> Any:
    """The page as after an area was drawn on the map that is shown, or on another one."""
    at.session_state["map-events"] = {"turns": [{"turn": turn, "x": x, "y": y, "map": map or key(at)}]}
    return sound(at.run())


def test_without_a_map_there_is_a_preview_and_a_way_to_make_one(open_page: Open) -> None:
    at = sound(open_page("map", collection="shop"))
    assert "A preview by principal components" in words(at)
    assert [item.label for item in at.button if item.key == "map start"] == ["Make the map"]
    points = sent(at, "traces")[0]["traces"]
    assert sum(map(len, points)) == 71
    assert sent(at, "traces")[0]["link"] == ["/api/images/", "/thumbnail?collection=shop&v="]
    assert all(point[3] == "" for trace in points for point in trace)


def test_where_reading_needs_a_token_the_thumbnails_are_signed(
    open_page: Open, mapped: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITRINE_READ_NEEDS_TOKEN", "true")
    at = sound(open_page("map", mapped.folder, collection="shop"))
    id, _, _, signature = sent(at, "traces")[0]["traces"][0][0]
    assert mapped.signer.check(f"/api/images/{id}/thumbnail", f"collection=shop&v=&s={signature}")


def test_an_area_of_a_preview_names_its_images(open_page: Open) -> None:
    at = drawn(sound(open_page("map", collection="shop")), [-11, 0, 0, -11], [-11, -11, 11, 11])
    ((column, word, ids),) = json.loads(linked(at, "where"))
    assert (column, word) == ("id", "in")
    assert 0 < len(ids) < 71
    assert f"{len(ids)} of 71" in heading(at)
    at = drawn(at, [20, 21, 21], [20, 20, 21], turn=2)
    assert "No image lies in that area." in at.warning[0].value


def test_the_stored_map_is_coloured_by_its_named_clusters(open_page: Open, mapped: Workspace) -> None:
    at = sound(open_page("map", mapped.folder, collection="shop"))
    assert "PCA, made" in words(at)
    spec = figure(at)
    names = set(mapped.catalog("shop").columns["map_cluster"].classes)
    assert {trace["name"] for trace in spec["data"]} == names
    assert spec["layout"]["annotations"]
    facets = sent(at, "facets")[0]["facets"]
    assert "Cluster" in [facet["label"] for facet in facets]
    assert "map_x" not in [facet["column"] for facet in facets]


def test_an_area_becomes_a_filter_that_another_one_replaces(open_page: Open, mapped: Workspace) -> None:
    at = sound(open_page("map", mapped.folder, collection="shop", where=SHOES))
    at = drawn(at, [-11, 0, 0, -11], [-11, -11, 11, 11])
    kind, within = json.loads(linked(at, "where"))
    assert kind == ["kind", "in", ["Shoe"]]
    assert (within[0], len(within[1])) == ("within", 4)
    assert "inside the drawn area" in heading(at)
    assert len(figure(at)["layout"]["shapes"]) == 1
    at = drawn(at, *SQUARE, turn=2)
    assert len(json.loads(linked(at, "where"))) == 2
    assert "23 of 71" in heading(at)
    at = sound(button(at, "Clear the area").click().run())
    assert json.loads(linked(at, "where")) == [["kind", "in", ["Shoe"]]]


def test_an_area_is_none_of_a_map_that_was_made_meanwhile(open_page: Open, workspace: Workspace) -> None:
    at = sound(open_page("map", workspace.folder, collection="shop", where=SHOES))
    for turn, clusters in enumerate((4, 5), 1):  # first drawn on a preview
        shown = key(at)
        shop = workspace.collection("shop")
        if turn == 2:
            shop.delete(["1"], "d", datetime(2026, 1, 1))
        make_map(workspace.folder, shop, workspace.catalog("shop"), MapRequest("shop", "pca", clusters))
        at = drawn(at, *SQUARE, turn, shown)
        assert "drawn on another map" in at.warning[0].value
        assert json.loads(linked(at, "where")) == json.loads(SHOES)
        assert key(at) != shown
    at = drawn(at, *SQUARE, turn=3)
    fact = workspace.catalog("shop").map
    assert fact is not None
    assert json.loads(linked(at, "where"))[1][2] == fact.area == key(at)


def test_a_filter_is_drawn_over_the_grey_rest_and_shown_below(open_page: Open, mapped: Workspace) -> None:
    at = sound(open_page("map", mapped.folder, collection="shop", where=SHOES))
    spec = figure(at)
    assert spec["data"][0]["name"] == "Others"
    traces = sent(at, "traces")[0]["traces"]
    assert [len(traces[0]), sum(map(len, traces[1:]))] == [48, 23]
    assert len(sent(at, "tiles")[0]["tiles"]) == 23


def test_a_search_is_highlighted(open_page: Open, mapped: Workspace) -> None:
    at = sound(open_page("map", mapped.folder, collection="shop", text="a shoe", n="10"))
    traces = sent(at, "traces")[0]["traces"]
    assert [len(trace) for trace in traces] == [61, 10]
    assert "most like “a shoe”" in heading(at)
    assert traces[1][0][2].startswith("Similarity: ")


@pytest.mark.parametrize("colour", ["kind", "price", "year", "sold", "on_sale", "-", "nothing", "name"])
def test_it_is_coloured_by_any_column(open_page: Open, mapped: Workspace, colour: str) -> None:
    at = sound(open_page("map", mapped.folder, collection="shop", colour=colour))
    assert sum(map(len, sent(at, "traces")[0]["traces"])) == 71


def test_the_box_changes_the_colour_in_the_link(open_page: Open, mapped: Workspace) -> None:
    at = sound(open_page("map", mapped.folder, collection="shop"))
    at = sound(next(item for item in at.selectbox if item.key == "map colour").select("kind").run())
    assert linked(at, "colour") == "kind"
    assert {trace["name"] for trace in figure(at)["data"]} == {"Shirt", "Shoe", "Watch", "Missing"}


def test_making_a_map_is_a_job(open_page: Open, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.supervisor.Supervisor.ensure", lambda self: None)
    at = sound(open_page("map", workspace.folder, collection="shop"))
    at = sound(at.radio[0].set_value("pca").run())
    at = sound(next(item for item in at.button if item.key == "map start").click().run())
    (job,) = workspace.jobs.under_way()
    assert (job.kind, job.parameters["method"]) == ("map", "pca")
    assert "Make a map of shop by PCA" in "\n".join(item.proto.text for item in at.get("progress"))
    assert run_job(workspace, job.id).state is State.DONE
    assert "PCA, made" in words(sound(at.run()))


def test_images_without_a_place_are_told(open_page: Open, mapped: Workspace) -> None:
    shop = mapped.collection("shop")
    shop.delete(["1", "2"], "d", datetime(2026, 1, 1))
    make_map(mapped.folder, shop, mapped.catalog("shop"), MapRequest("shop", "pca", 4))
    shop.undo_delete("d")
    at = sound(open_page("map", mapped.folder, collection="shop"))
    assert "2 images have no place on the map" in at.info[0].value


def test_a_map_is_another_encoders_by_its_weights_and_not_by_its_name(open_page: Open, mapped: Workspace) -> None:
    shop = mapped.collection("shop")
    shop.rename_encoder(replace(shop.encoder, name="another name"))
    assert not sound(open_page("map", mapped.folder, collection="shop")).info
    recorded_as(shop, replace(shop.encoder, fingerprint="f" * 12))
    assert "another encoder's vectors" in open_page("map", mapped.folder, collection="shop").info[0].value


def test_an_area_of_another_map_is_told(open_page: Open, mapped: Workspace) -> None:
    where = '[["within",[[0,0],[1,0],[0,1]],"0000000000"]]'
    assert "another map" in told(open_page("map", mapped.folder, collection="shop", where=where))


@pytest.mark.parametrize("page", ["map", "explore", "search"])
def test_an_area_without_a_map_is_told(open_page: Open, page: str) -> None:
    assert "has no map" in told(open_page(page, collection="shop", where='[["within",[[0,0],[1,0],[0,1]]]]'))


def test_without_webgl_less_is_drawn_and_told(open_page: Open, mapped: Workspace) -> None:
    at = open_page("map", mapped.folder, collection="shop")
    at.session_state["map-events"] = {"turns": [{"turn": 1, "webgl": False}]}
    at = sound(at.run())
    assert "no WebGL" in words(at)
    assert {trace["type"] for trace in figure(at)["data"]} == {"scatter"}


def test_what_a_browser_sends_is_not_trusted(open_page: Open, mapped: Workspace) -> None:
    at = open_page("map", mapped.folder, collection="shop")
    for turn, sent_turn in enumerate(
        [{"x": "a", "y": [1]}, {"x": [1, 2, None], "y": [1, 2, 3]}, {"x": [True] * 4, "y": [1] * 4}, {"x": [1e99] * 4}],
        1,
    ):
        at.session_state["map-events"] = {"turns": [{"turn": turn, **sent_turn}]}
        at = sound(at.run())
        assert "where" not in at.query_params
        assert "cannot be read" in at.warning[0].value


@pytest.mark.parametrize("name", ["one", "two", "gone", "hostile", "wide", "prose"])
def test_collections_of_every_shape_have_their_page(open_page: Open, name: str) -> None:
    at = sound(open_page("map", collection=name))
    if name in ("one", "two"):
        assert "at least three images" in at.info[0].value
    if name == "hostile":
        assert "<script>" not in at.get("plotly_chart")[0].proto.spec


@pytest.mark.parametrize("page", ["explore", "search", "compare"])
def test_an_area_is_a_filter_on_the_other_pages(open_page: Open, mapped: Workspace, page: str) -> None:
    where = '[["within",[[-11,-11],[0,-11],[0,11],[-11,11]]]]'
    at = sound(open_page(page, mapped.folder, collection="shop", where=where, a="question"))
    count = mapped.catalog("shop").count(All((Within(((-11.0, -11.0), (0.0, -11.0), (0.0, 11.0), (-11.0, 11.0))),)))
    assert 0 < count < 71
    if page == "explore":
        assert f"{count} of 71" in heading(at)
        assert 'within:\\"-11,-11' in "\n".join(
            item.proto.mixed.json + item.proto.json for item in at.get("bidi_component")
        )
    elif page == "compare":
        assert next(item.value for item in at.metric) == str(count)


@pytest.mark.parametrize("page", ["map", "explore", "search"])
def test_an_area_of_another_map_can_be_left_out_and_the_rest_stays(
    open_page: Open, mapped: Workspace, page: str
) -> None:
    where = json.dumps([["kind", "in", ["Shoe"]], ["within", [[-11, -11], [11, -11], [11, 11]], "gone"]])
    at = open_page(page, mapped.folder, collection="shop", where=where)
    assert "drawn on another map" in told(at)
    button(at, "Leave the area out").click().run()
    assert json.loads(linked(sound(at), "where") or "") == json.loads(SHOES)


@pytest.mark.parametrize("far", [10**400, float("nan"), float("inf"), 1e300], ids=["long", "nan", "infinite", "far"])
def test_what_no_map_has_is_no_area(open_page: Open, mapped: Workspace, far: float) -> None:
    at = sound(open_page("map", mapped.folder, collection="shop"))
    at = drawn(at, [-1, 1, far], [-1, -1, 1])
    assert "where" not in at.query_params
    assert "Its point 3 is no place on the map" in at.warning[0].value
    assert "Draw it again" in at.warning[0].value
    at = drawn(at, [0.5] * 501, [0.1] * 501, 2)
    assert "where" not in at.query_params
    assert "cannot be read" in at.warning[0].value


@pytest.mark.parametrize("edge", ["NaN", "Infinity", "1e999", '"1"', "null"])
def test_an_area_in_a_link_with_no_number_is_told(open_page: Open, mapped: Workspace, edge: str) -> None:
    said = told(open_page("map", mapped.folder, collection="shop", where=f'[["within",[[0,0],[1,0],[0,{edge}]]]]'))
    assert "its corner 3 is" in said
    assert "Write its corners in order" in said
