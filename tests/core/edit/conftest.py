"""A workspace whose history begins with the test."""

import shutil

import pytest

from core.workspace import Workspace


@pytest.fixture
def own_workspace(own_workspace: Workspace) -> Workspace:
    """The copy of the workspace that the test may change, without what is recorded of its ingest."""
    shutil.rmtree(own_workspace.folder / "history", ignore_errors=True)
    return own_workspace
