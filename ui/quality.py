"""The figures of an evaluation as a person reads them: the headline, the classes, and encoders side by side."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import polars as pl
import streamlit as st

from core.evaluation.classes import HALF, LEAST_IMAGES, reached
from core.evaluation.intervals import Figure
from core.evaluation.scores import ClassFigures, Evaluation, LabelFigures
from core.query.english import spoken
from ui.chartrows import heading_of
from ui.charts import PLOTLY_CONFIG, picked_places
from ui.errors import plain, reporting
from ui.measuring import Kept
from ui.qualitycharts import class_bars, interval, rounded
from ui.words import ago, number, plural

FIRST_CLASSES = 20  # bars before more are asked for
FIGURE_PX = 150  # two fit beside each other on a phone


def chosen_label(labels: Sequence[LabelFigures]) -> LabelFigures:
    """The column that the link names, or the one that has the most classes; a box to choose."""
    by_name = {label.column: label for label in labels}
    usual = max(labels, key=lambda label: (label.judged, label.values)).column
    asked = str(st.query_params.get("label", usual))
    name = asked if asked in by_name else usual

    def changed() -> None:
        st.query_params["label"] = st.session_state["label choice"]
        st.query_params.pop("class", None)

    st.session_state["label choice"] = name
    st.selectbox(
        "Labels",
        list(by_name),
        key="label choice",
        format_func=lambda item: heading_of(by_name[item].header),
        on_change=changed,
        help="The column whose values count as right or wrong.",
        width=280,
    )
    return by_name[name]


def show_headline(label: LabelFigures, evaluation: Evaluation) -> None:
    """Four figures, what they mean in words, and how far they can be trusted."""
    ten = next((item for item in label.precision if item.depth == label.depth), None)
    found = (
        next((item.figure for item in evaluation.text.recall if item.depth == 10), None) if evaluation.text else None
    )
    told = [
        ("Nearest alike", label.one_nearest, "How often the nearest other image has the same value."),
        (
            f"{label.depth} nearest alike",
            ten and ten.figure,
            f"The share of the {label.depth} nearest other images that have the same value.",
        ),
        ("Told by name", label.zero_shot, "How often the value's plain name is nearer than any other's."),
        ("Found by text", found, "How often an image's own text finds it among the first ten."),
    ]
    with st.container(horizontal=True, gap="large"):
        for name, figure, meaning in told:
            with st.container(width=FIGURE_PX, gap=None):
                st.metric(name, rounded(figure.value) if figure else "–", help=meaning)
                st.caption(interval(figure) if figure else "Not measured")
    words = (
        f"Always answering “{plain(label.common)}” would be right for {rounded(label.baseline.value)}, without any "
        "encoder. Below each figure: where it would mostly fall had other images been drawn (95%)."
    )
    if evaluation.sampled.used < evaluation.sampled.images - evaluation.sampled.copies:
        words += " Figures are among the images drawn: with more of them neighbours are nearer, and right more often."
    st.caption(words)


def show_verdict(label: LabelFigures) -> None:
    """In one sentence, for which classes search cannot be trusted."""
    judged = label.classes[: label.judged]
    if not judged:
        st.info(
            f"No class of {plain(spoken(label.header))} has {LEAST_IMAGES} images or more among those drawn, so none "
            "can be judged. Measure on more images.",
            icon=":material/info:",
        )
        return
    poor = [item for item in judged if (reached(item, label.depth) or 0) < HALF]
    if not poor:
        st.success(
            f"All {plural(label.judged, 'class', 'classes')} with {LEAST_IMAGES} images or more reach half of what "
            "they could, or more.",
            icon=":material/check_circle:",
        )
        return
    count = max(len(poor), label.poor or 0)  # of many classes only the worst are kept
    named = ", ".join(plain(item.value) for item in poor[:6]) + (" and others" if count > 6 else "")
    st.warning(
        f"Don't rely on similar images for {number(count)} of {plural(label.judged, 'class', 'classes')}: "
        f"{named}. Less than half of the {label.depth} nearest that could be of the class are.",
        icon=":material/warning:",
    )


def show_classes(label: LabelFigures) -> ClassFigures | None:
    """The chart of classes, the worst first; a click chooses one. Returns the chosen one, or else the worst."""
    everything = st.query_params.get("classes") == "all"
    listed = label.classes[: label.judged] or label.classes
    shown = listed if everything else listed[:FIRST_CLASSES]
    by_value = {item.value: item for item in label.classes}
    chosen = by_value.get(str(st.query_params.get("class", "")), next(iter(shown), None))
    if chosen is None:
        return None
    key = f"classes {label.column} {st.session_state.get('class turns', 0)}"
    st.plotly_chart(
        class_bars(shown, label.depth, title="", chosen=chosen.value),
        config=PLOTLY_CONFIG,
        key=key,
        theme=None,
        on_select=partial(_picked, [item.value for item in shown], key),
        selection_mode=("points",),
        alt=f"Precision of {plural(len(shown), 'class', 'classes')}, the worst first",
    )
    _below(label, len(shown), len(listed))
    return chosen


def show_encoders(kept: Sequence[Kept], column: str) -> None:
    """The latest evaluation of each encoder in a row, where there are several encoders."""
    latest: dict[str, Evaluation] = {}
    for item in kept:
        latest.setdefault(item.evaluation.encoder.fingerprint, item.evaluation)
    if len(latest) < 2:
        return
    st.subheader("Encoders side by side", anchor=False)
    st.dataframe(pl.DataFrame([_row(item, column) for item in latest.values()], strict=False), hide_index=True)
    if len({item.sampled.key for item in latest.values()}) > 1:
        st.caption("They were measured on different images: compare with care.")
    else:
        st.caption("All on the very same images.")


def _row(evaluation: Evaluation, column: str) -> dict[str, str]:
    label = next((item for item in evaluation.labels if item.column == column), None)
    by_depth = {item.depth: item.figure for item in label.precision} if label else {}
    recall = {item.depth: item.figure for item in evaluation.text.recall} if evaluation.text else {}
    return {
        "Encoder": evaluation.encoder.name,
        "Measured": ago(datetime.fromisoformat(evaluation.at)),
        "Images": number(evaluation.sampled.used),
        "Nearest alike": _cell(label.one_nearest if label else None),
        "10 nearest alike": _cell(by_depth.get(10)),
        "Told by name": _cell(label.zero_shot if label else None),
        "Found by text": _cell(recall.get(10)),
    }


def _cell(figure: Figure | None) -> str:
    return f"{100 * figure.value:.1f}% ({interval(figure)})" if figure else "–"


@reporting
def _picked(values: Sequence[str], key: str) -> None:
    places = [place for place in picked_places(st.session_state.get(key), "y") if place < len(values)]
    st.session_state["class turns"] = st.session_state.get("class turns", 0) + 1
    if places:
        st.query_params["class"] = values[places[0]]


def _below(label: LabelFigures, shown: int, listed: int) -> None:
    """How to read the chart, and the way to the bars that are left out."""
    everything = len(label.classes) if label.poor is None else label.values  # older files count those kept alone
    small = everything - label.judged
    told = "Whiskers: 95% intervals. Upright line: the most that a class of few images can reach."
    if label.judged > listed:
        told += f" Of {number(label.judged)} classes the {number(listed)} worst are kept."
    if small and label.judged:
        told += f" {plural(small, 'class', 'classes')} with fewer than {LEAST_IMAGES} images drawn are not listed."
    st.caption(told)
    if listed > shown:
        st.button(
            f"Show {plural(listed - shown, 'more class', 'more classes')}",
            icon=":material/expand_more:",
            on_click=partial(st.query_params.__setitem__, "classes", "all"),
        )
