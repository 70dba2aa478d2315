"""Where images come from: a folder, an archive, or a table of paths and addresses."""

import os
import re
from pathlib import Path

from core.errors import SourceError, near_names
from core.ingest import naming
from core.ingest.archives import ARCHIVE_SUFFIXES
from core.ingest.bundles import open_archived, open_folder
from core.ingest.items import Item, Source
from core.ingest.listed import ListedSource
from core.ingest.originals import OriginalReader, read_original
from core.settings import Settings

__all__ = ["Item", "OriginalReader", "Source", "open_source", "read_original"]

UNSUPPORTED = (".rar", ".7z", ".zst", ".iso", ".gz", ".xz", ".bz2", ".xlsx", ".xls", ".ods", ".json", ".pdf", ".txt")
WORKING_KINDS = (
    "A folder, an archive "
    f"({', '.join(ARCHIVE_SUFFIXES)}) or a table that lists images ({', '.join(naming.TABLE_SUFFIXES)}) can be read."
)


def open_source(
    location: str,
    settings: Settings,
    *,
    image_column: str | None = None,
    id_column: str | None = None,
    as_bundle: bool = True,
) -> Source:
    """Open the folder, archive or table at a path.

    `image_column` and `id_column` are for a table only: which column names the images, and which their ids. A bundle is
    read as its manifest says unless `as_bundle` is off.
    SourceError or TableError when there is nothing to be had there.
    """
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", location.strip()):
        raise SourceError(
            "A web address cannot be opened as a source.",
            "Sources are folders, archives and tables on this machine.",
            "Download it first; addresses of single images can be listed in a table.",
        )
    path = _existing(location)
    if path.is_dir():
        return open_folder(path, settings, as_bundle)
    if not path.is_file():
        raise SourceError(f"“{path.name}” is neither a file nor a folder.", "It is a device or a pipe.", WORKING_KINDS)
    name = path.name.lower()
    if naming.is_table(name):
        return ListedSource(path, settings, image_column=image_column, id_column=id_column)
    if name.endswith(naming.IMAGE_SUFFIXES):
        hint = f"Give the folder that holds it: {path.absolute().parent}"
        raise SourceError(f"“{path.name}” is a single image.", "A source holds many.", hint)
    if name.endswith(UNSUPPORTED) and not name.endswith(ARCHIVE_SUFFIXES):
        detail = f"Files ending in “{path.suffix}” are not a kind that holds images here."
        raise SourceError(f"“{path.name}” cannot be read as a source.", detail, WORKING_KINDS)
    return open_archived(path, settings, as_bundle)


def _existing(location: str) -> Path:
    """The path a person gave, when something is there; otherwise an error that names what is near."""
    if not location.strip():
        raise SourceError("No source is given.", "The path is empty.", WORKING_KINDS)
    try:
        path = Path(location).expanduser()
        if path.exists():
            return path
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError("This path cannot be used.", str(error)[:300], "Check the path.") from error
    parent = path.absolute().parent
    if not parent.is_dir():
        raise SourceError(f"There is nothing at “{location}”.", f"The folder {parent} is not there.", "Check the path.")
    try:
        nearby = [entry for entry in os.listdir(parent) if not naming.is_hidden(entry)]
    except OSError:
        nearby = []
    raise SourceError(f"There is nothing at “{location}”.", f"Looked in {parent}.", near_names(path.name, nearby))
