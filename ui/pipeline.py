"""Where a pipeline is put together."""

import streamlit as st

from core.augment.pipeline import Pipeline


def pipeline_editor(pipeline: Pipeline) -> Pipeline:
    """Show the pipeline and take in what is changed in it."""
    st.markdown(pipeline.name)
    return pipeline
