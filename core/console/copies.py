"""A collection's scalar columns as a file that queries open for reading only, one for each version of the catalog."""

import os
import shutil
import tempfile
import threading
import weakref
from contextlib import suppress
from pathlib import Path

import duckdb

from core.collection.catalog import MIRRORED, Catalog
from core.collection.storage import storing
from core.query.sql import quote
from core.timing import step

AT_ONCE = 2  # queries of this process; others wait for their turn
MOST_WAITING = 10  # of them; each holds one of the server's threads, which everything else needs too
TURNS = threading.BoundedSemaphore(AT_ONCE)
PLACES = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)
PREFIX = "vitrine-sql-"  # of a copy's folder, before the number of the process that made it
ORDER = "added_at, _rowid"


def columns_of(catalog: Catalog) -> list[str]:
    """The columns of the table `images`, in order."""
    return list(dict.fromkeys(["id", *catalog.metadata, *MIRRORED]))


class Copy:
    """The file of one catalog; it goes when the catalog does. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        sweep()
        with storing("the SQL console's copy"):
            self._folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def file(self, catalog: Catalog) -> Path:
        """Where the file is; it is written at first use, and again if somebody cleaned it away."""
        path = self._folder / "collection.duckdb"
        with self._lock:
            if not path.exists():
                with step("copy"), storing("the SQL console's copy"):
                    self._write(catalog, path)
        return path

    def _write(self, catalog: Catalog, path: Path) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        listed = ", ".join(map(quote, columns_of(catalog)))
        names = [*columns_of(catalog), *catalog.axes]  # by these an area of the map is asked for
        stored = ", ".join(map(quote, names))
        source = catalog.dataset.scanner(columns=names, with_row_id=True).to_reader()
        with duckdb.connect(str(unfinished)) as connection:
            connection.register("source_rows", source)
            connection.execute("CREATE SCHEMA kept")
            connection.execute(f"CREATE TABLE kept.stored AS SELECT _rowid, {stored} FROM source_rows ORDER BY {ORDER}")
            connection.execute(f"CREATE VIEW images AS SELECT {listed} FROM kept.stored")
        unfinished.rename(path)


def sweep() -> None:
    """Remove what killed processes of this user left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        with suppress(OSError):
            if owner.isdecimal() and folder.stat().st_uid == os.getuid() and not _lives(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def copy_of(catalog: Catalog) -> Copy:
    """The copy that belongs to a catalog."""
    copy: Copy = catalog.remembered("the SQL console's copy", Copy)
    return copy
