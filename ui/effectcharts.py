"""What changes do to search, as lying bars and ranges: one row a change, the same rows in both charts."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from core.augment.words import name_in_words
from core.effect.figures import Effect, Point
from core.effect.strengths import UNCHANGED, WHOLE
from ui.charts import ACCENT, BAR_PX, GREY, LINE, MUTED, layout, short, title_px
from ui.qualitycharts import WHISKER, interval, rounded
from ui.words import plural

NUMBERS_PX = 100  # room for two shares to the right of the bars
DRIFT_PX = 60
PARTS = {0.25: "at a quarter", 0.5: "at half"}
LIGHTER = "rgba(30, 128, 121, 0.6)"


def ranked(found: Effect) -> list[Point]:
    """The whole first, then its transforms, the one that loses most first, each at its strengths; unchanged last."""
    by_step: dict[str, list[Point]] = {}
    for point in found.steps:
        by_step.setdefault(point.step, []).append(point)
    groups = sorted(by_step.values(), key=lambda points: (points[-1].first.value, -points[-1].drift.median))
    steps = [point for points in groups for point in reversed(points)]
    return [found.whole, *steps, found.unchanged]


def label(point: Point, points: Sequence[Point]) -> str:
    """A change in a few words; a transform's weaker strengths stand below it."""
    if point.kind in (WHOLE, UNCHANGED):
        return point.words
    if point.share < 1:
        return f"{PARTS.get(point.share, f'at {100 * point.share:.0f}%')}"
    twice = any(other.kind == point.kind and other.step != point.step for other in points)
    return name_in_words(point.kind) + (f" (step {point.step})" if twice else "")


def found_bars(points: Sequence[Point], chosen: Point, images: int) -> go.Figure:
    """How many images still find their original first, with the 95 % interval, before those that do within ten."""
    figure = _framed(points, "Still find their original first, and within ten", NUMBERS_PX)
    figure.update_xaxes(visible=False, range=[0, 1])
    places = list(range(len(points)))
    hover = [_hover(point, images) for point in points]
    bar = {"orientation": "h", "marker_line_width": 0, "marker_cornerradius": 2, "unselected_marker_opacity": 1}
    bar |= {"hovertemplate": "%{hovertext}<extra></extra>", "hovertext": hover, "showlegend": False}
    figure.add_trace(go.Bar(x=[point.ten.value for point in points], y=places, marker_color=GREY, **bar))
    firsts = [point.first for point in points]
    whiskers = {
        "type": "data",
        "symmetric": False,
        "array": [item.high - item.value for item in firsts],
        "arrayminus": [item.value - item.low for item in firsts],
        "color": WHISKER,
        "thickness": 1,
        "width": 3,
    }
    colours = [_colour(point, chosen) for point in points]
    lengths = [item.value for item in firsts]
    figure.add_trace(go.Bar(x=lengths, y=places, marker_color=colours, error_x=whiskers, **bar))
    for place, point in enumerate(points):
        text = f"{rounded(point.first.value)} · {rounded(point.ten.value)}" if point.images else "–"
        _number(figure, place, text)
    return figure


def drift_ranges(points: Sequence[Point], chosen: Point, images: int) -> go.Figure:
    """How far vectors move: the middle image, half of the images as a bar, nine of ten as a line."""
    figure = _framed(points, "Drift: how far they move", DRIFT_PX)
    figure.update_xaxes(rangemode="tozero", zeroline=True, zerolinecolor=LINE, gridcolor=LINE, nticks=5, side="bottom")
    figure.update_layout(margin_b=28, height=figure.layout.height + 24)
    for place, point in enumerate(points):
        drift = point.drift
        figure.add_shape(type="line", x0=drift.p05, x1=drift.p95, y0=place, y1=place, line={"color": LINE, "width": 2})
        figure.add_shape(
            type="rect", x0=drift.p25, x1=drift.p75, y0=place - 0.22, y1=place + 0.22, line_width=0, fillcolor=MUTED
        )
        _number(figure, place, f"{drift.median:.3f}" if point.images else "–")
    figure.add_trace(
        go.Scatter(
            x=[point.drift.median for point in points],
            y=list(range(len(points))),
            mode="markers",
            marker={"color": [_colour(point, chosen) for point in points], "size": 9},
            hovertext=[_hover(point, images) for point in points],
            hovertemplate="%{hovertext}<extra></extra>",
            showlegend=False,
            cliponaxis=False,
        )
    )
    most = max((point.drift.p95 for point in points), default=0.0)
    figure.update_xaxes(range=[0, max(1.04 * most, 0.01)])
    return figure


def _framed(points: Sequence[Point], title: str, room: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(layout(title, height=title_px(title) + 12 + BAR_PX * max(len(points), 1)), bargap=0.34)
    figure.update_layout(margin_r=room)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(
        range=[len(points) - 0.5, -0.5],
        tickvals=list(range(len(points))),
        ticktext=[f"\N{THIN SPACE}{short(label(point, points))} " for point in points],
        showgrid=False,
        zeroline=False,
        ticks="",
        automargin=True,
        fixedrange=True,
    )
    return figure


def _colour(point: Point, chosen: Point) -> str:
    if point == chosen:
        return ACCENT
    return MUTED if point.kind == UNCHANGED or point.share < 1 else LIGHTER


def _number(figure: go.Figure, place: int, text: str) -> None:
    figure.add_annotation(
        x=1, xref="paper", xanchor="left", xshift=8, y=place, text=text, showarrow=False, align="left"
    )


def _hover(point: Point, images: int) -> str:
    words = escape(" ".join(point.words.split()), quote=False)
    lines = [f"<b>{words}</b>", f"{rounded(point.first.value)} find their original first ({interval(point.first)})"]
    lines.append(f"{rounded(point.ten.value)} within the first ten ({interval(point.ten)})")
    drift = point.drift
    lines.append(f"Drift {drift.median:.3f} ({drift.low:.3f} to {drift.high:.3f})")
    lines.append(f"95% of images drift by {drift.p95:.3f} at the most")
    lines.append(f"{plural(point.images, 'image')}, 95% intervals")
    if point.failed:
        lines.append(f"{plural(point.failed, 'image')} could not be changed")
    return "<br>".join(lines)
