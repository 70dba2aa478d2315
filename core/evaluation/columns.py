"""Which columns of a collection an encoder is scored on."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.collection.catalog import Catalog
from core.errors import QueryError, near_names
from core.evaluation.scores import Skipped
from core.query.columns import Column, Kind

WORDS = (Kind.CATEGORY, Kind.TEXT)  # values that an encoder can read
BY_TEXT = "Text to image"


@dataclass(frozen=True)
class Chosen:
    """The columns to score on, and what is left aside."""

    labels: tuple[Column, ...]
    text: Column | None
    skipped: tuple[Skipped, ...]

    @property
    def names(self) -> list[str]:
        """As stored, each once."""
        return list(dict.fromkeys(column.name for column in (*self.labels, *filter(None, [self.text]))))


def choose(catalog: Catalog, labels: Sequence[str], text: str | None) -> Chosen:
    """The columns a person named, or else every telling category and the first column of free text."""
    skipped: list[Skipped] = []
    if labels:
        chosen = list(dict.fromkeys(_found(catalog, name) for name in labels))
    else:
        chosen = []
        for column in catalog.of_kind(Kind.CATEGORY):
            why = _untelling(column, catalog.count_all)
            if why:
                skipped.append(Skipped(column.label, why))
            else:
                chosen.append(column)
    described = _text_column(catalog, text)
    if described is None:
        skipped.append(Skipped(BY_TEXT, "There is no column of free text."))
    return Chosen(tuple(chosen), described, tuple(skipped))


def _untelling(column: Column, rows: int) -> str:
    """Why a category is no label to score on, or nothing."""
    if column.distinct < 2:
        return "Every value is the same."
    return "Nearly every value is different." if column.distinct * 2 > rows - column.missing else ""


def _text_column(catalog: Catalog, name: str | None) -> Column | None:
    if name is None:
        return max(catalog.of_kind(Kind.TEXT), key=lambda column: column.distinct, default=None)
    column = _found(catalog, name)
    if column.kind in WORDS:
        return column
    texts = near_names("", (item.label for item in catalog.of_kind(*WORDS)))
    raise QueryError(f"Column “{column.label}” holds no text.", f"It is one of kind {column.kind}.", texts)


def _found(catalog: Catalog, name: str) -> Column:
    """A person's column by its name or header, or a QueryError that lists the near ones."""
    own = [catalog.columns[item] for item in catalog.metadata]
    for column in own:
        if name == column.name:
            return column
    for column in own:
        if name.casefold() in (column.name.casefold(), column.label.casefold()):
            return column
    hint = near_names(name, (column.name for column in own))
    detail = "" if own else "It has no columns of its own: its images came without a table."
    raise QueryError(f"There is no column “{name[:80]}” in this collection.", detail, hint)
