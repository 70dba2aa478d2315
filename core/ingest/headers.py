"""Names for a table's columns: what the store can hold, and what the person wrote."""

import re
from collections.abc import Iterable

from core.collection.mapped import MAPPED
from core.collection.schema import VECTORS

LINE_COLUMN = "__line__"  # holds the line each row stands on
RESERVED = frozenset(
    {
        "uri",
        "content_hash",
        "width",
        "height",
        "phash",
        "dhash",
        "thumbnail",
        "tags",
        "source",
        "signature",
        "added_at",
        "_rowid",
        "_distance",
        "_score",
        LINE_COLUMN,
    }
)

ID_NAMES = (
    "id",
    "imageid",
    "imgid",
    "photoid",
    "uid",
    "uuid",
    "filename",
    "imagefilename",
    "imagefile",
    "file",
    "imagename",
    "namewithextension",
    "image",
    "img",
    "photo",
    "imagepath",
    "filepath",
    "path",
)
IMAGE_NAME_HINTS = ("image", "img", "photo", "picture", "file", "path", "url", "uri")


def stored_names(headers: Iterable[str]) -> dict[str, str]:
    """Stored name -> header as written, in order; stored names differ even when case is ignored.

    DuckDB ignores case and both engines want plain identifiers: other characters than letters, digits and the
    underscore become underscores, a leading digit gets one before it, a name of the system's own gets one behind it,
    an empty header is named after its place (column_3) and the second of two equal ones gets _2.
    """
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for place, header in enumerate(headers, start=1):
        name = _unused(_plain(header, place), taken)
        taken.add(name.casefold())
        labels[name] = header.strip() or name
    return labels


def find_id_columns(columns: Iterable[str]) -> list[str]:
    """The columns that may identify an image, the most likely first.

    Case, spaces and underscores do not count. The order is that of ID_NAMES: an id before a file name, a file name
    before a path.
    """
    by_form: dict[str, str] = {}
    for column in columns:
        by_form.setdefault(re.sub(r"[\W_]+", "", column).casefold(), column)
    return [by_form[form] for form in ID_NAMES if form in by_form]


def find_id_column(columns: Iterable[str]) -> str | None:
    """The column that most likely identifies an image, or None."""
    return next(iter(find_id_columns(columns)), None)


def _plain(header: str, place: int) -> str:
    name = re.sub(r"\W", "_", header.strip())
    if not name.strip("_"):
        return f"column_{place}"
    if name[0].isdigit():
        name = f"_{name}"
    folded = name.casefold()
    return f"{name}_" if folded in RESERVED or VECTORS.fullmatch(folded) or MAPPED.fullmatch(folded) else name


def _unused(name: str, taken: set[str]) -> str:
    if name.casefold() not in taken:
        return name
    number = 2
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}"
