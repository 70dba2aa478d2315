"""The map of a collection as a plotly figure: WebGL points over how many lie where, clusters with their names.

A figure does not know which theme it is shown in; its colours stand out on both, as those of the other charts do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.map.points import HALF, Numbers
from core.map.view import Colouring, MapView
from core.query.area import Corner
from core.query.columns import CLASS_KINDS, Kind
from core.query.english import spoken
from ui.charts import ACCENT, PLOTLY_CONFIG, layout, short
from ui.heatmap import COLOURS, REST

MAP_PX = 620
BAR_PX = 170  # length of the scale of numbers
MOST_SVG = 3_000  # points that are drawn without WebGL
SMALL, MIDDLE, LARGE = 3, 5, 8  # diameter of a point in pixels, by how many there are
MANY, SOME = 6_000, 600
FADED = "rgba(128, 134, 134, 0.32)"
SEQUENCE = ((0.0, "#3b5b92"), (0.5, "#1e8f84"), (1.0, "#e0a526"))
CLOUD = ((0.0, "rgba(128, 134, 134, 0.07)"), (1.0, "rgba(128, 134, 134, 0.42)"))
MOST_NAMES = 30  # of clusters, written on the map
LEAST_NAMED = 0.005  # share of the result that a cluster needs for its name to be written
LETTER, LINE_HEIGHT = 0.21, 0.75  # room that a name takes, in the map's units
TICKS = 5
BUTTONS = ("lasso2d", "select2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d", "toImage")
MAP_CONFIG: dict[str, Any] = PLOTLY_CONFIG | {
    "displayModeBar": True,
    "displaylogo": False,
    "scrollZoom": True,
    "doubleClick": "reset",
    "modeBarButtons": [list(BUTTONS)],
}


@dataclass(frozen=True)
class Part:
    """Points that are drawn as one."""

    name: str
    points: Numbers  # indexes into what the view draws
    colour: Any  # one, or a number for each point
    size: int
    named: bool = False  # in the legend


@dataclass(frozen=True)
class DrawnMap:
    """A figure, and which points each of its traces has: indexes into what the view draws."""

    figure: go.Figure
    traces: tuple[Numbers, ...]


def drawn_map(view: MapView, areas: Sequence[Sequence[Corner]] = (), *, webgl: bool = True) -> DrawnMap:
    """Return the map with the areas that the question asks for outlined."""
    x, y = view.plane.x[view.indexes], view.plane.y[view.indexes]
    parts = parts_of(view)
    figure = go.Figure()
    traces: list[Numbers] = []
    if view.drawn.backdrop is not None:
        figure.add_trace(_cloud(view.drawn.backdrop))
        traces.append(np.empty(0, np.int64))
    kind = go.Scattergl if webgl and len(view.indexes) > MOST_SVG else go.Scatter
    for part in parts:
        figure.add_trace(_points(kind, part, x[part.points], y[part.points], view.colouring))
        traces.append(part.points)
    figure.update_layout(layout("", height=MAP_PX))
    figure.update_layout(
        dragmode="lasso",
        meta={"map": view.plane.key},
        uirevision="map",
        selectionrevision=str(areas),
        margin={"t": 8, "r": 8, "b": 8, "l": 8},
        showlegend=any(part.named for part in parts),
        legend={"x": 0, "y": 1, "itemsizing": "constant", "itemclick": False, "itemdoubleclick": False}
        | {"bgcolor": "rgba(0, 0, 0, 0)"},
        newselection={"line": {"color": ACCENT, "width": 2, "dash": "solid"}},
        annotations=_names(view, x, y),
        shapes=[_outline(corners) for corners in areas],
        hoverdistance=12,
    )
    axis: dict[str, Any] = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_xaxes(axis, range=[-HALF * 1.06, HALF * 1.06])
    figure.update_yaxes(axis, range=[-HALF * 1.06, HALF * 1.06], scaleanchor="x", scaleratio=1)
    return DrawnMap(figure, tuple(traces))


def parts_of(view: MapView) -> list[Part]:
    """What is drawn one over the other: the rest in grey, then the result by what it is coloured by."""
    found = np.arange(len(view.drawn.found))
    rest = np.arange(len(found), len(view.indexes))
    size = SMALL if len(found) > MANY else MIDDLE if len(found) > SOME else LARGE
    parts = [Part("Others", rest, FADED, SMALL)] if len(rest) else []
    return [*parts, *_coloured(view.colouring, found, size, view)] if len(found) else parts


def _coloured(colouring: Colouring | None, found: Numbers, size: int, view: MapView) -> list[Part]:
    if colouring is None:
        return [Part("Images", found, ACCENT, size)]
    if colouring.numbers is not None:
        values = colouring.numbers[found]
        known = np.isfinite(values)
        parts = [Part("Missing", found[~known], REST[1], size)] if not known.all() else []
        return [*parts, Part(colouring.label, found[known], values[known], size)] if known.any() else parts
    assert colouring.codes is not None
    codes = colouring.codes[found]
    colours = colours_of(view)
    named = len(colouring.classes) <= len(COLOURS)
    parts = []
    for code, name, colour in [
        (-1, "Missing", REST[1]),
        (len(colouring.classes), "Others", REST[0]),
        *((code, name, colours[code]) for code, name in enumerate(colouring.classes)),
    ]:
        points = found[codes == code]
        if len(points):
            parts.append(Part(name, points, colour, size, named))
    return parts


def colours_of(view: MapView) -> list[str]:
    """A colour for each class; of more classes than colours those that share one lie far apart."""
    colouring = view.colouring
    assert colouring is not None
    assert colouring.codes is not None
    count = len(colouring.classes)
    if count <= len(COLOURS):
        return list(COLOURS[:count])
    middles = _middles(view)
    chosen: list[int] = []
    for code in range(count):
        away = []
        for colour in range(len(COLOURS)):
            same = [middles[other] for other, taken in enumerate(chosen) if taken == colour]
            away.append(min((float(np.hypot(*(middles[code] - other))) for other in same), default=np.inf))
        chosen.append(int(np.argmax(away)))
    return [COLOURS[colour] for colour in chosen]


def _middles(view: MapView, first: int | None = None) -> npt.NDArray[np.float64]:
    """The median place of each class among the first so many drawn images, or all, shape (classes, 2)."""
    assert view.colouring is not None
    assert view.colouring.codes is not None
    x, y = view.plane.x[view.indexes[:first]], view.plane.y[view.indexes[:first]]
    own = [view.colouring.codes[:first] == code for code in range(len(view.colouring.classes))]
    return np.array([[np.median(x[held]), np.median(y[held])] if held.any() else [0.0, 0.0] for held in own])


def _names(view: MapView, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> list[dict[str, Any]]:
    """The names of the clusters on their places, as many as have room, the largest first."""
    colouring, fact = view.colouring, view.plane.fact
    if colouring is None or colouring.codes is None or fact is None or colouring.column != fact.cluster:
        return []
    written: list[tuple[float, float, float]] = []
    made = []
    result = colouring.codes[: len(view.drawn.found)]
    middles, least = _middles(view, len(result)), max(1, round(LEAST_NAMED * len(result)))
    for code, name in enumerate(colouring.classes):
        at, wide = middles[code], LETTER * min(len(name), 26)
        clear = all(
            abs(at[0] - other[0]) > (wide + other[2]) / 2 or abs(at[1] - other[1]) > LINE_HEIGHT for other in written
        )
        if int((result == code).sum()) >= least and clear and len(written) < MOST_NAMES:
            written.append((float(at[0]), float(at[1]), wide))
            made.append(
                {"x": at[0], "y": at[1], "text": short(name), "showarrow": False, "font": {"size": 12}}
                | {"captureevents": False}
            )
    return made


def _points(
    kind: type[go.Scatter] | type[go.Scattergl],
    part: Part,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    colouring: Colouring | None,
) -> Any:
    marker: dict[str, Any] = {"size": part.size, "color": part.colour, "opacity": 0.8, "line": {"width": 0}}
    if not isinstance(part.colour, str) and colouring is not None:
        marker |= {
            "colorscale": [list(stop) for stop in SEQUENCE],
            "showscale": True,
            "colorbar": _bar(colouring, part.colour),
        }
    return kind(
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        mode="markers",
        marker=marker,
        name=short(part.name),
        showlegend=part.named,
        hoverinfo="none",
        selected_marker_opacity=0.9,
        unselected_marker_opacity=0.35,
    )


def _bar(colouring: Colouring, values: npt.NDArray[np.float64]) -> dict[str, Any]:
    """The scale beside a map that is coloured by numbers."""
    marks = np.linspace(values.min(), values.max(), TICKS)
    if colouring.kind is Kind.YEAR:
        marks = np.unique(np.round(marks))
    words = [_mark(value, colouring.kind, float(np.ptp(values))) for value in marks]
    return {
        "title": {"text": escape(_titled(colouring.label), quote=False), "side": "top"},
        "thickness": 10,
        "lenmode": "pixels",
        "len": BAR_PX,
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yanchor": "top",
        "outlinewidth": 0,
        "tickvals": marks.tolist(),
        "ticktext": words,
    }


def _titled(label: str) -> str:
    """A column's label as words, of bearable length."""
    words = spoken(label)[:40]
    return words[:1].upper() + words[1:]


