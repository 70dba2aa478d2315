"""What a pipeline does to search: told in words, plotted for each change, with the images that moved most."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import streamlit as st

from core.augment.pipeline import Pipeline
from core.collection.catalog import Catalog
from core.effect.figures import Effect, Point, load_effect, load_effects, pipeline_key
from core.effect.run import USUAL_SAMPLE, EffectRequest
from core.jobs.job import Job, State
from core.query.english import sentence
from core.query.recipe import Recipe
from core.query.url import to_parameters
from core.tasks import start_effect
from core.workspace import Workspace
from ui.charts import PLOTLY_CONFIG, picked_places
from ui.effectcharts import drift_ranges, found_bars, ranked
from ui.effectexamples import show_examples
from ui.effectwords import headline, phrases
from ui.errors import plain, reporting, show_job_error
from ui.jobs import EVERY_SECONDS, show_job, turn_when_ended
from ui.question import remember
from ui.signin import who
from ui.words import ago, number, plural

SAMPLES = (50, 100, USUAL_SAMPLE, 500, 1_000)
LATEST = 20  # jobs looked through for this page's
OTHERS = 8  # other pipelines beside


def show_effect(workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, pipeline: Pipeline) -> None:
    """The pipeline's measurement and what it says, or how to make one."""
    found = load_effect(workspace.folder, name, pipeline.to_dict())
    if found is None:
        st.markdown(
            "How far does this pipeline move images from where search finds them? A random sample is changed, each "
            "picture searched with, and counted how often the original is still found: for the whole pipeline, and "
            "for each of its transforms alone at a quarter, half and all of its range."
        )
    _measure(workspace, catalog, name, recipe, pipeline, again=found is not None)
    if found is None:
        _show_others(workspace, name, None)
        return
    points = ranked(found)
    st.markdown(f"#### {headline(found)}")
    st.markdown("\n".join(f"- {words}" for words in phrases(points)))
    _show_stale(catalog, recipe, pipeline, found)
    chosen = _chosen(points)
    _show_charts(points, chosen, found)
    st.caption(_told(found))
    _how(found)
    _choose(points, chosen)
    show_examples(workspace, catalog, name, chosen)
    _show_others(workspace, name, found)


def _measure(
    workspace: Workspace, catalog: Catalog, name: str, recipe: Recipe, pipeline: Pipeline, *, again: bool
) -> None:
    """The button that measures, how many images it takes, and how far a measurement under way is."""
    jobs = [job for job in workspace.jobs.all(LATEST) if job.kind == "effect" and job.collection == name]
    if any(not job.ended for job in jobs):
        st.fragment(_follow, run_every=EVERY_SECONDS)(workspace, name)
        return
    matching = catalog.count(recipe.where)
    if matching < 2:
        st.info("There are too few images to measure on.", icon=":material/filter_alt_off:")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="effect measure"):
        sample = st.selectbox(
            "Images to measure on",
            SAMPLES,
            index=SAMPLES.index(USUAL_SAMPLE),
            key="effect sample",
            format_func=lambda count: f"On {plural(min(count, matching), 'image')}",
            label_visibility="collapsed",
            width=170,
        )
        st.button(
            "Measure again" if again else "Measure",
            icon=":material/speed:",
            type="secondary" if again else "primary",
            on_click=_start,
            args=(workspace, name, recipe, pipeline, sample),
        )
    _show_failure(jobs, pipeline)


def _show_failure(jobs: Sequence[Job], pipeline: Pipeline) -> None:
    """Why the last measurement of this pipeline failed."""
    last = jobs[0] if jobs else None
    asked = (last.parameters.get("pipeline") or {}) if last is not None else {}
    if last is None or last.state is not State.FAILED or "steps" not in asked:
        return
    if pipeline_key(asked) == pipeline_key(pipeline.to_dict()):
        show_job_error(last)


@reporting
def _start(workspace: Workspace, name: str, recipe: Recipe, pipeline: Pipeline, sample: int) -> None:
    start_effect(workspace, EffectRequest(name, pipeline.to_dict(), to_parameters(recipe), sample), who())


def _follow(workspace: Workspace, name: str) -> None:
    jobs = [job for job in workspace.jobs.all(LATEST) if job.kind == "effect" and job.collection == name][:1]
    for job in jobs:
        show_job(workspace, job)
    turn_when_ended(jobs)


def _show_stale(catalog: Catalog, recipe: Recipe, pipeline: Pipeline, found: Effect) -> None:
    """What is not as it was when this was measured."""
    if found.encoder != catalog.encoder:
        st.warning("The collection has passed to another encoder since: measure again.", icon=":material/update:")
    elif found.version != catalog.version:
        st.info("The collection has changed since it was measured.", icon=":material/update:")
    if to_parameters(recipe) != dict(found.recipe):
        asked = plain(sentence(recipe, catalog.columns))
        st.info(f"Measured on “{plain(found.sentence)}”, not on “{asked}”.", icon=":material/filter_alt:")
    if found.pipeline["seed"] != pipeline.seed:
        st.caption(f"Measured with the pipeline's seed {found.pipeline['seed']}; figures hardly depend on it.")


