"""Where a pipeline is put together: a preset to begin with, its seed, its steps, and the ways in and out."""

from dataclasses import replace

import streamlit as st

from core.augment.pipeline import MOST_SEED, Pipeline, parse_pipeline
from core.augment.presets import Preset, find_preset, presets
from core.augment.short import preset_name, short_steps
from ui.errors import plain, reporting
from ui.pipelinelink import can_go_back, go_back, keep_pipeline, linked_pipeline
from ui.pipelineshare import paste, share
from ui.pipelinestate import OPEN, TYPED
from ui.pipelinesteps import steps_list

OWN = ""  # stands for a pipeline that is no preset
MOST_TYPED_SEED = min(MOST_SEED, 2**53 - 1)  # what a browser can hold


def pipeline_editor(pipeline: Pipeline) -> Pipeline:
    """Show the pipeline and take in what is changed in it."""
    with st.container(key="pipeline", gap="small"):
        _preset_box(pipeline)
        _seed_box(pipeline)
        with st.container(horizontal=True, gap="medium", key="pipeline acts"):
            share(pipeline)
            paste()
            st.button(
                "Undo",
                icon=":material/undo:",
                type="tertiary",
                on_click=go_back,
                disabled=not can_go_back(),
                key="undo pipeline",
                help="Back to the pipeline before the last change",
            )
        steps_list(short_steps(pipeline), pipeline.steps["transform"]["transforms"])
    return pipeline


def _preset_box(pipeline: Pipeline) -> None:
    ready = {preset.name: preset for preset in presets()}
    now = preset_name(pipeline) or OWN
    st.session_state["preset"] = now
    st.selectbox(
        "Pipeline",
        [*([OWN] if now == OWN else []), *ready],
        format_func=lambda name: _title(ready[name]) if name else pipeline.name,
        key="preset",
        on_change=_choose,
    )
    if now:
        st.caption(plain(ready[now].about))


def draws(pipeline: Pipeline) -> bool:
    """Whether anything may be left to chance: in all but the presets that always do the same."""
    name = preset_name(pipeline)
    return name is None or find_preset(name).draws


def _title(preset: Preset) -> str:
    return preset.title if preset.draws else f"{preset.title} · not random"


def _seed_box(pipeline: Pipeline) -> None:
    st.session_state["pipeline seed"] = min(pipeline.seed, MOST_TYPED_SEED)
    drawing = draws(pipeline)
    st.number_input(
        "Seed",
        0,
        MOST_TYPED_SEED,
        step=1,
        key="pipeline seed",
        on_change=_seed,
        disabled=not drawing,
        help="The same seed makes the same pictures, here and everywhere."
        if drawing
        else "Nothing in this pipeline is left to chance.",
    )


@reporting
def _choose() -> None:
    name = st.session_state["preset"]
    if name:
        for key in (OPEN, TYPED):
            st.session_state.pop(key, None)
        keep_pipeline(replace(parse_pipeline(name), seed=linked_pipeline().seed))


@reporting
def _seed() -> None:
    keep_pipeline(replace(linked_pipeline(), seed=int(st.session_state["pipeline seed"])))
