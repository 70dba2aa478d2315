"""Two results in one look: the first in the accent colour and the second in ochre, as shares of their own images.

Two results differ in size, so bars are shares; exact counts are told on hover.
"""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.compare import Comparison, FacetLift, Lift, PairBin, PairHistogram, Side
from core.query.columns import Kind
from core.query.english import spoken
from ui.charts import ACCENT, LINE, PLOTLY_CONFIG, bars, columns
from ui.errors import plain
from ui.words import number, share

OCHRE = "#b07d2b"
"""Contrast 3.6 on the light and 5.0 on the dark background."""
BOTH = "#7f8686"
TOP_BARS = 12
MOST_DISTINCTIVE = 16
SEE_THROUGH = 0.62
Pair = tuple[str, int, int]
"""Label, count in A, count in B."""


def show_sides(comparison: Comparison, names: tuple[str, str]) -> None:
    """Each side's name in its colour, how many images it has, and what it asks."""
    sides = (comparison.a, comparison.b)
    for place, side, name, colour in zip(st.columns(2, gap="large"), sides, names, (ACCENT, OCHRE), strict=True):
        with place:
            st.html(
                f'<p style="margin:0;font-weight:600;overflow-wrap:anywhere">'
                f'<span style="color:{colour}" aria-hidden="true">■</span> {escape(name)}</p>'
            )
            how = "" if side.exact else ", approximate"
            st.metric("Images", number(side.count), label_visibility="collapsed")
            st.caption(f"{share(side.count, comparison.of)} of the collection{how}. {plain(side.english)}.")


def show_overlap(comparison: Comparison, names: tuple[str, str]) -> None:
    """One bar: only the first, both, only the second."""
    parts = overlap_parts(comparison, names)
    st.plotly_chart(overlap(parts), config=PLOTLY_CONFIG, key="overlap", theme=None)
    st.caption(" · ".join(plain(f"{words}: {number(count)}") for words, count, _ in parts))


def show_distinctive(comparison: Comparison, *, asked: bool) -> None:
    """The values that tell the sides apart best, the second's share to the left and the first's to the right."""
    found = comparison.distinctive(MOST_DISTINCTIVE, asked=asked)
    if not found:
        st.info("No value tells them apart.", icon=":material/balance:")
        return
    figure = butterfly(found, (comparison.a, comparison.b))
    st.plotly_chart(figure, config=PLOTLY_CONFIG, key="distinctive", theme=None)


def show_pairs(comparison: Comparison) -> None:
    """A chart for every column, both sides in it."""
    places = st.columns(2, gap="large")
    drawn = [facet for facet in comparison.facets if facet.values] + [
        shape for shape in comparison.ranges if shape.bins
    ]
    sides = (comparison.a, comparison.b)
    for index, item in enumerate(drawn):
        figure = pair_bars(item, sides) if isinstance(item, FacetLift) else pair_columns(item, sides)
        with places[index % 2]:
            st.plotly_chart(figure, config=PLOTLY_CONFIG, key=f"pair {item.column}", theme=None)
            if isinstance(item, PairHistogram) and (item.missing_a or item.missing_b):
                st.caption(
                    f"Missing in {number(item.missing_a)} of the first and {number(item.missing_b)} of the second."
                )


def overlap_parts(comparison: Comparison, names: tuple[str, str]) -> list[tuple[str, int, str]]:
    """Words, count and colour of the bar's three parts."""
    return [
        (f"Only {names[0]}", comparison.only_a, ACCENT),
        ("In both", comparison.both, BOTH),
        (f"Only {names[1]}", comparison.only_b, OCHRE),
    ]


def overlap(parts: Sequence[tuple[str, int, str]]) -> go.Figure:
    """One lying bar of several parts."""
    figure = _emptied(bars([], title="", tail=[("", 0, 0)]))
    total = sum(count for _, count, _ in parts)
    for words, count, colour in parts:
        hover = f"<b>{escape(words, quote=False)}</b><br>{number(count)} ({share(count, total)})"
        figure.add_trace(_bar([count], [0], [hover], colour, "h"))
    figure.update_layout(barmode="stack", height=44, margin={"t": 4, "r": 0, "b": 4, "l": 0})
    figure.update_xaxes(range=[0, max(total, 1)])
    figure.update_yaxes(visible=False)
    return figure


