"""What a person waits for: the command's help, the first page, one run of a page's script."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import Figure, figure, milliseconds
from core.settings import ROOT

RUNS = 7
SCRIPT_RUNS = 10


def frontend_figures(workspace: Path, name: str) -> list[Figure]:
    """Start-up of command and page, beside a bare interpreter; script run after a facet click."""
    help_command = [sys.executable, "-m", "cli.main", "--help"]
    bare = [sys.executable, "-c", "pass"]
    return [
        figure(
            "vitrine --help",
            "ms",
            milliseconds(lambda: _run(help_command), RUNS),
            "python -c pass",
            milliseconds(lambda: _run(bare), RUNS),
        ),
        figure("first page's script run, cold server", "ms", _first_pages(workspace, name)),
        figure("facet click, script run", "ms", _script_runs(workspace, name)),
    ]


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def _first_pages(workspace: Path, name: str) -> list[float]:
    """Milliseconds from the server answering to the first page drawn, measured in a process of its own each time."""
    code = (
        "import time; from streamlit.testing.v1 import AppTest; import streamlit; started = time.perf_counter();"
        f"test = AppTest.from_file('ui/shell.py', default_timeout=60); test.query_params['collection'] = {name!r};"
        "test.run(); print('took', (time.perf_counter() - started) * 1000);"
        "import sys; assert 'torch' not in sys.modules; assert not test.exception, test.exception"
    )
    environment = {**os.environ, "VITRINE_WORKSPACE": str(workspace)}
    taken = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        found = re.search(r"took ([\d.]+)", done.stdout)
        assert found is not None, done.stdout
        taken.append(float(found.group(1)))
    return taken


def _script_runs(workspace: Path, name: str) -> list[float]:
    """Milliseconds of Explore's script run after a facet click."""
    from streamlit.testing.v1 import AppTest

    os.environ["VITRINE_WORKSPACE"] = str(workspace)
    test = AppTest.from_file(str(ROOT / "ui" / "shell.py"), default_timeout=60)
    test.query_params["collection"] = name
    test.run()
    test.switch_page("../pages/explore.py").run()
    taken = []
    for turn in range(1, SCRIPT_RUNS + 1):
        column, value = _a_value(workspace, name, turn)
        test.session_state["facets"] = {"turns": [{"turn": turn, "column": column, "chosen": [value]}]}
        started = time.perf_counter()
        test.run()
        taken.append((time.perf_counter() - started) * 1000)
        assert not test.exception, test.exception
    return taken


def _a_value(workspace: Path, name: str, turn: int) -> tuple[str, str]:
    from core.collection.counts import facet_counts
    from core.query.recipe import Recipe
    from core.settings import Settings
    from core.workspace import Workspace

    catalog = Workspace.open(Settings.load({"VITRINE_WORKSPACE": str(workspace)})).catalog(name)
    facet = facet_counts(catalog, Recipe())[0]
    known = [str(item.value) for item in facet.values if item.value is not None]
    return facet.column, known[turn % len(known)]
