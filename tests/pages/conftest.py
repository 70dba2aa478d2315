"""Small collections made by real ingests, and pages opened through the shell."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from drawn import Open, draw, hostile, prose, shop, wide
from streamlit.testing.v1 import AppTest

from core.ingest.plan import IngestRequest
from core.settings import Settings
from core.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with collections of every shape; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("stock")
    space = Workspace.open(Settings(workspace=folder / "workspace", timings_kept=0))
    for name, make in {"shop": shop, "hostile": hostile, "wide": wide, "prose": prose}.items():
        space.ingest(IngestRequest(str(make(folder / name)), name))
    for name, count in {"one": 1, "two": 2, "gone": 2}.items():
        for number in range(count):
            draw(folder / name / f"{number}.png", number + 300)
        space.ingest(IngestRequest(str(folder / name), name))
    space.delete("gone", ["0", "1"])
    return folder / "workspace"


@pytest.fixture
def workspace(tmp_path: Path, stock: Path) -> Workspace:
    """The same collections, to change at will; what the pages see."""
    shutil.copytree(stock, tmp_path / "workspace")
    return Workspace.open(Settings(workspace=tmp_path / "workspace"))


@pytest.fixture
def empty_workspace(tmp_path: Path) -> Path:
    """A workspace without any collection."""
    return tmp_path / "empty"


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch, stock: Path) -> Iterator[Open]:
    """Open a page through the shell, with what stands in the link."""

    def opened(page: str, folder: Path | None = None, /, **link: str) -> AppTest:
        monkeypatch.setenv("VITRINE_WORKSPACE", str(folder or stock))
        if folder is None:  # others copy it meanwhile
            monkeypatch.setenv("VITRINE_TIMINGS_KEPT", "0")
        at = AppTest.from_file(ROOT / "ui" / "shell.py", default_timeout=60)
        for name, value in link.items():
            at.query_params[name] = value
        at.switch_page(f"../pages/{page}.py")
        return at.run()

    monkeypatch.setattr(Workspace, "warm_search", lambda self, name=None: None)
    st.cache_resource.clear()
    yield opened
    st.cache_resource.clear()
