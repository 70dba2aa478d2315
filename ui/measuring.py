"""A collection's evaluations: which there are, which one is shown, and measuring anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import streamlit as st

from core.collection.catalog import Catalog
from core.errors import VitrineError
from core.evaluation.record import evaluation_files, read_evaluation, save_evaluation
from core.evaluation.run import USUAL_SAMPLE, EvaluationRequest
from core.evaluation.scores import Evaluation
from core.ingest.progress import Progress
from core.operations.measuring import run_evaluation
from core.workspace import Workspace
from ui.errors import plain, show_error
from ui.words import ago, number, plural

MOST_SHOWN = 30  # evaluations that can be chosen, the latest
SAMPLES = (1_000, USUAL_SAMPLE, 5_000)


@dataclass(frozen=True)
class Kept:
    """One evaluation in the workspace, by the name of its file, which links carry."""

    name: str
    evaluation: Evaluation


def kept_evaluations(workspace: Workspace, name: str) -> list[Kept]:
    """A collection's evaluations, latest first."""
    found = []
    for path in evaluation_files(workspace.folder, name)[:MOST_SHOWN]:
        try:
            changed = path.stat().st_mtime_ns
        except OSError:  # gone meanwhile
            continue
        evaluation = _read(str(path), changed)
        if evaluation is not None:
            found.append(Kept(path.stem, evaluation))
    return found


@st.cache_resource(show_spinner=False, max_entries=2 * MOST_SHOWN)  # type: ignore[untyped-decorator]
def _read(path: str, changed: int) -> Evaluation | None:
    """One file, read once as long as it stays the same; `changed` stands in the cache's key."""
    return read_evaluation(Path(path))


def chosen_evaluation(kept: Sequence[Kept], own: str) -> Kept:
    """The evaluation that the link names; a box to choose where there are several.

    Otherwise the latest of the encoder with the fingerprint `own`, or the latest of any.
    """
    by_name = {item.name: item for item in kept}
    usual = next((item for item in kept if item.evaluation.encoder.fingerprint == own), kept[0])
    shown = by_name.get(str(st.query_params.get("measured", "")), usual)
    if len(kept) < 2:
        return shown

    def changed() -> None:
        st.query_params["measured"] = st.session_state["measured choice"]

    st.session_state["measured choice"] = shown.name
    st.selectbox(
        "Measured",
        list(by_name),
        key="measured choice",
        format_func=lambda item: _line(by_name[item].evaluation),
        on_change=changed,
        label_visibility="collapsed",
        width=420,
    )
    return shown


def measure(workspace: Workspace, catalog: Catalog, name: str, *, again: bool) -> None:
    """The button that measures the collection's own encoder, and how many images it takes."""
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        offered = sample_sizes(catalog.count_all)
        sample = st.selectbox(
            "Images to measure on",
            offered,
            key=f"measured images of {name}",
            index=offered.index(USUAL_SAMPLE) if USUAL_SAMPLE in offered else len(offered) - 1,
            format_func=lambda count: f"On {plural(min(count, catalog.count_all), 'image')}",
            label_visibility="collapsed",
            width=170,
        )
        kind = "secondary" if again else "primary"
        pressed = st.button("Measure again" if again else "Measure now", icon=":material/speed:", type=kind)
    if not pressed:
        return
    place = st.empty()

    def told(progress: Progress) -> None:
        words = f"{progress.stage}: {number(progress.done)} of {number(progress.total)}"
        place.progress(progress.done / max(progress.total, 1), text=words)

    place.progress(0.0, text="Reading vectors …")
    try:
        measured = run_evaluation(workspace, name, EvaluationRequest(sample=sample), told)
        save_evaluation(workspace.folder, measured)
    except VitrineError as error:
        place.empty()
        show_error(error)
        return
    st.query_params.pop("measured", None)
    st.rerun()


def sample_sizes(images: int) -> list[int]:
    """The sizes to choose from: those that a collection exceeds, and the first that takes all of it in."""
    below = [size for size in SAMPLES if size < images]
    return [*below, *SAMPLES[len(below) : len(below) + 1]]


def what_was_measured(catalog: Catalog, evaluation: Evaluation) -> None:
    """When, with which encoder and on how many images; and a warning where that is not what the collection is now."""
    sampled = evaluation.sampled
    when = ago(datetime.fromisoformat(evaluation.at))
    how = "the collection's own vectors" if evaluation.stored_vectors else "its images, encoded anew"
    st.caption(
        f"Measured {when} with {plain(evaluation.encoder.name)} on {number(sampled.used)} of "
        f"{number(sampled.images)} images, drawn at random (seed {sampled.seed}), by {plain(how)}."
    )
    if evaluation.encoder.fingerprint != catalog.encoder.fingerprint:
        st.warning(
            f"These figures are of “{plain(evaluation.encoder.name)}”. The collection is searched with "
            f"“{plain(catalog.encoder.name)}”, for which they say nothing.",
            icon=":material/warning:",
        )
    elif sampled.version != catalog.version:
        changed = f"It had {number(sampled.images)} images then and has {number(catalog.count_all)} now."
        st.warning(
            f"The collection has changed since. {changed} Measure again for figures of what is there now.",
            icon=":material/update:",
        )


def _line(evaluation: Evaluation) -> str:
    when = ago(datetime.fromisoformat(evaluation.at))
    return f"{evaluation.encoder.name}, {number(evaluation.sampled.used)} images, {when}"
