"""Answers over time: each as a point, with the median and the slow ones as lines."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.timings.figures import Interval
from core.timings.store import Point
from ui.charts import ACCENT, GRID, layout
from ui.words import milliseconds

HEIGHT_PX = 300
MOST_POINTS = 2_000  # drawn, the latest; the lines go by all
POINT = "rgba(128, 134, 134, 0.5)"
TICKS_MS = (0.1, 1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000)
OCHRE = "#b07d2b"
FAINT = "rgba(128, 134, 134, 0.8)"
LINES = (("p50", "median", ACCENT, "solid"), ("p95", "95 %", OCHRE, "solid"), ("p99", "99 %", FAINT, "dot"))


def answers_over_time(points: Sequence[Point], intervals: Sequence[Interval]) -> go.Figure:
    """Return every answer by when it was given and how long it took, on a log axis."""
    shown = points[:MOST_POINTS]
    figure = go.Figure(
        go.Scatter(
            x=[point.at for point in shown],
            y=[_drawable(point.milliseconds) for point in shown],
            customdata=[[milliseconds(point.milliseconds), point.kind] for point in shown],
            mode="markers",
            marker={"color": POINT, "size": 5},
            hovertemplate="%{customdata[1]}: %{customdata[0]}<br>%{x|%d %b %H:%M:%S}<extra></extra>",
        )
    )
    for field, label, colour, dash in LINES:
        values = [getattr(one, field) for one in intervals]
        figure.add_scatter(
            x=[one.at for one in intervals],
            y=[_drawable(value) for value in values],
            customdata=[[milliseconds(value), one.count] for value, one in zip(values, intervals, strict=True)],
            mode="lines+markers" if len(intervals) < 3 else "lines",
            line={"color": colour, "dash": dash, "width": 2 if dash == "solid" else 1.5},
            hovertemplate=f"{label}: %{{customdata[0]}} of %{{customdata[1]}}<extra></extra>",
            name=label,
        )
    figure.update_layout(layout("", height=HEIGHT_PX), margin={"l": 8, "r": 8, "t": 28, "b": 8}, showlegend=True)
    figure.data[0].showlegend = False
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemclick": False})
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True, automargin=True, nticks=5, tickangle=0)
    figure.update_yaxes(
        type="log",
        tickvals=TICKS_MS,
        ticktext=[milliseconds(tick) if tick >= 1 else "0.1 ms" for tick in TICKS_MS],
        gridcolor=GRID,
        zeroline=False,
        fixedrange=True,
        automargin=True,
    )
    return figure


def _drawable(value_ms: float) -> float:
    """What a log axis can show: no answer takes less than a microsecond."""
    return max(value_ms, 0.001)
