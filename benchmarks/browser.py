"""From a click on a facet to the finished page, in a browser.

    python -m benchmarks.browser --workspace FOLDER --collection NAME
    python -m benchmarks.browser --rows 1000000

With `--rows` the collection is made up: eight category columns, a year, a price, a moment, and one picture for all. The
page is finished when its heading is that of the new question, the server has nothing left to do, and the last picture
that the browser asked for has come; none comes from its memory.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import lance
import pyarrow as pa
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.charts import made_up
from benchmarks.load import _until_up
from benchmarks.measure import figure, machine
from core.collection.schema import SYSTEM_FIELDS
from core.settings import ROOT

CLICKS = 12
CHROMIUM = "/usr/bin/chromium"
SETTLED = """question => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((e) => e.shadowRoot ? [e, ...all(e.shadowRoot)] : [e]);
  const heading = document.querySelector("h1.asked");
  const images = all(document).filter((e) => e.tagName === "IMG" && e.closest(".tile"));
  const seen = images.filter((e) => e.getBoundingClientRect().top < innerHeight);
  const app = document.querySelector("[data-testid=stApp]");
  const done = heading && heading.textContent !== question
    && app.dataset.testScriptState === "notRunning" && !document.querySelector("[data-stale=true]")
    && seen.length > 0 && seen.every((e) => e.complete);
  return done ? performance.now() : 0;
}"""
LAST_PICTURE = """() => Math.max(0, ...performance.getEntriesByType("resource")
  .filter((e) => e.name.includes("/thumbnail")).map((e) => e.responseEnd))"""
REST_MS = 400


def clicks(page: Page, address: str) -> list[float]:
    """Milliseconds of each click on another value of the first facet."""
    page.goto(address)
    page.wait_for_function(SETTLED, arg="", timeout=180_000)
    boxes = page.locator("fieldset.facet").first.locator("label.value input")
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    taken = []
    for turn in range(CLICKS):
        page.wait_for_timeout(REST_MS)
        question = page.locator("h1.asked").text_content()
        box = boxes.nth(turn % min(3, boxes.count()))
        page.evaluate("performance.clearResourceTimings()")
        started = page.evaluate("performance.now()")
        box.click()
        settled = page.wait_for_function(SETTLED, arg=question, timeout=60_000).json_value()
        page.wait_for_timeout(REST_MS)
        taken.append(max(settled, page.evaluate(LAST_PICTURE)) - started)
    return taken[2:]  # the first two warm up


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """A server over a workspace; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "VITRINE_WORKSPACE": str(workspace), "VITRINE_WORKER_IDLE_SECONDS": "5"}
    command = [sys.executable, "-m", "cli.main", "serve", "--port", str(port), "--no-sample"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_up(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def made_up_collection(folder: Path, rows: int) -> str:
    """A workspace with a made-up collection; its name."""
    picture = BytesIO()
    Image.new("RGB", (96, 128), (30, 128, 121)).save(picture, "WEBP")
    path = folder / "collections" / "made-up.lance"
    path.parent.mkdir(parents=True)
    made_up(path, rows)
    dataset = lance.dataset(str(path))
    held = set(dataset.schema.names)
    missing = [field for field in SYSTEM_FIELDS if field.name not in held and field.name != "thumbnail"]
    dataset.add_columns(pa.schema([*missing]))
    dataset.add_columns({"thumbnail": f"X'{picture.getvalue().hex()}'"})
    return "made-up"


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--collection", default="")
    parser.add_argument("--rows", type=int, default=0)
    asked = parser.parse_args()
    facts = machine()
    with tempfile.TemporaryDirectory(prefix="vitrine-browser-") as folder:
        workspace = asked.workspace or Path(folder)
        name = asked.collection or made_up_collection(workspace, asked.rows)
        with served(workspace) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            taken = clicks(page, f"{base}/explore?collection={name}")
            browser.close()
    found = asdict(figure("facet click to finished page", "ms", taken))
    print(json.dumps({"machine": facts, "figure": found}, indent=2))


if __name__ == "__main__":
    main()
