"""Draws the sample catalogue with a progress bar."""

from pathlib import Path

from cli.output import progress_bar
from core.errors import InputError
from core.ingest.pipeline import Progress
from data.sample import write_sample


def draw_sample(target: Path, count: int, seed: int) -> Path:
    """Draw into a folder that is new or empty; an existing one is never written over."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} is not empty.", "The sample would mix with it.", "Name a new folder.")
    with progress_bar() as report:
        return write_sample(
            target, count, seed, progress=lambda done, total: report(Progress("Drawing the sample", done, total))
        )
