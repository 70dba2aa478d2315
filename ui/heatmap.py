"""Two columns against each other as a heat map, and classes over time, in the look of the other charts."""

from collections.abc import Collection, Sequence
from html import escape
from itertools import product
from typing import Any

import plotly.graph_objects as go

from ui.charts import ACCENT, GRID, LINE, field, layout, picked_places, short, ticks, title_px
from ui.words import number, share

CELL_PX = 26
AXIS_PX = 70
TREND_PX = 300
MOST_TEXTS = 14  # columns of a heat map whose cells still have room for a number
FAINTEST, STRONGEST = 0.05, 0.7  # opacity; words stay readable on every cell
COLOURS = ("#1e8079", "#b5651d", "#5b6abf", "#a8456b", "#6f8a1d", "#8a6fb0", "#2f88b5", "#9a7b2d")
"""Contrast 3 at least on both backgrounds."""
REST = ("rgba(128, 134, 134, 0.85)", "rgba(128, 134, 134, 0.45)")
"""All others together, and missing values."""

Table = Sequence[Sequence[int]]


def heat_map(
    down: Sequence[str],
    across: Sequence[str],
    counts: Table,
    totals: Table,
    parts: Sequence[Sequence[float]],
    texts: Sequence[Sequence[str]],
    *,
    title: str,
    chosen: Collection[tuple[int, int]] = (),
    brush: bool = False,
) -> go.Figure:
    """Return one cell for each pair of labels, the stronger the larger its part (0 to 1).

    Cells are bars, because a browser reports no clicks on plotly's own heat map; a cell's y is its row. With `brush` a
    reader drags over cells.
    """
    cells = [(row, column) for row in range(len(down)) for column in range(len(across))]
    most = max((parts[row][column] for row, column in cells), default=0) or 1
    figure = go.Figure(
        go.Bar(
            x=[column for _, column in cells],
            y=[0.94] * len(cells),
            base=[row - 0.47 for row, _ in cells],
            width=0.96,
            text=[texts[row][column] for row, column in cells] if len(across) <= MOST_TEXTS else None,
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertext=[_hover(down[r], across[c], counts[r][c], totals[r][c], texts[r][c]) for r, c in cells],
            hovertemplate="%{hovertext}<extra></extra>",
            customdata=[[row, column] for row, column in cells],
            marker_color=[_shade(parts[row][column] / most) for row, column in cells],
            marker_line_color=ACCENT,
            marker_line_width=[2 if cell in chosen else 0 for cell in cells],
            unselected_marker_opacity=1,
            showlegend=False,
        )
    )
    figure.update_layout(layout(title, height=title_px(title) + AXIS_PX + CELL_PX * max(len(down), 1)))
    figure.update_layout(uniformtext={"minsize": 9, "mode": "hide"})
    if brush:
        figure.update_layout(dragmode="select", newselection_line={"color": ACCENT, "width": 1})
    figure.update_xaxes(_axis(across, list(range(len(across)))), range=[-0.5, max(len(across), 1) - 0.5])
    figure.update_yaxes(_axis(down, list(range(len(down)))), range=[max(len(down), 1) - 0.5, -0.5])
    return figure


def over_time(
    times: Sequence[str],
    classes: Sequence[str],
    counts: Table,
    *,
    title: str,
    rest: Sequence[int | None],
    stacked: bool = False,
) -> go.Figure:
    """Return a line, or a layer of stacked columns, for each class; a point's customdata is [class, time].

    `rest` says for each class whether it is a class (None), all others (0) or missing values (1).
    """
    places = list(range(len(times)))
    figure = go.Figure()
    for place, (name, line) in enumerate(zip(classes, counts, strict=True)):
        kind = rest[place]
        look: dict[str, Any] = {
            "x": places,
            "y": list(line),
            "name": short(name),
            "customdata": [[place, time] for time in places],
            "hovertext": [f"<b>{_text(name)}</b><br>{_text(times[time])}: {number(line[time])}" for time in places],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "unselected_marker_opacity": 1,
        }
        colour = COLOURS[place % len(COLOURS)] if kind is None else REST[kind]
        if stacked:
            figure.add_trace(go.Bar(**look, marker_color=colour, marker_line_width=0))
        else:
            figure.add_trace(go.Scatter(**look, mode="lines+markers", line={"color": colour}, marker={"color": colour}))
    figure.update_layout(layout(title, height=title_px(title) + TREND_PX))
    figure.update_layout(
        barmode="stack",
        showlegend=len(classes) > 1,
        legend={"orientation": "h", "y": -0.12, "x": 0, "itemclick": False, "itemdoubleclick": False},
    )
    figure.update_xaxes(_axis(times, ticks(len(times))), range=[-0.5, max(len(times), 1) - 0.5], tickangle=0)
    figure.update_yaxes(
        nticks=5,
        tickformat=",",
        gridcolor=GRID,
        zeroline=True,
        zerolinecolor=LINE,
        rangemode="tozero",
        automargin=True,
        fixedrange=True,
    )
    return figure


def picked_pairs(event: object) -> list[tuple[int, int]]:
    """Return the pairs of places whose cells or points a person clicked or dragged over, in order."""
    selection = field(event, "selection")
    if field(selection, "box"):
        return list(product(picked_places(event, "y"), picked_places(event, "x")))
    points = field(selection, "points")
    found = []
    for point in points if isinstance(points, list | tuple) else []:
        data = field(point, "customdata")
        if isinstance(data, dict):
            data = [data.get("0"), data.get("1")]
        if isinstance(data, list | tuple) and len(data) == 2 and all(type(item) is int and item >= 0 for item in data):
            found.append((data[0], data[1]))
    return list(dict.fromkeys(found))


def _axis(labels: Sequence[str], marked: Sequence[int]) -> dict[str, Any]:
    return {
        "tickvals": list(marked),
        "ticktext": [short(labels[place]) for place in marked],
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "ticklabeloverflow": "allow",
        "autotickangles": [0, -35, -90],
        "automargin": True,
        "fixedrange": True,
    }


def _shade(part: float) -> str:
    opacity = FAINTEST + (STRONGEST - FAINTEST) * part**0.5 if part > 0 else FAINTEST / 2
    return f"rgba(30, 128, 121, {opacity:.3f})"


def _hover(down: str, across: str, count: int, total: int, text: str) -> str:
    of = f" of {number(total)} ({share(count, total)})" if count != total else ""
    beside = f"<br>{text}" if text.endswith("%") else ""
    return f"<b>{_text(down)}</b><br><b>{_text(across)}</b><br>{number(count)}{of}{beside}"


def _text(label: str) -> str:
    return escape(" ".join(label.split()), quote=False)
