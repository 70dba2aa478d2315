"""What the dashboard keeps between reruns: one workspace for the whole process."""

import streamlit as st

from core.settings import Settings
from core.workspace import Workspace


@st.cache_resource(show_spinner=False)  # type: ignore[untyped-decorator]
def open_workspace() -> Workspace:
    """The workspace of the settings, opened once a process; the API uses the same one."""
    return Workspace.open(Settings.load())


def current() -> tuple[Workspace, str | None]:
    """The workspace, and the collection that the link names; an unknown one is a NotFoundError."""
    workspace = open_workspace()
    name = st.query_params.get("collection")
    return workspace, workspace.collection(name).name if name is not None else None
