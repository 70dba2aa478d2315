"""Time against the number of images asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.collection.catalog import Catalog
from core.lab.kept import Part
from core.lab.limits import LIMITS, MOST_RECIPES, PROCESSING, STEPS
from core.query.english import sentence
from core.query.recipe import Recipe
from core.query.url import to_parameters
from core.views import Views
from core.workspace import Workspace
from ui.errors import plain
from ui.lab import chart, files, measured, not_yet, told
from ui.labcharts import Series, against_images
from ui.words import milliseconds, number, plural

REPETITIONS = (1, 3, 5, 10)
SECONDS = (10, 60, 600)
THIS, EVERYTHING = "The question on Explore and Search", "Every image"
COLUMNS = ("recipe", "limit", "images", "step", "median_ms", "low_ms", "high_ms", "runs")
LABELS = {"query": "Query", "fetch": "Fetch"}
PROCESS = "Processing"


def show_limits(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> None:
    """What is to be measured, then the last measurement: a chart, a table, and files."""
    st.caption(
        "A question is asked, its images fetched, and each of them read, decoded, augmented and encoded, for more and "
        "more images; one thread does it. What would take too long is left out."
    )
    asked = _asked(workspace, catalog, name, recipe)
    found = measured(workspace, name, Part.LIMITS, asked)
    if found is None:
        not_yet(workspace, name, Part.LIMITS, ". Choose limits and press Measure.")
        return
    told(found, catalog)
    if not found["points"]:
        st.info("No image passes what was asked for.", icon=":material/filter_alt_off:")
        return
    shown = _shown(found)
    chart(against_images(_series(found, shown)), "limits", f"{name}-limits", "Time against the number of images")
    for item in found["left_out"]:
        step = LABELS.get(item["step"], PROCESS)
        count, time = plural(int(item["images"]), "image"), milliseconds(1000 * item["seconds"])
        st.caption(f"{step} of {count} was left out: it would take {time}.")
    files("limits", f"{name}-limits", found, lambda: limit_rows(found), COLUMNS)
    st.dataframe(_table(found), hide_index=True)


def limit_rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line for each step at each limit."""
    return [
        {
            "recipe": found["recipes"][point["recipe"]]["english"],
            "limit": point["limit"] or "all",
            "images": point["images"],
            "step": point["step"],
            **{f"{which}_ms": point["milliseconds"][which] for which in ("median", "low", "high")},
            "runs": point["milliseconds"]["runs"],
        }
        for point in found["points"]
    ]


def _asked(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe) -> dict[str, Any]:
    """The controls, and the request that they make."""
    offered: dict[str, Mapping[str, str]] = {}
    if recipe != Recipe():
        offered[THIS] = to_parameters(recipe)
    offered[EVERYTHING] = to_parameters(Recipe())
    views = Views(workspace.folder, name, catalog.columns, workspace.keep_uploads).listing()
    offered |= {view.name: view.parameters for view in [*views.views, *views.examples]}
    chosen = st.multiselect(
        "Recipes",
        list(offered),
        [next(iter(offered))],
        max_selections=MOST_RECIPES,
        key=f"limits recipes of {name}",
        help="The question in the link, every image, and saved views.",
    )
    if THIS in chosen:
        st.caption(plain(sentence(recipe, catalog.columns)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        limits = st.pills(
            "Images",
            list(LIMITS),
            selection_mode="multi",
            default=list(LIMITS),
            format_func=lambda limit: number(limit) if limit else "All",
            key="limits sizes",
        )
        repetitions = st.selectbox("Repetitions", REPETITIONS, index=1, key="limits repetitions", width=120)
        seconds = st.selectbox(
            "A step at most",
            SECONDS,
            index=1,
            format_func=lambda count: milliseconds(1000 * count),
            key="limits seconds",
            width=140,
        )
        processing = st.toggle("Decode, augment, encode", value=True, key="limits processing")
    recipes = [dict(offered[one]) for one in chosen] or [dict(offered[next(iter(offered))])]
    return {
        "recipes": recipes,
        "limits": list(limits) or list(LIMITS),
        "repetitions": repetitions,
        "processing": processing,
        "seconds": seconds,
    }


def _shown(found: Mapping[str, Any]) -> bool:
    """Whether the steps of processing are drawn one by one, where there are any."""
    if not any(point["step"] in PROCESSING for point in found["points"]):
        return False
    return bool(st.toggle("Steps of processing one by one", key="limits steps"))


def _series(found: Mapping[str, Any], apart: bool) -> list[Series]:
    """A line for each recipe and step; processing as the sum of its steps unless they are wanted apart."""
    series = []
    several = len(found["recipes"]) > 1
    for place, recipe in enumerate(found["recipes"]):
        points = [point for point in found["points"] if point["recipe"] == place]
        after = f", {recipe['english']}" if several else ""
        steps = [*LABELS, *(PROCESSING if apart else ())]
        for kind, step in enumerate(steps):
            own = [_point(point) for point in points if point["step"] == step]
            if own:
                series.append(Series(LABELS.get(step, step.capitalize()) + after, own, kind, place))
        if not apart and (summed := _summed(points)):
            series.append(Series(PROCESS + after, summed, len(LABELS), place))
    return series


def _point(point: Mapping[str, Any]) -> tuple[float, float, float, float]:
    spread = point["milliseconds"]
    return point["images"], spread["median"], spread["low"], spread["high"]


def _summed(points: Sequence[Mapping[str, Any]]) -> list[tuple[float, float, float, float]]:
    """Decoding, augmenting and encoding together, with reading the originals, by number of images."""
    sums: dict[float, list[float]] = {}
    for point in points:
        if point["step"] in PROCESSING:
            images, *times = _point(point)
            held = sums.setdefault(images, [0.0, 0.0, 0.0])
            sums[images] = [one + more for one, more in zip(held, times, strict=True)]
    return [(images, *times) for images, times in sorted(sums.items())]  # type: ignore[misc]


def _table(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    several = len(found["recipes"]) > 1
    return [
        {
            **({"Recipe": found["recipes"][point["recipe"]]["english"]} if several else {}),
            "Images": point["images"],
            "Step": STEPS[point["step"]].capitalize(),
            "Median": milliseconds(point["milliseconds"]["median"]),
            "From": milliseconds(point["milliseconds"]["low"]),
            "To": milliseconds(point["milliseconds"]["high"]),
            "An image": milliseconds(point["milliseconds"]["median"] / max(1, point["images"])),
        }
        for point in found["points"]
    ]
