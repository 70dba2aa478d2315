"""Looks whether everything Vitrine needs is there, and says what to do where it is not."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.collection.store import LEAST_INDEXED
from core.collection.vectorindex import vector_index
from core.errors import VitrineError
from core.jobs.job import State
from core.jobs.supervisor import WORKER
from core.settings import ROOT, Settings
from core.workspace import Workspace

LEAST_DISK = 2 * 1024**3  # bytes free; a chunk of an ingest, an index and an export fit
LEAST_MEMORY = 2 * 1024**3  # bytes available; the server, an encoder and a million rows' mirror fit
OLDEST_PYTHON = (3, 11)


class Grade(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warning"
    BAD = "problem"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    grade: Grade
    found: str
    hint: str = ""  # what to do, where it is not ok


def examine(settings: Settings) -> list[Check]:
    """Every check, in the order of what depends on what; one that fails to run is itself a problem."""
    checks: list[Check] = []
    for look in (_python, _packages, _disk, _memory, _workspace, _network, _port, _access):
        checks += _guarded(look, settings)
    return checks


def _guarded(look: Callable[[Settings], Iterator[Check]], settings: Settings) -> list[Check]:
    name = look.__name__.strip("_").capitalize()
    try:
        return list(look(settings))
    except VitrineError as error:
        return [Check(name, Grade.BAD, f"{error.title} {error.detail}".strip(), error.hint)]
    except OSError as error:
        return [Check(name, Grade.BAD, error.strerror or str(error), "Check the rights and the path.")]


def _python(_: Settings) -> Iterator[Check]:
    found = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= OLDEST_PYTHON
    yield Check("Python", Grade.OK if enough else Grade.BAD, found, "" if enough else "Use Python 3.11 or newer.")


def _packages(_: Settings) -> Iterator[Check]:
    wrong = []
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("#")[0].strip().split("==") for line in lines if "==" in line)
    for name, pinned in pins.items():
        try:
            if version(name).split("+")[0] != pinned:
                wrong.append(f"{name} {version(name)} instead of {pinned}")
        except PackageNotFoundError:
            wrong.append(f"{name} is missing")
    found = f"{len(pins)} as pinned" if not wrong else "; ".join(wrong[:5])
    yield Check("Packages", Grade.WARN if wrong else Grade.OK, found, "Run: make install" if wrong else "")


def _disk(settings: Settings) -> Iterator[Check]:
    place = next(path for path in (settings.workspace, *settings.workspace.parents) if path.exists())
    free = shutil.disk_usage(place).free
    low = free < LEAST_DISK
    yield Check(
        "Disk", Grade.WARN if low else Grade.OK, f"{free / 1e9:,.1f} GB free", "Free some space." if low else ""
    )  # fmt: skip


def _memory(_: Settings) -> Iterator[Check]:
    known = Path("/proc/meminfo")
    if known.is_file():
        facts = dict(line.split(":") for line in known.read_text().splitlines())
        free = int(facts["MemAvailable"].split()[0]) * 1024
    else:
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    low = free < LEAST_MEMORY
    hint = "Close other programs; embedding may be slow or end." if low else ""
    yield Check("Memory", Grade.WARN if low else Grade.OK, f"{free / 1e9:,.1f} GB available", hint)


def _workspace(settings: Settings) -> Iterator[Check]:
    space = Workspace.open(settings)
    writable = os.access(space.folder, os.W_OK)
    yield Check(
        "Workspace",
        Grade.OK if writable else Grade.BAD,
        str(space.folder),
        "" if writable else "It cannot be written: check its rights, or set VITRINE_WORKSPACE.",
    )
    names = space.names()
    if not names:
        yield Check("Collections", Grade.WARN, "none yet", "Bring one in: vitrine ingest SOURCE --collection NAME")
    for name in names:
        yield from _collection(space, name)
    yield from _jobs(space)


def _collection(space: Workspace, name: str) -> Iterator[Check]:
    try:
        catalog = space.catalog(name)
        problem = space.encoder_problem(name)
    except VitrineError as error:
        yield Check(f"Collection {name}", Grade.BAD, error.title, error.hint)
        return
    found = f"{catalog.count_all:,} images, by {catalog.encoder.name}"
    if problem is not None:
        yield Check(f"Collection {name}", Grade.BAD, f"{found}: {problem.title}", problem.hint)
    elif catalog.count_all >= LEAST_INDEXED and vector_index(catalog.dataset) is None:
        hint = f"Searches are slow until it has one: vitrine index --collection {name}"
        yield Check(f"Collection {name}", Grade.WARN, f"{found}, without a vector index", hint)
    elif lacking := space.collection(name).count_without_vector(catalog.dataset):
        hint = f"Complete them: vitrine embed --collection {name}"
        yield Check(f"Collection {name}", Grade.WARN, f"{found}, {lacking:,} without a vector", hint)
    else:
        yield Check(f"Collection {name}", Grade.OK, found)


def _jobs(space: Workspace) -> Iterator[Check]:
    waiting = space.jobs.under_way()
    stuck = [job for job in waiting if space.jobs.get(job.id).state is not State.RUNNING]
    broker = space.jobs.broker
    if stuck and not broker.shared and not broker.is_held(WORKER):
        yield Check("Jobs", Grade.WARN, f"{len(stuck):,} wait and no worker is there", "Start one: vitrine worker")
    else:
        yield Check("Jobs", Grade.OK, f"{len(waiting):,} under way" if waiting else "none under way")


def _network(settings: Settings) -> Iterator[Check]:
    from core.encoders.registry import locate, whole_name

    name = whole_name(settings.encoder, settings.workspace)
    if Path(locate(name, settings.workspace)).is_dir():
        yield Check("Encoder", Grade.OK, f"{name}, here; no network is needed")
        return
    yield Check(
        "Encoder",
        Grade.WARN,
        f"{name} comes from the model hub at its first use",
        "Needs network once. Without it: vitrine encoders says how to bring one over.",
    )


def _port(settings: Settings) -> Iterator[Check]:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        taken = probe.connect_ex((settings.host.replace("0.0.0.0", "127.0.0.1"), settings.port)) == 0  # noqa: S104
    found = f"{settings.host}:{settings.port} " + ("answers: a server is there already" if taken else "is free")
    yield Check("Port", Grade.WARN if taken else Grade.OK, found, "Choose another with VITRINE_PORT." if taken else "")


def _access(settings: Settings) -> Iterator[Check]:
    from core.loopback import is_loopback
    from core.tokens import Tokens

    tokens = Tokens(settings.workspace)
    found = f"{len(tokens.all()):,} tokens" if tokens.configured else "no token"
    if not is_loopback(settings.host) and not tokens.configured:
        yield Check("Access", Grade.BAD, f"{found}, and it listens beyond this machine", "vitrine token make NAME")
    else:
        yield Check("Access", Grade.OK, f"{found}; listens on {settings.host}")