def _mark(value: float, kind: Kind, spread: float) -> str:
    if kind is Kind.YEAR:
        return str(round(value))
    if kind is Kind.DATE:
        return datetime.fromtimestamp(value, UTC).date().isoformat()
    return f"{value:,.0f}" if spread >= 20 else f"{value:,.2f}"


def _cloud(counts: npt.NDArray[np.int64]) -> go.Heatmap:
    """How many images lie where, so that what is not drawn as a point is seen all the same."""
    shade = np.log1p(counts).astype(np.float32)
    shade[counts == 0] = np.nan
    size = len(counts)
    step = 2 * HALF / size
    return go.Heatmap(
        z=shade,
        x0=-HALF + step / 2,
        dx=step,
        y0=-HALF + step / 2,
        dy=step,
        colorscale=[list(stop) for stop in CLOUD],
        showscale=False,
        hoverinfo="skip",
        zsmooth=False,
    )


def _outline(corners: Sequence[Corner]) -> dict[str, Any]:
    path = " L ".join(f"{x!r},{y!r}" for x, y in corners)
    return {"type": "path", "path": f"M {path} Z", "line": {"color": ACCENT, "width": 2}} | {
        "fillcolor": "rgba(30, 128, 121, 0.08)",
        "layer": "above",
    }


def label_of(colouring: Colouring | None, point: int) -> str:
    """What a point's colour says, for the card beside it."""
    if colouring is None:
        return ""
    if colouring.kind in CLASS_KINDS and colouring.codes is not None:
        code = int(colouring.codes[point])
        return "" if not 0 <= code < len(colouring.classes) else colouring.classes[code]
    assert colouring.numbers is not None
    value = float(colouring.numbers[point])
    return (
        ""
        if not np.isfinite(value)
        else f"{_titled(colouring.label)}: {_mark(value, colouring.kind, 0 if value < 1_000 else 20)}"
    )
