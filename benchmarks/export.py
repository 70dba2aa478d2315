"""A whole collection as a zip: images a second, beside a bare zip of the same files, and whether memory stays flat.

python -m benchmarks.export --workspace FOLDER --collection NAME
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import psutil

from benchmarks.measure import Figure, figure, machine
from core.settings import ROOT, Settings
from core.workspace import Workspace

NAME = "benchmark"
EVERY_SECONDS = 0.2
MB = 1_000_000


def export_figures(workspace: Path, name: str) -> list[Figure]:
    """Export once with originals and CSV; the time and the memory are those of the whole process, its start too."""
    with tempfile.TemporaryDirectory(prefix="vitrine-export-") as folder:
        command = [sys.executable, "-m", "cli.main", "export", NAME, "--collection", name, "--whole"]
        command += ["--layout", "zip", "--destination", folder, "--json"]
        environment = {**os.environ, "VITRINE_WORKSPACE": str(workspace)}
        started = time.perf_counter()
        held = []
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
            watched = psutil.Process(process.pid)
            while process.poll() is None:
                try:
                    held.append(watched.memory_info().rss / MB)
                except psutil.NoSuchProcess:
                    break
                time.sleep(EVERY_SECONDS)
        taken = time.perf_counter() - started
        assert process.returncode == 0
        size = Path(folder, f"{NAME}.zip").stat().st_size / MB
    opened = Workspace.open(Settings.load({"VITRINE_WORKSPACE": str(workspace)}))
    images = opened.catalog(name).count_all
    quarter = max(1, len(held) // 4)
    second, last = held[quarter : 2 * quarter], held[-quarter:]
    return [
        figure("export to zip", "images/s", [images / taken], "read and zip alone", [_bare_zip(opened, name)]),
        figure("export, size of the zip", "MB", [size]),
        figure("export, peak memory", "MB", [max(held)]),
        figure("export, memory in the last quarter", "MB", last, "in the second quarter", [statistics.median(second)]),
    ]


def _bare_zip(workspace: Workspace, name: str) -> float:
    """Images a second of the plainest loop that reads every original and writes it into a zip."""
    rows = workspace.catalog(name).select("SELECT id, uri FROM images")
    with tempfile.TemporaryDirectory(prefix="vitrine-zip-") as folder:
        started = time.perf_counter()
        with ZipFile(Path(folder, "bare.zip"), "w", ZIP_STORED) as target:
            for place, (_, uri) in enumerate(rows):
                target.writestr(f"{place}.jpg", workspace.originals.read(uri))
        return len(rows) / (time.perf_counter() - started)


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--collection", required=True)
    asked = parser.parse_args()
    facts = machine()
    figures = [asdict(item) for item in export_figures(asked.workspace, asked.collection)]
    print(json.dumps({"machine": facts, "figures": figures}, indent=2))


if __name__ == "__main__":
    main()
