"""The pipeline to take along: link, Python code, JSON and YAML; and one to bring in."""

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from core.augment.pipeline import CONTROL, MOST_NAME, Pipeline, parse_pipeline
from core.augment.text import to_json, to_link, to_python, to_yaml
from core.errors import VitrineError
from ui.errors import reporting, show_error
from ui.pipelinelink import NAME, keep_pipeline, linked_pipeline
from ui.pipelinestate import OPEN, TYPED

PASTED = "pipeline to paste"
REFUSED = "pipeline that was refused"
HEIGHT = 320  # pixels of a text before it scrolls
MOST_PASTED = 100_000  # characters


def share(pipeline: Pipeline) -> None:
    """A popover with the pipeline in every form to copy."""
    opened = st.popover("Share", icon=":material/share:", type="tertiary", key="share pipeline", on_change="rerun")
    if not opened.open:
        return
    with opened:
        _name(pipeline)
        link, python, as_json, as_yaml = st.tabs(["Link", "Python", "JSON", "YAML"])
        with link:
            st.caption("Opens this page with these steps and this seed.")
            st.code(address(pipeline), language=None, wrap_lines=True)
        with python:
            st.caption("Needs albumentations alone, and makes the same pixels.")
            st.code(to_python(pipeline), language="python", height=HEIGHT)
        for tab, name, text in ((as_json, "json", to_json), (as_yaml, "yaml", to_yaml)):
            with tab:
                brief = st.toggle("Leave out what is usual", value=True, key=f"brief {name}")
                st.caption(
                    "As a person would write it."
                    if brief
                    else "As albumentations’ own load() reads it, name and seed beside."
                )
                made = text(pipeline, brief=brief)
                st.code(made, language=name, height=HEIGHT)
                st.download_button(
                    "Download",
                    made,
                    f"pipeline.{name}",
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"save {name}",
                )


def address(pipeline: Pipeline) -> str:
    """The page's address with the pipeline in it, whether or not the link has it now."""
    values = {**st.query_params.to_dict(), NAME: to_link(pipeline)}
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(values)}"


def _name(pipeline: Pipeline) -> None:
    st.session_state["pipeline name"] = pipeline.name
    st.text_input("Name", max_chars=MOST_NAME, key="pipeline name", on_change=_rename)


@reporting
def _rename() -> None:
    name = " ".join(CONTROL.sub(" ", str(st.session_state["pipeline name"])).split())
    if name:
        keep_pipeline(replace(linked_pipeline(), name=name))


def paste() -> None:
    """A popover to bring a pipeline in as text."""
    opened = st.popover(
        "Paste", icon=":material/content_paste:", type="tertiary", key="paste pipeline", on_change="rerun"
    )
    if not opened.open:
        st.session_state.pop(REFUSED, None)
        return
    with opened:
        st.text_area(
            "JSON or YAML, as this page or albumentations writes it",
            key=PASTED,
            height=220,
            max_chars=MOST_PASTED,
            placeholder="steps:\n- {transform: HorizontalFlip, p: 0.5}\n- {transform: Rotate, limit: 15, p: 1}",
        )
        told = st.session_state.get(REFUSED)
        if told:
            show_error(VitrineError(*told))
        st.button("Use this pipeline", key="use pasted", on_click=_use, type="primary")


@reporting
def _use() -> None:
    """The pasted text as the pipeline; one that cannot be read stays in the box, with the reason."""
    try:
        made = parse_pipeline(str(st.session_state.get(PASTED) or ""))
    except VitrineError as error:
        st.session_state[REFUSED] = [error.title, error.detail, error.hint]
        return
    for key in (REFUSED, TYPED, OPEN):
        st.session_state.pop(key, None)
    st.session_state[PASTED] = ""
    st.session_state["paste pipeline"] = False
    keep_pipeline(made)
