"""What a person wants changed about which images, and whether that can be done."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pyarrow as pa

from core.collection.catalog import Catalog
from core.collection.schema import SYSTEM_NAMES
from core.edit.values import is_whole, typed_value
from core.errors import InputError, near_names
from core.query.columns import Kind
from core.query.textparts import column_called

MOST_TAG = 100  # characters
MOST_TAGS = 100  # in one request
TAGS = "tags"


@dataclass(frozen=True)
class EditRequest:
    """What to change; plain JSON values."""

    collection: str
    values: Mapping[str, Any] = field(default_factory=dict)  # by column; None clears, a date is ISO 8601 text
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    ids: Sequence[str] | None = None  # of the images; else those of the recipe
    recipe: Mapping[str, str] | None = None  # URL parameters
    whole: bool = False  # every matching image rather than the recipe's limit
    who: str = ""
    run: str = ""  # the same for every attempt of one job


@dataclass(frozen=True)
class Changes:
    """What becomes of each image, checked against a collection."""

    values: Mapping[str, Any]  # by stored name, in the column's type
    add_tags: tuple[str, ...]
    remove_tags: tuple[str, ...]
    what: str  # in words, such as “gender set to Men, tag new added”
    new_values: Mapping[str, str]  # by stored name: values that none of a category's are, with near ones

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that may change."""
        return (*self.values, *((TAGS,) if self.add_tags or self.remove_tags else ()))

    def apply(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with `columns` as they are wanted."""
        wanted = [pl.Series(name, [value] * rows.height, rows.schema[name]) for name, value in self.values.items()]
        if TAGS in self.columns:
            wanted.append(pl.Series(TAGS, [self._tags(tags) for tags in rows[TAGS].to_list()], pl.List(pl.String)))
        return rows.with_columns(wanted)

    def _tags(self, tags: Sequence[str] | None) -> list[str] | None:
        if tags is None and not self.add_tags:
            return None
        kept = [tag for tag in tags or () if tag not in self.remove_tags]
        return list(dict.fromkeys([*kept, *self.add_tags]))


def check_request(request: EditRequest, catalog: Catalog, collection: str) -> Changes:
    """The changes of a request, or an InputError; nothing is written."""
    if request.collection != collection:
        raise InputError(f"This is about “{request.collection[:80]}”, not about “{collection}”.")
    if (request.ids is None) == (request.recipe is None):
        raise InputError("Edit which images?", "Either their ids or a recipe says so, not both.", "Name one of them.")
    if request.ids is not None and not request.ids:
        raise InputError("Edit which images?", "No id is given.", "Select some images first.")
    values = {}
    labels = {}
    for name, value in request.values.items():
        stored = _column(name, catalog)
        if stored in values:
            raise InputError(f"“{name[:80]}” is set twice.", "", "Give one value for a column.")
        labels[stored] = catalog.columns[stored].label
        column = catalog.dataset.schema.field(stored)
        values[stored] = None if value is None else typed_value(column, labels[stored], value)
    added, removed = _tags(request.add_tags), _tags(request.remove_tags)
    if both := [tag for tag in added if tag in removed]:
        raise InputError(f"The tag “{both[0]}” is to be added and removed.", "", "Ask for one of the two.")
    if not values and not added and not removed:
        raise InputError("Nothing is to be changed.", "", "Set or clear a column, or add or remove a tag.")
    new = {name: near for name, value in values.items() if (near := _new_value(catalog, name, value)) is not None}
    return Changes(values, added, removed, _words(values, labels, added, removed), new)


def shown_value(value: Any) -> str:
    """A stored value on one line, of bearable length."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def _column(name: str, catalog: Catalog) -> str:
    """A person's own column by its stored name or label."""
    own = {column: catalog.columns[column] for column in catalog.metadata}
    if name == TAGS and name not in own:
        raise InputError("Tags are not set as a whole.", "", "Add and remove single tags instead.")
    if name in SYSTEM_NAMES and name not in own:
        detail = "It says what the image is and where it comes from."
        hint = near_names(name, own) or "This collection has no columns that can."
        raise InputError(f"“{name}” cannot be edited.", detail, hint)
    return column_called(own, name).name


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    if len(tags) > MOST_TAGS:
        raise InputError("That are too many tags.", f"At most {MOST_TAGS} are added or removed at once.")
    for tag in tags:
        if not isinstance(tag, str) or not 1 <= len(tag) <= MOST_TAG or tag != tag.strip() or not _is_plain(tag):
            shown = tag[:80] if isinstance(tag, str) and _is_plain(tag) else "that"
            detail = f"A tag has 1 to {MOST_TAG} characters, no control characters and no space at its ends."
            raise InputError(f"“{shown}” cannot be a tag.", detail, "Choose another tag.")
    return tuple(dict.fromkeys(tags))


def _is_plain(text: str) -> bool:
    return is_whole(text) and not any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text)


def _new_value(catalog: Catalog, name: str, value: Any) -> str | None:
    """For a value that is not among a category's: the near ones in a sentence, or ""; else None."""
    if value is None or catalog.columns[name].kind is not Kind.CATEGORY:
        return None
    quoted = '"' + name.replace('"', '""') + '"'
    known = [row[0] for row in catalog.select(f"SELECT DISTINCT {quoted}::VARCHAR FROM images WHERE {quoted} NOTNULL")]
    return None if value in known else near_names(str(value), known)


def _words(
    values: Mapping[str, Any], labels: Mapping[str, str], added: Sequence[str], removed: Sequence[str]
) -> str:  # fmt: skip
    parts = [
        f"{shown_value(labels[name])} {'cleared' if value is None else f'set to {shown_value(value)}'}"
        for name, value in values.items()
    ]
    for tags, word in ((added, "added"), (removed, "removed")):
        if tags:
            parts.append(f"tag{'s' if len(tags) > 1 else ''} {', '.join(tags)} {word}")
    text = ", ".join(parts)
    return text if len(text) <= 300 else f"{text[:299]}…"


def arrow(rows: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    """Rows in the types that a collection stores."""
    arrays = [rows[name].to_arrow().cast(schema.field(name).type) for name in rows.columns]
    return pa.table(arrays, names=rows.columns)
