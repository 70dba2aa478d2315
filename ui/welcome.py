"""What a person sees before there is any collection: the way to the first one."""

import streamlit as st

from core.workspace import Workspace
from ui.ingest import ingest_form, show_jobs


def welcome(workspace: Workspace) -> None:
    """Say what to do, and do it here."""
    st.title("Bring in your images", anchor=False)
    st.markdown(
        "A folder, a zip or tar archive, or a table of paths or addresses. A metadata table inside or beside it "
        "is found by itself."
    )
    ingest_form(workspace, None)
    show_jobs(workspace)