def _chosen(points: Sequence[Point]) -> Point:
    """The change that the link names, or the whole pipeline."""
    asked = str(st.query_params.get("change", ""))
    return next((point for point in points if _name(point) == asked), points[0])


def _show_charts(points: Sequence[Point], chosen: Point, found: Effect) -> None:
    """Both charts, one below the other with the same rows; a click chooses a change."""
    turn = st.session_state.get("effect turns", 0)
    for kind, figure in (
        ("found", found_bars(points, chosen, found.images)),
        ("drift", drift_ranges(points, chosen, found.images)),
    ):
        key = f"effect {kind} {turn}"
        st.plotly_chart(
            figure,
            config=PLOTLY_CONFIG,
            key=key,
            theme=None,
            on_select=partial(_picked, [_name(point) for point in points], key),
            selection_mode=("points",),
            alt=f"{figure.layout.title.text}, for {plural(len(points), 'change')}",
        )


@reporting
def _picked(names: Sequence[str], key: str) -> None:
    places = [place for place in picked_places(st.session_state.get(key), "y") if place < len(names)]
    st.session_state["effect turns"] = st.session_state.get("effect turns", 0) + 1
    if places:
        remember(change=names[places[0]])


def _choose(points: Sequence[Point], chosen: Point) -> None:
    """Every change, for the keyboard."""
    by_name = {_name(point): point for point in points if point.pipeline is not None}
    st.session_state["effect change"] = _name(chosen) if _name(chosen) in by_name else _name(points[0])

    def changed() -> None:
        remember(change=st.session_state["effect change"])

    st.selectbox(
        "Images that moved most by",
        list(by_name),
        key="effect change",
        on_change=changed,
        format_func=lambda name: by_name[name].words,
    )


def _name(point: Point) -> str:
    return f"{point.step}@{point.share:g}" if point.step else point.kind


def _told(found: Effect) -> str:
    """When and on what it was measured, and what could not be."""
    when, images = ago(datetime.fromisoformat(found.at)), plural(found.unchanged.images, "image")
    told = (
        f"Measured {when} on {images} drawn at random (seed {found.seed}) from the {number(found.matching)} of "
        f"“{plain(found.sentence)}”. 95% intervals."
    )
    if found.unread:
        told += f" {plural(found.unread, 'image')} could not be read: {plain(found.unread_why)}"
    for point in [point for point in found.points if point.failed][:1]:
        words = plain(point.words)
        told += f" {words}: {plural(point.failed, 'image')} could not be changed. {plain(point.failure)}"
    return told


def _how(found: Effect) -> None:
    """How it is measured, and how the charts are read."""
    ranks = "Every vector is compared." if found.exact else "Ranks are what the index answers, which is approximate."
    with st.popover("How to read this", icon=":material/help:", type="tertiary"):
        st.markdown(
            f"Each image is changed, encoded and searched with among all {number(found.images)}. {ranks} Images with "
            "the same bytes, or an equal vector, count as found.\n\n"
            "**Found:** the bar finds its original first, with its 95% interval; grey behind it within the first ten. "
            "The numbers are both.\n\n"
            "**Drift:** 1 less the cosine similarity of the changed image's vector and its original's. The dot is the "
            "middle image, the bar half of the images, the line nine of ten.\n\n"
            "Transforms stand alone, always taken, at all of their range unless it says at half or at a quarter. "
            "“Unchanged” reads and encodes the same images again: what it loses is not the pipeline's doing."
        )


def _show_others(workspace: Workspace, name: str, found: Effect | None) -> None:
    """Other pipelines that were measured on this collection, the one that keeps most first."""
    others = [item for item in load_effects(workspace.folder, name) if found is None or item != found]
    shown = sorted(others[:OTHERS] + ([found] if found else []), key=lambda item: -item.whole.first.value)
    if not others:
        return
    st.markdown("**Pipelines measured on this collection**")
    st.dataframe(
        [
            {
                "Pipeline": str(item.pipeline["name"]),
                "Found first": f"{100 * item.whole.first.value:.1f}%",
                "Within ten": f"{100 * item.whole.ten.value:.1f}%",
                "Median drift": f"{item.whole.drift.median:.3f}",
                "Images": number(item.whole.images),
                "Measured": ago(datetime.fromisoformat(item.at)),
            }
            for item in shown
        ],
        hide_index=True,
    )
