"""Runs one stage of a measurement in a process of its own, and ends that process whatever happens here."""

import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

from core.errors import VitrineError
from core.ingest.progress import Progress, Report
from core.settings import ROOT

KILLED = -9  # what the system does to a process that needs more memory than there is
TOLD = 2_000  # characters of a failed stage's last words
log = logging.getLogger("vitrine.lab")


@dataclass(frozen=True)
class Ended:
    """What a stage found, and the most memory it held."""

    found: dict[str, Any]
    rss_mb: float


class StageError(VitrineError):
    """A stage ended without an answer."""


def run_stage(
    name: str, request: Mapping[str, Any], report: Report = lambda progress: None, seconds: float | None = None
) -> Ended:
    """Run a stage to its end, or for so many seconds; what `report` raises ends it at once."""
    with tempfile.TemporaryFile() as said, _started(name, said) as process, _ending(process, seconds) as late:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):  # it has ended already, and the end of what it says tells so
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()  # and it stays open: where this process dies, the other sees it close
        for line in process.stdout:
            told = json.loads(line)
            if "stage" in told:
                report(Progress(told["stage"], told["done"], told["total"]))
            elif "error" in told:
                raise VitrineError(*told["error"])
            else:
                return Ended(told["found"], told["rss_mb"])
        code = process.wait()
        if late.is_set():
            raise StageError(f"Measuring “{name}” took longer than {seconds:,.0f} s.", "It was ended.")
        raise _failure(name, code, said)


@contextmanager
def _started(name: str, said: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, in a session of its own so that Ctrl-C reaches this one alone, which then ends the other."""
    command = [sys.executable, "-m", "core.lab.stages", name]
    process = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()


@contextmanager
def _ending(process: subprocess.Popen[bytes], seconds: float | None) -> Iterator[threading.Event]:
    """End the process after some seconds, and say that it was late."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end) if seconds is not None else None
    if timer is not None:
        timer.start()
    try:
        yield late
    finally:
        if timer is not None:
            timer.cancel()


def _failure(name: str, code: int, said: IO[bytes]) -> StageError:
    said.seek(0)
    words = said.read().decode("utf-8", "replace")
    log.error("The stage %s ended with %d: %s", name, code, words)
    if code == KILLED:
        return StageError(f"Measuring “{name}” was ended by the system.", "It needs more memory than there is.")
    last = words.strip().splitlines()[-1:] or [f"It ended with {code}."]
    return StageError(f"Measuring “{name}” failed.", last[0][:TOLD], "The log has the details.")
