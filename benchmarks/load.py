"""Many clients at once on a served collection: `python -m benchmarks.load --archive ARCHIVE`.

Each client asks one thing after the other, drawn at random with a seed of its own: searches by words, filtered pages,
facets and thumbnails. Beside it: what the dashboard's script takes while an ingest runs.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.frontends import _script_runs
from benchmarks.measure import machine
from core.settings import ROOT

COLLECTION = "load"
WORDS = ("red dress", "running shoes", "leather wallet", "blue jeans", "wrist watch", "sunglasses", "handbag", "kurta")
FILTERS = ("gender=Men", "gender=Women", "masterCategory=Footwear", "season=Summer", "year>2012", "baseColour=Black")


class Client:
    """One visitor."""

    def __init__(self, seed: int, base: str, end: float, taken: dict[str, list[float]], errors: list[str]) -> None:
        self._chance = random.Random(seed)
        self._base, self._end, self._taken, self._errors = base, end, taken, errors
        self._pictures: list[str] = []

    async def visit(self) -> None:
        """Ask until the time is over."""
        async with httpx.AsyncClient(base_url=self._base, timeout=60, trust_env=False) as client:
            while time.perf_counter() < self._end:
                kind = self._chance.choices(("search", "page", "facets", "thumbnail"), (2, 2, 1, 5))[0]
                if kind == "thumbnail" and not self._pictures:
                    kind = "page"
                started = time.perf_counter()
                try:
                    answer = await self._ask(client, kind)
                    answer.raise_for_status()
                except httpx.HTTPError as error:
                    self._errors.append(f"{kind}: {error!r}"[:200])
                    continue
                self._taken[kind].append((time.perf_counter() - started) * 1000)
                if kind in ("search", "page"):
                    self._pictures = [row["thumbnail"] for row in answer.json()["rows"]]

    async def _ask(self, client: httpx.AsyncClient, kind: str) -> httpx.Response:
        path = f"/api/collections/{COLLECTION}"
        where = self._chance.choice(FILTERS)
        if kind == "thumbnail":
            return await client.get(self._chance.choice(self._pictures))
        if kind == "facets":
            return await client.get(f"{path}/facets", params={"where": where})
        body: dict[str, Any] = {"where": where, "limit": 50}
        if kind == "search":
            body["text"] = self._chance.choice(WORDS)
        return await client.post(f"{path}/run", json=body)


async def _load(base: str, clients: int, seconds: float) -> tuple[dict[str, list[float]], list[str]]:
    taken: dict[str, list[float]] = defaultdict(list)
    errors: list[str] = []
    end = time.perf_counter() + seconds
    await asyncio.gather(*(Client(seed, base, end, taken, errors).visit() for seed in range(clients)))
    return taken, errors


def main() -> None:
    """Ingest, serve, load, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--workspace", type=Path, help="one that holds the archive as the collection “load” already")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vitrine-load-") as folder:
        workspace = asked.workspace or Path(folder, "workspace")
        environment = {**os.environ, "VITRINE_WORKSPACE": str(workspace), "VITRINE_WORKER_IDLE_SECONDS": "5"}
        command = [sys.executable, "-m", "cli.main"]
        source = str(asked.archive)
        if asked.workspace is None:
            told = [*command, "ingest", source, "-c", COLLECTION]
            subprocess.run(told, cwd=ROOT, env=environment, check=True, capture_output=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [*command, "serve", "--port", str(port)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        )
        base = f"http://127.0.0.1:{port}"
        try:
            _until_up(base)
            asyncio.run(_load(base, 2, 5.0))  # warm: encoder, catalog
            before = psutil.Process(server.pid).memory_info().rss
            taken, errors = asyncio.run(_load(base, asked.clients, asked.seconds))
            after = psutil.Process(server.pid).memory_info().rss
            job = httpx.post(
                f"{base}/api/collections/again/ingest", json={"source": source}, timeout=60, trust_env=False
            ).json()["id"]
            _until_running(base, job)
            scripts = _script_runs(workspace, COLLECTION)
            httpx.post(f"{base}/api/jobs/{job}/cancel", timeout=60, trust_env=False)
        finally:
            server.terminate()
            server.wait(30)
    _print(taken, errors, asked.seconds, before, after, scripts)


def _until_up(base: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{base}/api/ping", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def _until_running(base: str, job: str) -> None:
    while not (told := httpx.get(f"{base}/api/jobs/{job}", timeout=60, trust_env=False).json())["done"]:
        if told["state"] in ("failed", "cancelled", "done"):
            raise RuntimeError(json.dumps(told))
        time.sleep(0.2)


def _print(
    taken: dict[str, list[float]], errors: list[str], seconds: float, before: int, after: int, scripts: list[float]
) -> None:
    print(machine())
    everything = [value for values in taken.values() for value in values]
    for name, values in {**taken, "all": everything}.items():
        ordered = sorted(values)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        rate = len(values) / seconds
        print(f"{name:10} {rate:8.1f}/s  p50 {statistics.median(ordered):7.1f} ms  p95 {p95:7.1f} ms")
    print(f"errors {len(errors)} {errors[:3]}")
    print(f"memory of the server {before / 1e6:,.0f} MB before, {after / 1e6:,.0f} MB after")
    print(
        f"a page's script while an ingest runs: median {statistics.median(scripts):.0f} ms, most {max(scripts):.0f} ms"
    )


if __name__ == "__main__":
    main()
