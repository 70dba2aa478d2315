"""A part of a picture as the question: dragged over, or set by its edges."""

from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.query.recipe import Box, ImageId, Recipe, Upload
from core.workspace import Workspace
from ui.charts import ACCENT, LINE, field
from ui.picture import picture_shape, whole_picture
from ui.question import ask, question

LEAST = 0.02  # of a side; a smaller box is a slip of the hand
CHOSEN = "part chosen"  # the dialog is done
DIALOG_PX = 460  # height of the picture at the most


@st.dialog("Part of the picture", width="medium")  # type: ignore[untyped-decorator]
def choose_part(workspace: Workspace, name: str, recipe: Recipe, place: int) -> None:
    """Let a person draw the part of a term's picture that counts."""
    if st.session_state.pop(CHOSEN, False):
        st.rerun()
    term = recipe.terms[place]
    assert isinstance(term, ImageId | Upload)
    st.markdown("Drag over what the search should go by, or set its edges.")
    shape = picture_shape(workspace, name, term)
    event = st.plotly_chart(
        drawn(whole_picture(workspace, name, term), shape, term.box),
        key=f"part of {place}",
        on_select="rerun",
        selection_mode="box",
        config={"displayModeBar": False, "scrollZoom": False},
    )
    box = box_of(event) or term.box or Box(0.0, 0.0, 1.0, 1.0)
    across = st.slider("Across, %", 0, 100, (round(100 * box.left), round(100 * box.right)), key=f"across {box}")
    down = st.slider("Down, %", 0, 100, (round(100 * box.top), round(100 * box.bottom)), key=f"down {box}")
    chosen = moved(box, across, down)
    with st.container(horizontal=True):
        st.button(
            "Search by this part", type="primary", disabled=chosen is None, on_click=_ask_with, args=(place, chosen)
        )
        st.button("The whole picture", disabled=term.box is None, on_click=_ask_with, args=(place, None))


def _ask_with(place: int, box: Box | None) -> None:
    asked = question()
    term = asked.terms[place] if place < len(asked.terms) else None
    if isinstance(term, ImageId | Upload):
        ask(replace(asked, terms=(*asked.terms[:place], replace(term, box=box), *asked.terms[place + 1 :])))
        st.session_state[CHOSEN] = True


def moved(box: Box, across: tuple[int, int], down: tuple[int, int]) -> Box | None:
    """The box with the edges that were set in hundredths; edges that were left alone stay as exact as they are."""

    def edge(exact: float, hundredths: int) -> float:
        return exact if round(100 * exact) == hundredths else hundredths / 100

    left, right = edge(box.left, across[0]), edge(box.right, across[1])
    top, bottom = edge(box.top, down[0]), edge(box.bottom, down[1])
    return Box(left, top, right, bottom) if right - left >= LEAST and bottom - top >= LEAST else None


def drawn(address: str, shape: tuple[int, int], box: Box | None) -> go.Figure:
    """Return the picture (width, height in pixels) with the part that counts now outlined, to drag over."""
    width, height = shape
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1], mode="markers", marker_opacity=0, hoverinfo="skip"))
    figure.add_layout_image(
        source=address, x=0, y=0, sizex=1, sizey=1, xref="x", yref="y", sizing="stretch", layer="below"
    )
    figure.add_shape(type="rect", x0=0, x1=1, y0=0, y1=1, line={"color": LINE, "width": 1})
    if box is not None:
        figure.add_shape(
            type="rect", x0=box.left, x1=box.right, y0=box.top, y1=box.bottom, line={"color": ACCENT, "width": 2}
        )
    axis: dict[str, Any] = {"visible": False, "fixedrange": True, "constrain": "domain"}
    figure.update_xaxes(axis, range=[0, 1])
    figure.update_yaxes(axis, range=[1, 0], scaleanchor="x", scaleratio=height / width)
    figure.update_layout(
        dragmode="select",
        newselection_line={"color": ACCENT, "width": 2},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        height=DIALOG_PX,
        showlegend=False,
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure


def box_of(event: object) -> Box | None:
    """The part that was dragged over, within the picture; None where nothing or next to nothing was."""
    boxes = field(field(event, "selection"), "box")
    last = boxes[-1] if isinstance(boxes, list | tuple) and boxes else None
    across, down = _ends(field(last, "x")), _ends(field(last, "y"))
    if across is None or down is None:
        return None
    (left, right), (top, bottom) = across, down
    return Box(left, top, right, bottom) if right - left >= LEAST and bottom - top >= LEAST else None


def _ends(edge: object) -> tuple[float, float] | None:
    """The two ends of a dragged edge within the picture, in order."""
    if not isinstance(edge, list | tuple) or len(edge) != 2 or not all(isinstance(end, int | float) for end in edge):
        return None
    first, second = sorted(min(max(float(end), 0.0), 1.0) for end in edge)
    return first, second
