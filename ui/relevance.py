"""Where relevance ends: how alike the images are, what unrelated things would reach, and a threshold to draw."""

from dataclasses import replace

import plotly.graph_objects as go
import streamlit as st

from core.query.recipe import Recipe
from core.relevance import Relevance
from core.search import Result, Searcher
from ui.charts import ACCENT, GREY, LINE, PLOTLY_CONFIG, layout
from ui.errors import plain
from ui.question import ask, question
from ui.words import number, plural

HEIGHT_PX = 200
STEP = 0.01


def show_relevance(searcher: Searcher, recipe: Recipe, result: Result) -> None:
    """Say where nothing fits, and offer the threshold."""
    found = None if result.best is None else searcher.relevance(recipe, result.best)
    if found is None:
        return
    if found.verdict:
        st.warning(plain(found.verdict), icon=":material/help:")
    with st.expander("Where relevance ends", icon=":material/filter_list:"):
        _threshold(recipe, found)


def _threshold(recipe: Recipe, found: Relevance) -> None:
    st.plotly_chart(drawn(found, recipe.threshold), config=PLOTLY_CONFIG, key="scores")
    low, high = _floor(found.edges[0]), max(_floor(found.edges[-1]) + STEP, _floor(found.edges[0]) + 2 * STEP)
    st.session_state["threshold"] = min(max(low if recipe.threshold is None else recipe.threshold, low), high)

    def changed() -> None:
        least = round(float(st.session_state["threshold"]), 2)
        ask(replace(question(), threshold=None if least <= low else max(-1.0, min(1.0, least))))

    st.slider("Similarity at least", low, high, step=STEP, key="threshold", on_change=changed)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(told(found), width="stretch")
        if found.bound is not None and -1 <= found.bound <= 1 and found.above:
            st.button("Leave the rest out", on_click=_from, args=(found.bound,))
        if recipe.threshold is not None:
            st.button("No threshold", on_click=_from, args=(None,), type="tertiary")


def _from(least: float | None) -> None:
    ask(replace(question(), threshold=None if least is None else round(least, 4)))


def told(found: Relevance) -> str:
    """What the histogram counts, and how many stand above what unrelated things would be."""
    of = f"a random sample of {number(found.counted)}" if found.sampled else plural(found.counted, "image")
    if found.bound is None:
        return f"Similarity of {of} that pass the filter."
    return (
        f"{number(found.above)} of {of} that pass the filter are more like it than unrelated things would be: "
        f"{found.bound:.2f} or more."
    )


def drawn(found: Relevance, threshold: float | None) -> go.Figure:
    """Return the histogram of scores; those that unrelated things reach are grey, the threshold is a line."""
    middles = [(low + high) / 2 for low, high in zip(found.edges, found.edges[1:], strict=False)]
    bound = found.edges[0] if found.bound is None else found.bound
    figure = go.Figure(
        go.Bar(
            x=middles,
            y=list(found.counts),
            width=(found.edges[-1] - found.edges[0]) / len(middles),
            marker_color=[ACCENT if middle >= bound else GREY for middle in middles],
            hovertemplate="%{x:.2f}: %{y:,}<extra></extra>",
        )
    )
    figure.update_layout(layout("", height=HEIGHT_PX), bargap=0.05, showlegend=False)
    figure.update_xaxes(showgrid=False, zeroline=False, fixedrange=True, tickformat=".2f")
    figure.update_yaxes(type="log", showgrid=False, visible=False, fixedrange=True)
    if threshold is not None:
        figure.add_vline(x=threshold, line={"color": LINE, "width": 2})
    return figure


def _floor(score: float) -> float:
    return round(score // STEP * STEP, 2)
