"""Bar charts in one look: the result in the accent colour before the whole collection in grey, exact counts as text.

A figure does not know which theme it is shown in: its colours stand out on both, and its words take the page's colour
from the page style.

Figures carry positions on their axes and the labels beside them, because plotly reads labels as numbers, dates or
markup where it can: "2007" stays a year, "<b>" stays three letters.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from ui.words import number, share

Rows = Sequence[tuple[str, int, int]]
"""Label, count in the result, count in the whole collection."""

ACCENT = "#1e8079"
"""Contrast 4.7 on the light and 3.8 on the dark background."""
MUTED = "rgba(30, 128, 121, 0.32)"
"""The result's bars beside those that were chosen."""
GREY = "rgba(128, 134, 134, 0.26)"
GRID = "rgba(128, 134, 134, 0.16)"
LINE = "rgba(128, 134, 134, 0.35)"

PLOTLY_CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
"""Pass as `config` to every chart."""

FORMATS = ("png", "svg")

BAR_PX = 26
"""Height of one horizontal bar with its gap."""
LETTER_PX = 7
"""Room for one letter of the numbers beside the bars, which must fit on a narrow page too."""
COLUMNS_PX = 190
LETTERS = 26
"""Longer labels are cut on the axis and whole on hover."""
MOST_PLACES = 1_000
TICKS = 8
"""Labels under columns; the first and the last always have one where they fit."""


def saving(filename: str, format: str = "png") -> dict[str, Any]:
    """Return the `config` of a chart that a reader can save as a picture: one button, shown on hover."""
    picture = {"format": format if format in FORMATS else "png", "filename": filename, "scale": 2}
    return PLOTLY_CONFIG | {
        "displayModeBar": "hover",
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": picture,
    }


def bars(rows: Rows, *, title: str, tail: Rows = (), chosen: Collection[int] = ()) -> go.Figure:
    """Return horizontal bars, the longest first, for categories; `rows` are at most about twenty.

    `tail` stays last whatever its length: what is no class of its own, such as all others together or missing values.
    `chosen` are the places of bars that the question asks for, from the top.
    """
    ranked = [*sorted(rows, key=lambda row: (-row[1], -row[2], row[0])), *tail]
    places = list(range(len(ranked)))
    figure = go.Figure([_whole(ranked, places, "h"), _result(ranked, places, "h", chosen)])
    most = max((max(row[1:]) for row in ranked), default=1)
    figure.update_layout(layout(title, height=title_px(title) + 12 + BAR_PX * max(len(ranked), 1)), bargap=0.34)
    figure.update_layout(margin_r=16 + LETTER_PX * max((len(_numbers(*row[1:])) for row in ranked), default=0))
    figure.update_xaxes(visible=False, range=[0, max(most, 1)], fixedrange=True)
    figure.update_yaxes(
        autorange=False,
        range=[len(ranked) - 0.5, -0.5],
        tickvals=places,
        ticktext=[f"\N{THIN SPACE}{short(label)} " for label, _, _ in ranked],
        showgrid=False,
        zeroline=False,
        ticks="",
        automargin=True,
        fixedrange=True,
    )
    return figure


def columns(
    rows: Rows, *, title: str, axis: Sequence[str] = (), chosen: Collection[int] = (), brush: bool = False
) -> go.Figure:
    """Return upright columns in the order given, for years and binned numbers.

    `axis` are shorter words to stand below them; with `brush` a reader drags over the columns to choose a range.
    """
    places = list(range(len(rows)))
    words = axis or [row[0] for row in rows]
    figure = go.Figure([_whole(rows, places, "v"), _result(rows, places, "v", chosen)])
    if brush:
        figure.update_layout(dragmode="select", selectdirection="h", newselection_line={"color": ACCENT, "width": 1})
    marked = ticks(len(rows))
    figure.update_layout(layout(title, height=title_px(title) + COLUMNS_PX), bargap=0.12 if len(rows) > 1 else 0.8)
    figure.update_xaxes(
        range=[-0.5, max(len(rows), 1) - 0.5],
        tickvals=marked,
        ticktext=[short(words[place]) for place in marked],
        tickangle=0,
        showgrid=False,
        zeroline=False,
        ticks="",
        fixedrange=True,
    )
    figure.update_yaxes(
        nticks=4,
        tickformat=",",
        gridcolor=GRID,
        zeroline=True,
        zerolinecolor=LINE,
        rangemode="tozero",
        automargin=True,
        fixedrange=True,
    )
    return figure


def selection_to_value(event: object) -> list[str]:
    """Return the labels a person clicked, in order, from what `st.plotly_chart(on_select="rerun")` returns."""
    points = field(field(event, "selection"), "points")
    if not isinstance(points, list | tuple):
        return []
    labels = [_label(point) for point in points]
    return list(dict.fromkeys(label for label in labels if label is not None))


