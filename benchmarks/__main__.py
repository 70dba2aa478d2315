"""Measure everything the docs quote: `python -m benchmarks --archive ARCHIVE`, or without an archive on the sample."""

import argparse
import json
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.export import export_figures
from benchmarks.frontends import frontend_figures
from benchmarks.ingest import COLLECTION, ingest_figures
from benchmarks.measure import Figure, machine
from benchmarks.queries import query_figures
from core.settings import ROOT, Settings
from core.workspace import Workspace

RESULTS = ROOT / "benchmarks" / "results"


def main() -> None:
    """Run, print a table, and keep the figures with the machine's facts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--archive", type=Path, help="zip archive of JPEG or PNG images with a table; default: the sample"
    )
    asked = parser.parse_args()
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        workspace = Path(folder, "workspace")
        figures = ingest_figures(asked.archive or _sample(Path(folder)), workspace)
        opened = Workspace.open(Settings.load({"VITRINE_WORKSPACE": str(workspace)}))
        images = opened.catalog(COLLECTION).count_all
        figures += query_figures(opened, COLLECTION)
        figures += frontend_figures(workspace, COLLECTION)
        figures += export_figures(workspace, COLLECTION)
    print(f"{images:,} images; {facts}")
    for item in figures:
        print(_line(item))
    RESULTS.mkdir(parents=True, exist_ok=True)
    target = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    body = {"machine": facts, "images": images, "figures": [{**asdict(item), "ratio": item.ratio} for item in figures]}
    target.write_text(json.dumps(body, indent=2), encoding="utf-8")


def _sample(folder: Path) -> Path:
    from zipfile import ZipFile

    from data.sample import write_sample

    source = write_sample(folder / "sample")
    archive = folder / "sample.zip"
    with ZipFile(archive, "w") as target:
        for path in sorted(source.rglob("*")):
            target.write(path, path.relative_to(source))
    return archive


def _line(item: Figure) -> str:
    spread = f"{item.low:,.1f} to {item.high:,.1f}, {item.runs} runs" if item.runs > 1 else "1 run"
    text = f"{item.name:<40} {item.median:>10,.1f} {item.unit:<9} ({spread})"
    if item.baseline_median is not None and item.ratio is not None:
        text += f"; {item.baseline}: {item.baseline_median:,.1f}, ratio {item.ratio:.2f}"
    return text


if __name__ == "__main__":
    main()
