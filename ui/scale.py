"""Time against the size of the collection: measured at growing sizes of synthetic images like its own."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.collection.planner import MOST_EXACT
from core.lab.estimate import foretelling
from core.lab.growth import Growth
from core.lab.kept import Part
from core.lab.questions import WORDS
from core.lab.scale import GROWING, LARGEST, read_growths
from core.query.recipe import Recipe
from core.workspace import Workspace
from ui.estimate import show_estimate
from ui.lab import chart, files, measured, not_yet, told
from ui.labcharts import Series, against_images
from ui.words import milliseconds, number, plural

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
FORETOLD = 1_000_000  # images to which a fitted line is drawn at the least
NAMES = {
    "facets_ms": "All facets",
    "page_ms": "Sorted page",
    "sample_ms": "Ten at random",
    "crosstab_ms": "Cross-tab",
    "search_ms": "Search",
    "search_filtered_ms": "Filtered search",
    "quick_ms": "Quick search",
    "index_build_s": "Making the index",
    "open_s": "Opening",
    "rss_mb": "Memory",
}
DRAWN = tuple(name for name in GROWING if name.endswith("_ms"))
USUAL = ("facets_ms", "page_ms", "search_ms", "search_filtered_ms")
NO_FIT = "none of them"
COLUMNS = ("images", "figure", "value", "growth", "synthetic")


def show_scale(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """How far to go, the last measurement with what was fitted, and what larger collections would take."""
    st.caption(
        "Synthetic collections of growing size are made in a temporary folder: rows of this one drawn again and again, "
        "numbers and vectors moved a little, real thumbnails repeated. Each is indexed and asked in its own process."
    )
    largest = st.selectbox(
        "Up to",
        SIZES,
        index=SIZES.index(LARGEST),
        format_func=lambda count: f"Up to {plural(count, 'image')}",
        key="scale largest",
        width=220,
        label_visibility="collapsed",
    )
    found = measured(workspace, name, Part.SCALE, {"largest": largest})
    growths: dict[str, Growth | None] = {}
    if found is None:
        not_yet(workspace, name, Part.SCALE, ": what follows rests on assumptions alone.")
    else:
        told(found, catalog)
        growths = read_growths(found)
        _show_measured(found, growths, name)
    show_estimate(workspace, name, found, growths)


def scale_rows(found: Mapping[str, Any], growths: Mapping[str, Growth | None]) -> list[dict[str, Any]]:
    """A line for each figure at each size."""
    return [
        {
            "images": size["rows"],
            "figure": figure,
            "value": value,
            "growth": growths[figure].words if growths.get(figure) else "",  # type: ignore[union-attr]
            "synthetic": True,
        }
        for size in found["sizes"]
        for figure, value in size["figures"].items()
    ]


def _show_measured(found: Mapping[str, Any], growths: Mapping[str, Growth | None], name: str) -> None:
    st.badge("Synthetic images", icon=":material/science:", color="orange")
    there = [figure for figure in DRAWN if all(figure in size["figures"] for size in found["sizes"])]
    usual = [figure for figure in USUAL if figure in there]
    chosen = st.pills(
        "Figures",
        there,
        selection_mode="multi",
        default=usual,
        format_func=lambda figure: NAMES[figure],
        key="scale figures",
        label_visibility="collapsed",
    )
    series = [line for kind, figure in enumerate(chosen or usual) for line in _lines(found, growths, figure, kind)]
    chart(against_images(series, words="Images in the collection"), "scale", f"{name}-scale", "Time against size")
    st.caption(
        "Dotted: what was fitted, as far as a million; of searches as far as every vector is compared, unless larger "
        "collections were measured. Where nothing fits there is no dotted line."
    )
    files("scale", f"{name}-scale", found, lambda: scale_rows(found, growths), COLUMNS)
    st.dataframe([_row(found, growths.get(figure), figure) for figure in NAMES if _has(found, figure)], hide_index=True)


def _has(found: Mapping[str, Any], figure: str) -> bool:
    return all(figure in size["figures"] for size in found["sizes"])


def _lines(found: Mapping[str, Any], growths: Mapping[str, Growth | None], figure: str, kind: int) -> list[Series]:
    """What was measured with its spread, and what was fitted."""
    points = []
    for size in found["sizes"]:
        value, spread = size["figures"][figure], size["spreads"].get(figure, {})
        points.append((size["rows"], value, spread.get("low", value), spread.get("p95", value)))
    lines = [Series(NAMES[figure], points, kind)]
    growth = growths.get(figure)
    if growth is not None:
        first, last = points[0][0], max(points[-1][0], FORETOLD if foretelling({figure: growth}) else MOST_EXACT)
        steps = [first * (last / first) ** (step / 40) for step in range(41)]
        lines.append(
            Series(f"{NAMES[figure]}, fitted", [(size, growth.at(size), 0, 0) for size in steps], kind, fit=True)
        )
    return lines


def _row(found: Mapping[str, Any], growth: Growth | None, figure: str) -> dict[str, str]:
    """What was measured at each size, and how it grows."""
    values = {number(size["rows"]): _in_words(figure, size["figures"][figure]) for size in found["sizes"]}
    grows = NO_FIT if growth is None else growth.words
    return {"Figure": NAMES[figure], **values, "Constant, linear or n log n": grows, "What it is": WORDS[figure]}


def _in_words(figure: str, value: float) -> str:
    if figure.endswith("_mb"):
        return f"{number(round(value))} MB"
    return milliseconds(value if figure.endswith("_ms") else 1000 * value)
