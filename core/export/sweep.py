"""Drops from a bundle under way what an earlier attempt left there and this result does not have."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def sweep(folder: Path, belongs: Callable[[str], bool], stays: str = "", below: str = "") -> None:
    """Remove every file that does not belong, told by its path in the bundle, and folders that are empty then.

    The folder `stays`, with "/" behind it, is kept even if it is empty.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            file = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                sweep(Path(entry.path), belongs, stays, f"{file}/")
                if f"{file}/" != stays:
                    with suppress(OSError):  # it holds something
                        os.rmdir(entry.path)
            elif not belongs(file):
                os.unlink(entry.path)