def butterfly(found: Sequence[tuple[FacetLift, Lift]], sides: tuple[Side, Side]) -> go.Figure:
    """Lying bars to both sides of a line, a row for each value."""
    rows = [(f"{word(value.value)} · {_title(facet)}", value.a, value.b) for facet, value in found]
    figure = _emptied(bars([], title="", tail=rows))
    places = list(range(len(rows)))
    hovers = [_hover(row, sides) + f"<br>{lift_words(value)}" for row, (_, value) in zip(rows, found, strict=True)]
    right, left = ([value.share_a for _, value in found], [-value.share_b for _, value in found])
    words = {"text": [lift_words(value) for _, value in found], "textposition": "outside"}
    figure.add_trace(_bar(right, places, hovers, ACCENT, "h", **words))
    figure.add_trace(_bar(left, places, hovers, OCHRE, "h"))
    most = max([*right, *(-length for length in left), 0.01])
    figure.update_layout(margin_r=64)
    figure.update_xaxes(range=[-most, most], zeroline=True, zerolinecolor=LINE, visible=False)
    figure.add_vline(x=0, line={"color": LINE, "width": 1})
    return figure


def pair_bars(facet: FacetLift, sides: tuple[Side, Side]) -> go.Figure:
    """Two lying bars for each of the most frequent values, and for all others together."""
    rows = pair_rows(facet.values)
    figure = _emptied(bars([], title=_title(facet), tail=rows))
    places = list(range(len(rows)))
    hovers = [_hover(row, sides) for row in rows]
    shares_a, shares_b = _shares(rows, sides)
    for lengths, colour in ((shares_a, ACCENT), (shares_b, OCHRE)):
        figure.add_trace(_bar(lengths, places, hovers, colour, "h"))
    figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.06, margin_r=8)
    figure.update_xaxes(range=[0, max([*shares_a, *shares_b, 0.01])])
    return figure


def pair_columns(shape: PairHistogram, sides: tuple[Side, Side]) -> go.Figure:
    """Two histograms over the same bars, one before the other and both to be seen."""
    rows = [(bin_label(shape.kind, bin), bin.a, bin.b) for bin in shape.bins]
    figure = _emptied(columns(rows, title=_title(shape)))
    places = list(range(len(rows)))
    hovers = [_hover(row, sides) for row in rows]
    for heights, colour in zip(_shares(rows, sides), (ACCENT, OCHRE), strict=True):
        figure.add_trace(_bar(heights, places, hovers, colour, "v", opacity=SEE_THROUGH))
    figure.update_yaxes(tickformat=".0%")
    return figure


def pair_rows(values: Sequence[Lift]) -> list[Pair]:
    """The values that are most frequent in either side; then what is left as one row, and what is missing."""
    known = sorted(
        (value for value in values if value.value is not None), key=lambda item: -max(item.share_a, item.share_b)
    )
    rows = [(word(value.value), value.a, value.b) for value in known[:TOP_BARS]]
    if rest := known[TOP_BARS:]:
        rows.append((f"{len(rest):,} others", sum(value.a for value in rest), sum(value.b for value in rest)))
    return rows + [("Missing", value.a, value.b) for value in values if value.value is None]


def lift_words(value: Lift) -> str:
    """How many times as frequent a value is in the first as in the second."""
    if value.lift is None:
        return "only here"
    if value.lift == 0:
        return "none here"
    return f"{value.lift:.2g}×" if value.lift < 10 else f"{number(round(value.lift))}×"


def bin_label(kind: Kind, bin: PairBin) -> str:
    """What stands under one bar."""
    if isinstance(bin.low, datetime):
        return f"{bin.low:%Y-%m-%d}"
    return f"{bin.low:g}" if kind is Kind.YEAR else f"{bin.low:,.4g}"


def word(value: object) -> str:
    """A value as a person reads it."""
    if value is None:
        return "Missing"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _shares(rows: Sequence[Pair], sides: tuple[Side, Side]) -> tuple[list[float], list[float]]:
    count_a, count_b = (max(side.count, 1) for side in sides)
    return [a / count_a for _, a, _ in rows], [b / count_b for _, _, b in rows]


def _title(item: FacetLift | PairHistogram) -> str:
    words = spoken(item.label)
    return words[:1].upper() + words[1:]


def _hover(row: Pair, sides: tuple[Side, Side]) -> str:
    label, a, b = row
    lines = [
        f'<span style="color:{colour}">■</span> {number(count)} of {number(side.count)} ({share(count, side.count)})'
        for colour, count, side in zip((ACCENT, OCHRE), (a, b), sides, strict=True)
    ]
    return "<br>".join([f"<b>{escape(' '.join(label.split()), quote=False)}</b>", *lines])


def _emptied(figure: go.Figure) -> go.Figure:
    """A chart's frame, with the axes and the height that its rows need, for other bars."""
    figure.data = ()
    return figure


def _bar(
    lengths: Sequence[float], places: Sequence[int], hovers: Sequence[str], colour: str, direction: str, **look: Any
) -> go.Bar:
    upright = direction == "v"
    return go.Bar(
        x=list(places) if upright else list(lengths),
        y=list(lengths) if upright else list(places),
        orientation=direction,
        hovertext=list(hovers),
        hovertemplate="%{hovertext}<extra></extra>",
        marker_color=colour,
        marker_line_width=0,
        marker_cornerradius=2,
        cliponaxis=False,
        showlegend=False,
        **look,
    )
