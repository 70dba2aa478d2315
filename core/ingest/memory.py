"""How much memory this process has needed at its highest."""

import resource
import sys


def peak_rss_mb() -> float:
    """Peak resident memory of this process, in MB of 2**20 bytes (getrusage: KiB on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
