"""One number of one step at several values: what it does, seen side by side."""

from collections.abc import Sequence

import streamlit as st

from core.augment.film import Dial, dials, film, find_dial, usual_span
from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.words import name_in_words
from core.errors import VitrineError
from core.workspace import Workspace
from ui.errors import show_error
from ui.pipelinefields import title
from ui.question import remember
from ui.subjects import Subject, pipeline_text, pixels
from ui.variantshow import Shown, film_html, shown_frame

MOST_KEPT = 200  # filmstrips
STEPS = 200  # of the slider


def show_film(workspace: Workspace, name: str, found: Sequence[Subject], pipeline: Pipeline) -> None:
    """Choose a number of a step and the values from and to which it goes; eight pictures of what it does."""
    st.subheader("One number at a time", anchor=False)
    known = dials(pipeline)
    if not known:
        st.caption("No step of this pipeline has a number to turn.")
        return
    left, right = st.columns(2)
    with left:
        dial = _dial_box(known)
    with right:
        subject = _subject_box(found)
    low, high = _span_box(dial)
    try:
        frames = _frames(
            workspace,
            subject,
            (str(workspace.folder), name, *subject.stamp),
            pipeline_text(pipeline),
            dial.name,
            low,
            high,
        )
    except VitrineError as error:
        show_error(error)
        return
    what = _label(dial, False)
    st.html(film_html(what, frames, subject.shape[0] / subject.shape[1]))
    st.caption("The step alone, always taken. All else that it draws stays the same from one picture to the next.")


@st.cache_data(show_spinner=False, max_entries=MOST_KEPT)  # type: ignore[untyped-decorator]
def _frames(
    _workspace: Workspace, _subject: Subject, stamp: tuple[str, ...], text: str, dial: str, low: float, high: float
) -> list[tuple[str, Shown]]:
    """Made once for a picture's bytes, an id, a pipeline and a span of one of its numbers."""
    pipeline = parse_pipeline(text)
    image = pixels(_workspace, _subject)
    return [shown_frame(frame) for frame in film(pipeline, find_dial(pipeline, dial), image, low, high, _subject.key)]


def _dial_box(known: Sequence[Dial]) -> Dial:
    """The number that the link names, or the first."""
    by_name = {dial.name: dial for dial in known}
    asked = str(st.query_params.get("film", ""))
    st.session_state["film dial"] = asked if asked in by_name else known[0].name

    def changed() -> None:
        remember(film=st.session_state["film dial"], span=None)

    several = len({dial.path for dial in known}) > len({dial.transform for dial in known})
    chosen = st.selectbox(
        "Number",
        list(by_name),
        key="film dial",
        on_change=changed,
        format_func=lambda name: _label(by_name[name], several),
    )
    return by_name[chosen]


def _label(dial: Dial, several: bool) -> str:
    step = f" (step {'.'.join(str(place + 1) for place in dial.path)})" if several else ""
    return f"{name_in_words(dial.transform)}{step}: {title(dial.parameter).lower()}"


def _subject_box(found: Sequence[Subject]) -> Subject:
    """The picture that is changed: any of those above."""
    by_stamp = {subject.stamp: subject for subject in found}
    chosen = st.selectbox("Picture", list(by_stamp), key="film picture", format_func=lambda stamp: by_stamp[stamp].name)
    return by_stamp[chosen]


def _span_box(dial: Dial) -> tuple[float, float]:
    """From where to where the number goes: as the link says, else what can be seen of it."""
    least, most = usual_span(dial)
    low, high = _asked_span(least, most)
    key = f"film span {dial.name} {least} {most}"

    def changed() -> None:
        first, last = st.session_state[key]
        remember(film=dial.name, span=None if (first, last) == (least, most) else f"{first:g},{last:g}")

    if dial.whole:
        st.session_state[key] = (int(low), int(high))
        found = st.slider("From and to", int(least), int(most), key=key, on_change=changed, step=1)
    else:
        st.session_state[key] = (low, high)
        step = round((most - least) / STEPS, 6) or (most - least) / STEPS
        found = st.slider("From and to", least, most, key=key, on_change=changed, step=step, format="%.3g")
    return float(found[0]), float(found[1])


def _asked_span(least: float, most: float) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in str(st.query_params.get("span", "")).split(","))
    except ValueError:
        return least, most
    return (low, high) if least <= low < high <= most else (least, most)
