"""Precision by class as lying bars with intervals, and what stands in a class's places."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from core.evaluation.classes import reached
from core.evaluation.intervals import Figure
from core.evaluation.scores import ClassFigures, Confusion
from ui.charts import ACCENT, BAR_PX, GREY, MUTED, layout, short, title_px
from ui.compare import OCHRE
from ui.words import plural, share

WHISKER = "rgba(128, 134, 134, 0.9)"
NUMBER_PX = 52
"""Room for a share to the right of the bars."""


def class_bars(classes: Sequence[ClassFigures], depth: int, *, title: str, chosen: str | None) -> go.Figure:
    """A bar for each class in the order given: precision, 95 % interval, and a line where its ceiling is lower."""
    found = [(item, item.at(depth)) for item in classes]
    rows = [(item, told) for item, told in found if told is not None]
    figure = _framed([item.value for item, _ in rows], title)
    values = [told.figure.value for _, told in rows]
    places = list(range(len(rows)))
    chosen_at = [place for place, (item, _) in enumerate(rows) if item.value == chosen]
    figure.add_trace(
        go.Bar(
            x=values,
            y=places,
            orientation="h",
            marker_color=[ACCENT if not chosen_at or place in chosen_at else MUTED for place in places],
            marker_line_width=0,
            marker_cornerradius=2,
            unselected_marker_opacity=1,
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [told.figure.high - told.figure.value for _, told in rows],
                "arrayminus": [told.figure.value - told.figure.low for _, told in rows],
                "color": WHISKER,
                "thickness": 1,
                "width": 3,
            },
            hovertext=[_class_hover(item, depth) for item, _ in rows],
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
        )
    )
    _ceilings(figure, [(place, told.most) for place, (_, told) in enumerate(rows) if told.most < 1])
    _numbers(figure, values)
    return figure


def confusion_bars(own: tuple[str, float], others: Sequence[Confusion], *, title: str, most: int) -> go.Figure:
    """What a class's places hold: its own images, the classes it is taken for, and all others as one."""
    shown = list(others[:most])
    rest = 1 - own[1] - sum(item.share for item in shown)
    rows = [(*own, ACCENT), *((item.value, item.share, OCHRE) for item in shown)]
    if rest > 0.0005:
        rows.append(("All others", rest, GREY))
    figure = _framed([label for label, _, _ in rows], title)
    lengths = [length for _, length, _ in rows]
    figure.add_trace(
        go.Bar(
            x=lengths,
            y=list(range(len(rows))),
            orientation="h",
            marker_color=[colour for _, _, colour in rows],
            marker_line_width=0,
            marker_cornerradius=2,
            hovertext=[f"<b>{_text(label)}</b><br>{share(length, 1)}" for label, length, _ in rows],
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
        )
    )
    _numbers(figure, lengths)
    return figure


def interval(figure: Figure) -> str:
    """A figure's 95 % interval in words, such as “3% to 15%”."""
    return f"{rounded(figure.low)} to {rounded(figure.high)}"


def rounded(value: float) -> str:
    """A share as whole per cents, but never a part as nothing or as all."""
    percent = round(100 * value)
    if 0 < value < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= value < 1 else f"{percent}%"


def _framed(labels: Sequence[str], title: str) -> go.Figure:
    """An empty chart of lying bars over shares from 0 to 1, with room for numbers on the right."""
    figure = go.Figure()
    figure.update_layout(layout(title, height=title_px(title) + 12 + BAR_PX * max(len(labels), 1)), bargap=0.34)
    figure.update_layout(margin_r=NUMBER_PX)
    figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    figure.update_yaxes(
        range=[len(labels) - 0.5, -0.5],
        tickvals=list(range(len(labels))),
        ticktext=[f"\N{THIN SPACE}{short(label)} " for label in labels],
        showgrid=False,
        zeroline=False,
        ticks="",
        automargin=True,
        fixedrange=True,
    )
    return figure


def _ceilings(figure: go.Figure, ends: Sequence[tuple[int, float]]) -> None:
    """A short upright line where even a perfect encoder would end."""
    for place, most in ends:
        figure.add_shape(
            type="line", x0=most, x1=most, y0=place - 0.36, y1=place + 0.36, line={"color": OCHRE, "width": 2}
        )


def _numbers(figure: go.Figure, values: Sequence[float]) -> None:
    """The shares as words, one below the other at the right edge."""
    for place, value in enumerate(values):
        figure.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=place, text=rounded(value), showarrow=False, align="left"
        )


def _class_hover(item: ClassFigures, depth: int) -> str:
    told, part = item.at(depth), reached(item, depth)
    assert told is not None
    lines = [f"<b>{_text(item.value)}</b>", f"{rounded(told.figure.value)} of the {depth} nearest are of it"]
    lines.append(f"95% interval {interval(told.figure)}, {plural(item.images, 'image')}")
    if told.most < 1 and part is not None:
        lines.append(f"At most {rounded(told.most)}, so {rounded(part)} of what could be")
    if item.confusions:
        first = item.confusions[0]
        lines.append(f"Most often instead: {_text(first.value)}, {rounded(first.share)}")
    return "<br>".join(lines)


def _text(value: str) -> str:
    return escape(" ".join(value.split()), quote=False)
