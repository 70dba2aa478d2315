"""Performance: limits, sizes and stores; each is measured by a job, drawn, and taken along."""

import json
from typing import Any

import pytest
from drawn import Open
from shown import button, sound, words
from streamlit.testing.v1 import AppTest

from core.jobs.supervisor import Supervisor
from core.lab.kept import Part, keep, latest, record_of
from core.lab.scale import fitted
from core.operations.lab import run_lab
from core.query.recipe import All, OneOf, Recipe
from core.query.url import to_parameters
from core.workspace import Workspace
from ui.estimate import duration
from ui.labcharts import Series, against_images, store_bars
from ui.limits import limit_rows
from ui.scale import scale_rows
from ui.storage import storage_rows

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "ensure", lambda self: None)


def shown(open_page: Open, workspace: Workspace, part: str, **link: str) -> AppTest:
    return sound(open_page("performance", workspace.folder, collection="shop", part=part, **link))


def table(at: AppTest, column: str) -> Any:
    return next(frame.value for frame in at.dataframe if column in frame.value)


@pytest.mark.parametrize("part", ["Limits", "Scale", "Storage"])
def test_nothing_is_measured_until_it_is_asked_for(open_page: Open, workspace: Workspace, part: str) -> None:
    at = shown(open_page, workspace, part)
    assert "Nothing was measured here yet" in words(at)
    button(at, "Measure").click().run()
    (job,) = workspace.jobs.under_way()
    assert (job.kind, job.collection, job.parameters["part"], job.writes) == ("lab", "shop", part.lower(), False)
    assert button(sound(at), "Measure").disabled
    assert any("Measure" in item.proto.text for item in at.get("progress")) or "Measure" in words(at)


def test_limits_are_chosen_measured_and_drawn(open_page: Open, workspace: Workspace) -> None:
    where = to_parameters(Recipe(All((OneOf("kind", ("Shirt",)),))))["where"]
    at = shown(open_page, workspace, "Limits", where=where)
    button(at, "Measure").click().run()
    (job,) = workspace.jobs.under_way()
    asked = job.parameters["asked"]
    assert asked["recipes"][0]["where"] == where
    assert (asked["limits"], asked["repetitions"], asked["processing"]) == ([10, 100, 1_000, 10_000, 0], 3, True)
    workspace.jobs.cancel(job.id)
    run_lab(workspace, "shop", "limits", {**asked, "repetitions": 1, "limits": [10, 0]})
    at = shown(open_page, workspace, "Limits")
    assert len(at.get("plotly_chart")) == 1
    steps = table(at, "Step")
    assert set(steps["Images"]) == {10, 24}
    assert len(steps) == 12
    drawn = json.loads(at.get("plotly_chart")[0].proto.spec)["data"]
    assert [line["name"] for line in drawn] == ["Query", "Fetch", "Processing"]
    next(item for item in at.toggle if item.key == "limits steps").set_value(True).run()
    drawn = json.loads(sound(at).get("plotly_chart")[0].proto.spec)["data"]
    assert [line["name"] for line in drawn] == ["Query", "Fetch", "Read", "Decode", "Augment", "Encode"]
    found = latest(workspace.folder, "shop", Part.LIMITS)
    assert found is not None
    assert len(limit_rows(found)) == 12


def test_sizes_are_drawn_with_what_was_fitted_and_estimated(open_page: Open, workspace: Workspace) -> None:
    keep(workspace.folder, record_of(Part.SCALE, "shop", 1, 71, scale_record()))
    at = shown(open_page, workspace, "Scale")
    assert "Synthetic images" in words(at)
    measured = table(at, "Constant, linear or n log n").set_index("Figure")
    assert measured["1,000"]["Search"] == "7.0 ms"
    grown = measured["Constant, linear or n log n"]
    assert grown["All facets"].startswith("linear")
    assert grown["Search"].startswith("constant")
    assert grown["Opening"] == "none of them"
    drawn = json.loads(at.get("plotly_chart")[0].proto.spec)["data"]
    assert [line["name"] for line in drawn] == ["All facets", "All facets, fitted", "Search", "Search, fitted"]
    sizes = table(at, "To embed").set_index("Images")
    assert list(sizes.index) == ["1,000,000", "10,000,000", "100,000,000", "1,000,000,000"]
    assert sizes["All facets"]["1,000,000"] == "1.0 s"
    assert "Measured up to 100,000 images" in words(at)
    before = sizes["To embed"]["1,000,000"]
    next(item for item in at.number_input if item.key == "assumed machines").set_value(100.0).run()
    assert table(sound(at), "To embed").set_index("Images")["To embed"]["1,000,000"] != before
    locked = {item.key for item in at.number_input if item.disabled}
    assert "assumed facets_ms" in locked
    assert "assumed search_ms" not in locked  # of so few images every vector is compared, of a million it is not
    assert sizes["Search"]["1,000,000"] == "20 ms"


def test_without_a_measurement_assumptions_stand_alone(open_page: Open, workspace: Workspace) -> None:
    at = shown(open_page, workspace, "Scale")
    assert "assumptions alone" in words(at)
    assert table(at, "To embed").set_index("Images")["Search"]["1,000,000"] == "20 ms"


def test_stores_stand_beside_each_other(open_page: Open, workspace: Workspace) -> None:
    run_lab(workspace, "shop", "storage", {"images": 20, "rounds": 1})
    at = shown(open_page, workspace, "Storage")
    found = latest(workspace.folder, "shop", Part.STORAGE)
    assert found is not None
    assert len(table(at, "Store")) == len(storage_rows(found)) == len(found["points"])
    assert len(at.get("plotly_chart")) == len({point["cold"] for point in found["points"]})
    assert "20 images of 71" in words(at)


def test_a_collection_that_has_changed_since_says_so(open_page: Open, workspace: Workspace) -> None:
    run_lab(workspace, "shop", "storage", {"images": 5, "rounds": 1})
    workspace.delete("shop", ["1"])
    assert "The collection has changed since" in words(shown(open_page, workspace, "Storage"))


def test_charts_take_text_as_text_and_leave_out_what_a_log_axis_cannot_show() -> None:
    figure = against_images([Series("<b>x</b>", [(10, 1, 0.5, 2), (0, 1, 1, 1), (100, 0, 0, 0)])])
    assert list(figure.data[0].x) == [10]
    assert figure.data[0].name == "&lt;b&gt;x&lt;/b&gt;"
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert list(against_images([]).data) == []
    bars = store_bars([("<i>zip</i>", 5.0, 4.0, 7.0, False)], words="ms")
    assert "&lt;i&gt;" in bars.layout.yaxis.ticktext[0]
    assert (bars.data[0].error_x.array[0], bars.data[0].error_x.arrayminus[0]) == (2.0, 1.0)


def test_long_times_are_told_in_days_and_years() -> None:
    assert [duration(seconds) for seconds in (90, 86_400, 864_000, 94_608_000)] == [
        "1 min 30 s",
        "24 h",
        "10 days",
        "3 years",
    ]


def scale_record() -> dict[str, Any]:
    figures = [{"facets_ms": size / 1_000, "search_ms": 7.0, "open_s": size**2 / 1e9} for size in SIZES]
    sizes = [
        {"rows": size, "figures": one, "spreads": {}, "details": {}} for size, one in zip(SIZES, figures, strict=True)
    ]
    growths = {name: None if one is None else vars(one) for name, one in fitted(SIZES, figures).items()}
    record = {"sizes": sizes, "growths": growths, "synthetic": True, "of": "shop", "dimension": 256, "seconds": 1.0}
    assert len(scale_rows(record, {})) == len(SIZES) * 3
    return record
