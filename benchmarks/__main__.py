"""Measure everything the docs quote: `python -m benchmarks --archive ARCHIVE`, or without an archive on the sample.

Then as many made-up images as `--rows` says are measured as `vitrine bench` does. Both write into benchmarks/results/.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.export import export_figures
from benchmarks.frontends import frontend_figures
from benchmarks.ingest import COLLECTION, ingest_figures
from benchmarks.measure import Figure, machine
from benchmarks.queries import query_figures
from core.lab.bench import BenchRequest, run_bench
from core.lab.machine import versions
from core.lab.report import html_report
from core.settings import ROOT, Settings
from core.workspace import Workspace

RESULTS = ROOT / "benchmarks" / "results"


def main() -> None:
    """Run, print a table, and keep the figures with the machine's facts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--archive", type=Path, help="zip archive of JPEG or PNG images with a table; default: the sample"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="made-up images to measure after that; 0 for none")
    asked = parser.parse_args()
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    RESULTS.mkdir(parents=True, exist_ok=True)
    measure_archive(asked.archive, stamp)
    if asked.rows:
        measure_rows(asked.rows, stamp)


def measure_archive(archive: Path | None, stamp: str) -> None:
    """Ingest, questions, front ends and export, of an archive or the sample."""
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        workspace = Path(folder, "workspace")
        figures = ingest_figures(archive or _sample(Path(folder)), workspace)
        opened = Workspace.open(Settings.load({"VITRINE_WORKSPACE": str(workspace)}))
        images = opened.catalog(COLLECTION).count_all
        figures += query_figures(opened, COLLECTION)
        figures += frontend_figures(workspace, COLLECTION)
        figures += export_figures(workspace, COLLECTION)
    print(f"{images:,} images; {facts}")
    for item in figures:
        print(_line(item))
    named = [{**asdict(item), "ratio": item.ratio} for item in figures]
    body = {"machine": facts, "versions": versions(), "images": images, "figures": named}
    target = RESULTS / f"{stamp}.json"
    target.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {target}")


def measure_rows(rows: int, stamp: str) -> None:
    """What `vitrine bench --rows` measures, as JSON and as a page with plots."""
    run = run_bench(BenchRequest(rows), lambda progress: print(progress.stage, file=sys.stderr, flush=True))
    for name, value in run["figures"].items():
        print(f"{name:<40} {value:>10,.4g}")
    target = RESULTS / f"{stamp}-{rows}.json"
    target.write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
    target.with_suffix(".html").write_text(html_report(run), encoding="utf-8")
    print(f"Written to {target} and, with plots, {target.with_suffix('.html').name}")


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
