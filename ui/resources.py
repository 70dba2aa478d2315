"""What the dashboard keeps between reruns: one workspace for the whole process."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from core.errors import VitrineError
from core.settings import Settings
from core.workspace import Workspace


@st.cache_resource(show_spinner=False)  # type: ignore[untyped-decorator]
def open_workspace() -> Workspace:
    """The workspace of the settings, opened once a process; the API uses the same one."""
    return Workspace.open(Settings.load())


@asynccontextmanager
async def supervised(app: st.App) -> AsyncIterator[None]:
    """While the server runs, see to it that its jobs have a worker, those of a server that was killed too."""
    try:
        supervisor = open_workspace().supervisor
    except VitrineError as error:  # every page tells it
        logging.getLogger("vitrine.server").error("%s", error)
        yield
        return
    supervisor.watch()
    try:
        yield
    finally:
        supervisor.stop()


def current() -> tuple[Workspace, str | None]:
    """The workspace, and the collection that the link names; an unknown one is a NotFoundError."""
    workspace = open_workspace()
    name = st.query_params.get("collection")
    return workspace, workspace.collection(name).name if name is not None else None
