"""Charts of the performance lab: times against numbers of images on two log axes, and stores beside each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from ui.charts import ACCENT, GREY, GRID, LINE, layout
from ui.words import milliseconds, number

HEIGHT_PX = 380
BAR_PX = 34
COLOURS = (ACCENT, "#b07a1e", "#5b6abf", "#a8497a", "#5f7a34", "#7a6a5a")
"""Told apart by lightness too; each has a contrast of 3 or more on both backgrounds."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
TICKS_MS = tuple(10.0**power for power in range(-3, 9))


@dataclass(frozen=True)
class Series:
    """One line."""

    label: str
    points: Sequence[tuple[float, float, float, float]]  # images, median, low and high; milliseconds
    kind: int = 0  # lines of one kind have one colour
    variant: int = 0  # and are told apart by dashes
    fit: bool = False  # drawn thin and without points: nothing was measured there


def against_images(series: Sequence[Series], *, words: str = "Images") -> go.Figure:
    """Return medians with their spread against numbers of images, both axes logarithmic."""
    figure = go.Figure()
    for one in series:
        colour = COLOURS[one.kind % len(COLOURS)]
        shown = [point for point in one.points if point[0] > 0 and point[1] > 0]
        hover = [f"{escape(one.label)}: {milliseconds(middle)} for {number(int(size))}" for size, middle, *_ in shown]
        figure.add_scatter(
            x=[point[0] for point in shown],
            y=[point[1] for point in shown],
            error_y=None
            if one.fit
            else {
                "type": "data",
                "symmetric": False,
                "array": [max(0.0, high - middle) for _, middle, _, high in shown],
                "arrayminus": [max(0.0, middle - low) for _, middle, low, _ in shown],
                "color": colour,
                "thickness": 1,
                "width": 3,
            },
            mode="lines" if one.fit else "lines+markers",
            name=escape(one.label, quote=False),
            line={"color": colour, "width": 1 if one.fit else 2, "dash": _dash(one)},
            marker={"color": colour, "size": 8, "symbol": SYMBOLS[one.kind % len(SYMBOLS)]},
            hovertext=hover,
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=not one.fit,
        )
    figure.update_layout(layout("", height=HEIGHT_PX), margin={"l": 8, "r": 8, "t": 28, "b": 8}, showlegend=True)
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    sizes = [point[0] for one in series for point in one.points if point[0] > 0]
    ticks = _powers(sizes)
    figure.update_xaxes(
        type="log",
        title_text=words,
        tickvals=ticks,
        ticktext=[number(int(tick)) for tick in ticks],
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        automargin=True,
    )
    figure.update_yaxes(
        type="log",
        tickvals=TICKS_MS,
        ticktext=[milliseconds(tick) if tick >= 0.1 else f"{tick:g} ms" for tick in TICKS_MS],
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        automargin=True,
    )
    return figure


def store_bars(rows: Sequence[tuple[str, float, float, float, bool]], *, words: str) -> go.Figure:
    """Return lying bars in the order given: label, median, low and high, and whether it is Vitrine's own way."""
    places = list(range(len(rows)))
    medians = [row[1] for row in rows]
    figure = go.Figure(
        go.Bar(
            x=medians,
            y=places,
            orientation="h",
            marker_color=[ACCENT if own else GREY for *_, own in rows],
            marker_line_width=0,
            marker_cornerradius=2,
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [row[3] - row[1] for row in rows],
                "arrayminus": [row[1] - row[2] for row in rows],
                "color": LINE,
                "thickness": 1,
                "width": 3,
            },
            hovertext=[f"{escape(label)}: {milliseconds(middle)}" for label, middle, *_ in rows],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    figure.update_layout(layout("", height=64 + BAR_PX * max(1, len(rows))), bargap=0.34)
    figure.update_layout(margin={"l": 0, "r": 24, "t": 6, "b": 8})
    figure.update_yaxes(
        tickvals=places,
        ticktext=[f"{escape(label, quote=False)}, {milliseconds(middle)} " for label, middle, *_ in rows],
        range=[len(rows) - 0.5, -0.5],
        automargin=True,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_xaxes(
        title_text=words, rangemode="tozero", gridcolor=GRID, zeroline=False, fixedrange=True, automargin=True
    )
    return figure


def _dash(one: Series) -> str:
    return "dot" if one.fit else DASHES[one.variant % len(DASHES)]


def _powers(sizes: Sequence[float]) -> list[float]:
    """Powers of ten over the range of some sizes."""
    if not sizes:
        return []
    first, last = math.floor(math.log10(min(sizes))), math.ceil(math.log10(max(sizes)))
    return [10.0**power for power in range(first, last + 1)]
