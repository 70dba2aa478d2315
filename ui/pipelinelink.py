"""The pipeline in the link, so that whoever opens it sees the same pixels; and the way back to the one before."""

from dataclasses import replace

import streamlit as st

from core.augment.pipeline import MOST_SEED, Pipeline, parse_pipeline
from core.augment.text import from_link, to_link
from core.errors import VitrineError
from ui.errors import show_error
from ui.question import remember

DEFAULT = "crop-resize"
NAME = "pipeline"  # of the link's parameter
PAST = "pipelines before"
MOST_PAST = 30


def asked_pipeline() -> Pipeline:
    """The pipeline that the link names; where that cannot be read it is told why, and the first preset shown."""
    try:
        return from_link(st.query_params.get(NAME, DEFAULT))
    except VitrineError as error:
        show_error(VitrineError(error.title, error.detail, f"{error.hint} “Crop and resize” is shown instead.".strip()))
        return parse_pipeline(DEFAULT)


def linked_pipeline() -> Pipeline:
    """The same, without a word about a link that cannot be read: for what happens before a page is drawn."""
    try:
        return from_link(st.query_params.get(NAME, DEFAULT))
    except VitrineError:
        return parse_pipeline(DEFAULT)


def keep_pipeline(pipeline: Pipeline) -> None:
    """Put another pipeline into the link; the one that stood there can be brought back."""
    before, text = st.query_params.get(NAME, DEFAULT), to_link(pipeline)
    if text != before:
        past = [*st.session_state.get(PAST, []), before]
        st.session_state[PAST] = past[-MOST_PAST:]
        remember(**{NAME: text})


def can_go_back() -> bool:
    """Whether an earlier pipeline can be brought back."""
    return bool(st.session_state.get(PAST))


def go_back() -> None:
    """Bring the pipeline before this one back into the link."""
    *past, before = st.session_state.get(PAST) or [DEFAULT]
    st.session_state[PAST] = past
    remember(**{NAME: before})


def reroll() -> None:
    """Draw anew: the next seed."""
    pipeline = linked_pipeline()
    keep_pipeline(replace(pipeline, seed=0 if pipeline.seed >= MOST_SEED else pipeline.seed + 1))
