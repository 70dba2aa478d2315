"""Facts about the machine and this process, without which a figure means nothing."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.ingest.memory import peak_rss_mb

MEASURED = ("lancedb", "pylance", "duckdb", "polars", "numpy", "pyarrow", "faiss-cpu")
MB = 2**20


def machine() -> dict[str, object]:
    """Cores, processor, memory, system, Python and how busy it was before."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_mb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / MB),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str]:
    """Versions of the libraries that the figures depend on; those that are not installed are left out."""
    found = {}
    for name in MEASURED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def most_rss_mb() -> float:
    """The most memory that this process held, in MB of 2**20 bytes.

    Linux counts the parent's memory into what getrusage tells of a child, so there it is read elsewhere.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return peak_rss_mb()


def rss_mb() -> float:
    """The memory that this process holds now, in MB of 2**20 bytes; where that cannot be read, its most."""
    pages = Path("/proc/self/statm")
    if pages.is_file():
        return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MB
    return peak_rss_mb()


def forget(folder: Path) -> bool:
    """Ask the system to drop what it keeps in memory of a folder's files; says whether it can be asked."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for path in [folder] if folder.is_file() else sorted(folder.rglob("*")):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)  # what is not on the disk yet cannot be dropped
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)
    return True


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()
