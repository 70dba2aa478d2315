"""The pipeline in the link, so that whoever opens it sees the same pixels."""

import streamlit as st

from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.text import from_link, to_link
from core.errors import VitrineError
from ui.errors import show_error
from ui.question import remember

DEFAULT = "crop-resize"
NAME = "pipeline"  # of the link's parameter


def asked_pipeline() -> Pipeline:
    """The pipeline that the link names; where that cannot be read it is told why, and the first preset shown."""
    asked = st.query_params.get(NAME, DEFAULT)
    try:
        return from_link(asked)
    except VitrineError as error:
        show_error(VitrineError(error.title, error.detail, f"{error.hint} “Crop and resize” is shown instead.".strip()))
        return parse_pipeline(DEFAULT)


def keep_pipeline(pipeline: Pipeline) -> None:
    """Put another pipeline into the link."""
    text = to_link(pipeline)
    remember(**{NAME: None if text == DEFAULT else text})
