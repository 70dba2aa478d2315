"""Two runs beside each other, and the report."""

import json
from pathlib import Path

import pytest

from core.errors import InputError
from core.lab.compare import compare, read_bench
from core.lab.report import figure_chart, html_report

MACHINE = {"cores": 2, "processor": "A <b>chip</b>", "system": "Linux", "load_before": 0.1, "memory_mb": 8_000}
OLD = {
    "rows": 1_000_000,
    "machine": MACHINE,
    "figures": {"facets_ms": 10.0, "page_ms": 20.0, "search_ms": 8.0, "search_recall": 0.998, "rss_mb": 2_000.0},
    "baselines": {"polars": {"what": "Polars", "facets_ms": 100.0, "rss_mb": 900.0}},
}
NEW = {
    **OLD,
    "figures": {"facets_ms": 15.0, "page_ms": 10.0, "search_ms": 8.4, "search_recall": 0.99, "rss_mb": 2_100.0},
    "baselines": {"polars": {"what": "Polars", "facets_ms": 150.0}, "faiss": {"what": "FAISS", "absent": "not here"}},
}


def test_every_figure_becomes_a_ratio_and_a_verdict() -> None:
    found = compare(OLD, NEW)
    by_name = {one.figure: one for one in found.changes}
    assert {name: one.ratio for name, one in by_name.items()} == {
        "facets_ms": 1.5,
        "page_ms": 0.5,
        "search_ms": 1.05,
        "search_recall": 0.992,
        "rss_mb": 1.05,
        "polars.facets_ms": 1.5,
    }
    assert [by_name[name].verdict for name in by_name] == ["slower", "faster", "same", "worse", "same", "slower"]
    assert [one.figure for one in found.regressions] == ["facets_ms", "search_recall"]
    assert found.notes == ()
    assert json.loads(json.dumps(found.told()))["regressions"] == ["facets_ms", "search_recall"]


def test_very_short_times_differ_by_chance() -> None:
    old, new = ({**OLD, "figures": {"sample_ms": value}} for value in (0.2, 0.5))
    assert compare(old, new).regressions == ()


def test_what_makes_runs_incomparable_is_said() -> None:
    other = {**NEW, "rows": 5, "machine": {**MACHINE, "cores": 64, "load_before": 99.0}}
    notes = " ".join(compare(OLD, other).notes)
    assert "1,000,000 rows" in notes
    assert "another machine" in notes
    assert "busy" in notes


@pytest.mark.parametrize("text", ["", "[]", '{"rows": 1}', '{"figures": {}, "rows": "many"}'])
def test_a_file_without_figures_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(text)
    with pytest.raises(InputError):
        read_bench(path)
    with pytest.raises(InputError, match=r"gone\.json cannot be read"):
        read_bench(tmp_path / "gone.json")


def test_the_report_stands_alone_and_shows_text_as_text() -> None:
    page = html_report({**NEW, "at": "2026-01-02", "versions": {"duckdb": "2.0.0"}}, compare(OLD, NEW))
    assert page.startswith("<!doctype html>")
    assert "A &lt;b&gt;chip&lt;/b&gt;" in page
    assert "<b>chip</b>" not in page
    assert "Vitrine with 1,000,000 images" in page
    assert "Plotly.newPlot" in page
    assert 'src="http' not in page
    assert "not here" in page
    assert "slower" in page


def test_a_figure_is_drawn_beside_the_baselines_that_have_it() -> None:
    chart = figure_chart(NEW, "facets_ms")
    assert chart is not None
    assert list(chart[1].data[0].x) == [15.0, 150.0]
    assert figure_chart(NEW, "page_ms") is None
