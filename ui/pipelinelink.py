"""The pipeline in the link, so that whoever opens it sees the same pixels."""

import streamlit as st

from core.augment.pipeline import Pipeline, parse_pipeline
from ui.question import remember

DEFAULT = "crop-resize"


def asked_pipeline() -> Pipeline:
    """The pipeline that the link names; the first preset where it names none."""
    return parse_pipeline(st.query_params.get("pipeline", DEFAULT))


def keep_pipeline(pipeline: Pipeline) -> None:
    """Put another pipeline into the link."""
    remember(pipeline=pipeline.name)
