"""What a person sees before there is anything to show: the way to the first collection, or to its first image."""

import streamlit as st

from core.workspace import Workspace
from ui.ingest import ingest_form
from ui.jobs import show_jobs
from ui.places import COLLECTION


def welcome(workspace: Workspace) -> None:
    """Say what to do, and do it here."""
    st.title("Bring in your images", anchor=False)
    st.markdown(
        "A folder, a zip or tar archive, or a table of paths or addresses. A metadata table inside or beside it "
        "is found by itself."
    )
    ingest_form(workspace, None)
    show_jobs(workspace)


def nothing_yet(name: str) -> None:
    """A collection without images, and where it gets some."""
    st.info(f"“{name}” has no images. Bring some in, or put back what was deleted.", icon=":material/info:")
    to_collection = {"collection": name, "tab": "Bring in more"}
    st.page_link(
        COLLECTION,
        label="Bring in images",
        icon=":material/add_photo_alternate:",
        query_params=to_collection,
    )
