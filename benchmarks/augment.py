"""A pipeline applied to a whole collection: pictures a second beside a bare loop, and whether memory stays flat.

python -m benchmarks.augment --archive ARCHIVE
python -m benchmarks.augment --workspace FOLDER --collection NAME
"""

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil

from benchmarks.ingest import COLLECTION, ingest_figures
from benchmarks.measure import Figure, figure, machine
from core.settings import ROOT, Settings
from core.workspace import Workspace

PRESET = "crop-resize"
QUALITY = 90
EVERY_SECONDS = 1.0  # looking takes time from what is measured
BARE_IMAGES = 4_000  # that the bare loop makes; it runs in as many processes as the product's
MB = 1_000_000


def augment_figures(workspace: Path, name: str, formats: tuple[str, ...] = ("jpeg",)) -> list[Figure]:
    """Make a set of every image; the time and the memory are those of all its processes, their start too."""
    opened = Workspace.open(Settings.load({"VITRINE_WORKSPACE": str(workspace)}))
    images = opened.catalog(name).count_all
    found = []
    for format in formats:
        taken, held = _made(workspace, name, format)
        quarter = max(1, len(held) // 4)
        second, last = held[quarter : 2 * quarter], held[-quarter:]
        bare = _bare(workspace, name, format)
        found += [
            figure(f"augment to {format}", "images/s", [images / taken], "Pillow and albumentations alone", [bare]),
            figure(f"augment to {format}, peak memory", "MB", [max(held)]),
            figure(
                f"augment to {format}, memory in the last quarter",
                "MB",
                last,
                "in the second quarter",
                [statistics.median(second)],
            ),
        ]
    return found


def _made(workspace: Path, name: str, format: str) -> tuple[float, list[float]]:
    """Seconds of one run of the command, and what its processes held together in MB, shared pages once."""
    with tempfile.TemporaryDirectory(prefix="vitrine-augment-") as folder:
        command = [sys.executable, "-m", "cli.main", "augment", PRESET, "--collection", name, "--whole"]
        command += ["--name", "benchmark", "--format", format, "--quality", str(QUALITY), "--destination", folder]
        environment = {**os.environ, "VITRINE_WORKSPACE": str(workspace)}
        started = time.perf_counter()
        held = []
        with subprocess.Popen([*command, "--json"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                held.append(_memory(process.pid))
                time.sleep(EVERY_SECONDS)
        taken = time.perf_counter() - started
        assert process.returncode == 0
        return taken, held


def _memory(pid: int) -> float:
    """Proportional set size of a process and those it started, MB."""
    total = 0
    try:
        parent = psutil.Process(pid)
        for one in (parent, *parent.children(recursive=True)):
            total += one.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        pass
    return total / MB


def _bare(workspace: Path, name: str, format: str) -> float:
    """Pictures a second of the plainest loop, run by a process for each core at once."""
    cores = len(os.sched_getaffinity(0))
    command = [sys.executable, "-m", "benchmarks.augment", "--workspace", str(workspace), "--collection", name]
    started = [
        subprocess.Popen([*command, "--bare", f"{part}/{cores}/{format}"], cwd=ROOT, stdout=subprocess.PIPE)
        for part in range(cores)
    ]
    return sum(float(process.communicate()[0]) for process in started)


def bare_loop(workspace: Path, name: str, part: int, parts: int, format: str) -> float:
    """Pictures a second of Pillow and albumentations alone: read, decode, change, encode, write; nothing noted."""
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    import albumentations
    import cv2
    import numpy as np
    from PIL import Image

    from core.augment.presets import find_preset

    cv2.setNumThreads(1)
    steps = [dict(step) for step in find_preset(PRESET).steps]
    change = albumentations.Compose([getattr(albumentations, step.pop("transform"))(**step) for step in steps])
    opened = Workspace.open(Settings.load({"VITRINE_WORKSPACE": str(workspace)}))
    uris = [uri for (uri,) in opened.catalog(name).select(f"SELECT uri FROM images LIMIT {BARE_IMAGES}")][part::parts]
    with tempfile.TemporaryDirectory(prefix="vitrine-bare-") as folder:
        started = time.perf_counter()
        for place, data in enumerate(_read(opened, uris)):
            pixels = np.array(Image.open(io.BytesIO(data)).convert("RGB"))
            made = Image.fromarray(change(image=pixels)["image"])
            made.save(Path(folder, f"{place}.{format}"), quality=QUALITY)
        return len(uris) / (time.perf_counter() - started)


def _read(opened: Workspace, uris: list[str]) -> Iterator[bytes]:
    return (opened.originals.read(uri) for uri in uris)


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, help="zip archive of JPEG or PNG images with a table")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--collection", default=COLLECTION)
    parser.add_argument("--formats", nargs="+", default=["jpeg", "webp"])
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bare:
        part, parts, format = asked.bare.split("/")
        print(bare_loop(asked.workspace, asked.collection, int(part), int(parts), format))
        return
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        workspace = asked.workspace or Path(folder, "workspace")
        if asked.archive:
            ingest_figures(asked.archive, workspace)
        figures = augment_figures(workspace, asked.collection, tuple(asked.formats))
    told = [{**asdict(item), "ratio": item.ratio} for item in figures]
    print(json.dumps({"machine": facts, "load_after": round(os.getloadavg()[0], 2), "figures": told}, indent=2))


if __name__ == "__main__":
    main()
