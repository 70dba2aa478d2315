"""A served workspace with a small sample for each file of tests, and a browser that looks at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from visits import visit
from watch import Watched

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COUNT = 150


def run_cli(workspace: Path, *words: str) -> None:
    command = [sys.executable, "-m", "cli.main", *words]
    environment = {**os.environ, "VITRINE_WORKSPACE": str(workspace)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=180)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn catalogue: pictures and their table."""
    folder = tmp_path_factory.mktemp("browser") / "sample"
    run_cli(folder.parent / "unused", "sample", str(folder), "--count", str(COUNT))
    return folder


@pytest.fixture(scope="session")
def ready(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one collection, "sample"; to be copied."""
    workspace = tmp_path_factory.mktemp("ready")
    run_cli(workspace, "ingest", str(pictures), "--collection", "sample")
    return workspace


@pytest.fixture(scope="module")
def address(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard's address; what the tests of one file do to its workspace no other file sees."""
    workspace = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(ready, workspace)
    with served(workspace) as base:
        yield base


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """A server over a workspace, which must not die nor log a traceback."""
    port = free_port()
    log = (workspace / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "VITRINE_WORKSPACE": str(workspace)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(server, base, workspace / "server.log")
        yield base
        assert server.poll() is None, "the server has died"
        text = (workspace / "server.log").read_text(errors="replace")
        assert "Traceback" not in text, text[-4_000:]
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait_until_up(server: subprocess.Popen[bytes], base: str, log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text(errors="replace")
        try:
            with urllib.request.urlopen(f"{base}/api/ping", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(errors="replace"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "There is no Chromium: install it or name it in CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watched(address: str) -> Iterator[Watched]:
    """Every test ends by asking that nothing left this machine and no error was logged."""
    watch = Watched()
    yield watch
    elsewhere = [url for url in watch.requests if not url.startswith((address, "data:", "blob:"))]
    assert elsewhere == []
    assert watch.errors == []


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A new visitor on a desk."""
    with visit(chromium, address) as made:
        yield made


@pytest.fixture
def page(context: BrowserContext, watched: Watched) -> Page:
    """That visitor's window."""
    made = context.new_page()
    watched.watch(made)
    return made
