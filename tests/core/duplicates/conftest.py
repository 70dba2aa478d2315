"""The collection with copies, for reading and for changing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.encoders.protocol import Encoder
from core.settings import Settings
from core.workspace import Workspace
from tests.twins import twins


@pytest.fixture(scope="session")
def twins_space(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Workspace]:
    """A workspace with “twins”; for reading only."""
    space = twins(tmp_path_factory.mktemp("twins"), encoder)
    yield space
    space.originals.close()


@pytest.fixture
def own_twins(twins_space: Workspace, encoder: Encoder, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of it to change at will."""
    shutil.copytree(twins_space.folder, tmp_path / "workspace")
    space = Workspace.open(Settings(workspace=tmp_path / "workspace"), encoder)
    yield space
    space.originals.close()