def picked_places(event: object, axis: str) -> list[int]:
    """Return the places that a person clicked or dragged over, along the axis ("x" or "y") that carries places."""
    selection = field(event, "selection")
    boxes = field(selection, "box")
    if isinstance(boxes, list | tuple) and boxes:
        return _boxed(field(boxes[0], axis))
    points = field(selection, "points")
    found = [field(point, axis) for point in points] if isinstance(points, list | tuple) else []
    return list(dict.fromkeys(round(place) for place in found if isinstance(place, int | float) and place >= 0))


def _boxed(sides: object) -> list[int]:
    """The places whose middle lies in a box; of a box between two middles the nearest place."""
    if not isinstance(sides, list | tuple) or len(sides) != 2:
        return []
    if not all(isinstance(side, int | float) and math.isfinite(side) for side in sides):
        return []
    low, high = max(0.0, min(sides)), max(sides)
    first, last = math.ceil(low), math.floor(high)
    return (
        list(range(first, min(last, first + MOST_PLACES) + 1)) if first <= last else [max(0, round((low + high) / 2))]
    )


def short(label: str) -> str:
    """Return a label that fits an axis, as text and not as markup."""
    line = " ".join(label.split())
    cut = line if len(line) <= LETTERS else line[: LETTERS - 1].rstrip() + "…"
    return escape(cut, quote=False)


def ticks(count: int) -> list[int]:
    """Return the places of columns that get a label: evenly spaced, few enough to be read."""
    step = -(-count // TICKS) if count else 1
    return list(range(0, count, step))


def _whole(rows: Rows, places: list[int], direction: str) -> go.Bar:
    """The grey bars behind; lying down they carry the numbers, so that a number never lies on a bar."""
    texts = [_numbers(count, total) for _, count, total in rows]
    words = {"text": texts, "textposition": "outside"} if direction == "h" else {}
    lengths = [max(count, total) for _, count, total in rows]
    return _bar(rows, places, lengths, direction, {"marker_color": GREY, **words})


def _result(rows: Rows, places: list[int], direction: str, chosen: Collection[int]) -> go.Bar:
    """The accent-coloured bars in front; where some are chosen the rest is muted."""
    colours = [ACCENT if place in chosen else MUTED for place in places] if chosen else ACCENT
    return _bar(rows, places, [row[1] for row in rows], direction, {"marker_color": colours})


def _bar(rows: Rows, places: list[int], lengths: list[int], direction: str, look: dict[str, Any]) -> go.Bar:
    upright = direction == "v"
    return go.Bar(
        x=places if upright else lengths,
        y=lengths if upright else places,
        orientation=direction,
        customdata=[[row[0]] for row in rows],
        hovertext=[_hover(*row) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        marker_line_width=0,
        marker_cornerradius=2,
        unselected_marker_opacity=1,
        cliponaxis=False,
        showlegend=False,
        **look,
    )


def layout(title: str, *, height: int) -> dict[str, Any]:
    """Return what every chart's layout has."""
    return {
        "title": {"text": escape(title, quote=False), "x": 0, "xref": "container", "y": 1, "yref": "container"}
        | {"xanchor": "left", "yanchor": "top", "pad": {"t": 4, "l": 0}, "font": {"size": 14, "weight": 600}},
        "height": height,
        "margin": {"t": title_px(title), "r": 8, "b": 4, "l": 0},
        "barmode": "overlay",
        "dragmode": False,
        "showlegend": False,
        "paper_bgcolor": "rgba(0, 0, 0, 0)",
        "plot_bgcolor": "rgba(0, 0, 0, 0)",
        "font": {"size": 12},
        "modebar": {"bgcolor": "rgba(0, 0, 0, 0)", "color": LINE, "activecolor": ACCENT},
        "hoverlabel": {"align": "left", "namelength": -1},
    }


def title_px(title: str) -> int:
    """Return the room above a chart."""
    return 32 if title else 6


def _numbers(count: int, total: int) -> str:
    return number(count) if count == total else f"{number(count)} of {number(total)}"


def _hover(label: str, count: int, total: int) -> str:
    part = f"{number(count)} of {number(total)} ({share(count, total)})" if count != total else number(count)
    return f"<b>{escape(' '.join(label.split()), quote=False)}</b><br>{part}"


def _label(point: object) -> str | None:
    data = field(point, "customdata")
    if isinstance(data, Mapping):
        data = data.get("0", data.get(0))
    first = data[0] if isinstance(data, list | tuple) and data else data
    return first if isinstance(first, str) else None


def field(value: object, name: str) -> object:
    """Return a part of what a browser sent, None where there is none."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
