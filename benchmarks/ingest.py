"""A whole ingest as a person runs it, beside a bare loop that only reads, decodes and encodes."""

import json
import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from PIL import Image

from benchmarks.measure import Figure, figure
from core.encoders.registry import load_encoder
from core.settings import ROOT, Settings

BASELINE_IMAGES = 6_000
COLLECTION = "bench"


def ingest_figures(archive: Path, workspace: Path) -> list[Figure]:
    """Images a second from archive to searchable, and the peak memory of the process."""
    command = [sys.executable, "-m", "cli.main", "ingest", str(archive), "--collection", COLLECTION, "--json"]
    environment = {**os.environ, "VITRINE_WORKSPACE": str(workspace)}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    summary = json.loads(done.stdout.splitlines()[-1])
    bare = [_bare_loop(archive)]
    return [
        figure("ingest", "images/s", [summary["images_per_second"]], "read, decode and encode alone", bare),
        figure("ingest, peak memory", "MB", [summary["peak_rss_mb"]]),
    ]


def _bare_loop(archive: Path) -> float:
    """Images a second of the plainest loop over the same archive with the same encoder."""
    settings = Settings.load()
    encoder = load_encoder(settings.encoder)
    with ZipFile(archive) as source:
        names = [name for name in source.namelist() if name.lower().endswith((".jpg", ".jpeg", ".png"))]
        names = names[:BASELINE_IMAGES]
        started = time.perf_counter()
        vectors = []
        for first in range(0, len(names), settings.batch_images):
            part = names[first : first + settings.batch_images]
            vectors.append(encoder.encode_images([Image.open(BytesIO(source.read(n))).convert("RGB") for n in part]))
        np.concatenate(vectors)
        return len(names) / (time.perf_counter() - started)
