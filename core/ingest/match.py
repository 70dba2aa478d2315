"""Which row of a table speaks of which image file: by id, by file name, or by path however it is rooted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from core.ingest.items import Item
from core.ingest.naming import IMAGE_SUFFIXES, without_suffix

WHOLE = re.compile(r"\d+\.0")  # how some programs write a whole number in a column that has gaps


def match_rows(rows: Mapping[str, int], items: Sequence[Item]) -> dict[str, int]:
    """Item key to row. `rows` are the values of the id column with the row each stands in.

    A whole path counts before an id, an id before a file name. Two paths fit when one is the end of the other, so
    the table's may begin further up or further down than the source. Files of one stem share the row of that id.
    """
    rows = {value[:-2]: row for value, row in rows.items() if WHOLE.fullmatch(value)} | dict(rows)
    paths = _Paths(rows)
    found: dict[str, int] = {}
    for item in items:
        row = paths.fitting(item.key)
        if row is None:
            row = next((rows[name] for name in (item.key, *_names(item)) if name in rows), None)
        if row is not None:
            found[item.key] = row
    if not paths.fitted:  # the table's folders have nothing to do with the source's
        found = paths.by_stem(items) | found
    return found


def names_of(items: Sequence[Item]) -> set[str]:
    """Everything an id column may call the items, for a quick look at which column that is."""
    return {name for item in items for name in (item.key, *_names(item))}


def _names(item: Item) -> Iterator[str]:
    path = PurePosixPath(item.key)
    yield from (item.id, without_suffix(item.key), path.name, path.stem)


class _Paths:
    """The id column's values that are paths or file names."""

    def __init__(self, rows: Mapping[str, int]) -> None:
        self.fitted = False  # whether any path of the table fitted one of the source
        self._rows: dict[str, int] = {}
        self._tails: dict[str, int | None] = {}  # end of a path to its row, None where several rows end like that
        for value, row in rows.items():
            if "/" in value or "\\" in value or value.lower().endswith(IMAGE_SUFFIXES):
                path = value.replace("\\", "/").removeprefix("./")
                for form in (path, without_suffix(path)):
                    self._rows.setdefault(form, row)
                    for tail in _tails(form):
                        self._tails[tail] = row if self._tails.get(tail, row) == row else None

    def fitting(self, key: str) -> int | None:
        """The row whose path ends like the key, or the key like it."""
        if not self._rows:
            return None
        for form in (key, without_suffix(key)):
            row = next((self._rows[tail] for tail in (form, *_tails(form)) if tail in self._rows), None)
            row = self._tails.get(form) if row is None else row
            if row is not None:
                self.fitted = True
                return row
        return None

    def by_stem(self, items: Sequence[Item]) -> dict[str, int]:
        """The row of the same file name, where that is one file's and one row's alone."""
        found: dict[str, list[str]] = {}
        for item in items:
            found.setdefault(PurePosixPath(item.key).stem, []).append(item.key)
        rows = ((keys, self._tails.get(stem)) for stem, keys in found.items() if len(keys) == 1)
        return {keys[0]: row for keys, row in rows if row is not None}


def _tails(path: str) -> Iterator[str]:
    """The path without its first folder, without its first two, and so on."""
    at = path.find("/")
    while at >= 0:
        yield path[at + 1 :]
        at = path.find("/", at + 1)
