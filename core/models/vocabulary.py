"""Where the labels to choose among come from: a column's own values, a list that is shipped, or a person's own list."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.collection.catalog import Catalog
from core.collection.counts import class_counts
from core.errors import InputError, NotFoundError, QueryError, near_names
from core.models.facts import MOST_TEXTS, is_text
from core.query.columns import Column, Kind
from core.query.recipe import Recipe
from core.query.textparts import column_called
from core.settings import ROOT

FOLDER = ROOT / "data" / "vocabularies"
COMMENT = "#"


@dataclass(frozen=True)
class Vocabulary:
    """A list of labels."""

    name: str
    about: str  # one sentence
    labels: tuple[str, ...]


@cache
def shipped() -> tuple[Vocabulary, ...]:
    """The lists that come with Vitrine, by name."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.txt")))


def shipped_labels(name: str) -> tuple[str, ...]:
    """The labels of a shipped list, or a NotFoundError."""
    found = {item.name: item for item in shipped()}
    if name not in found:
        raise NotFoundError(f"There is no vocabulary “{name[:80]}”.", "", near_names(name[:80], found))
    return found[name].labels


def vocabulary_columns(catalog: Catalog) -> list[Column]:
    """The columns whose values can be labels."""
    columns = catalog.of_kind(Kind.CATEGORY)
    return [column for column in columns if 2 <= column.distinct <= MOST_TEXTS]


def column_labels(catalog: Catalog, name: str) -> tuple[str, ...]:
    """The values of a category column, the most frequent first."""
    column = column_called(catalog.columns, name)
    suited = {item.name: item for item in vocabulary_columns(catalog)}
    if column.name not in suited:
        detail = f"It is a {column.kind} column of {column.distinct:,} different values."
        raise QueryError(f"The values of “{column.label}” cannot be labels.", detail, near_names(column.name, suited))
    counts = class_counts(catalog, Recipe(), column.name).values
    found = cleaned(str(item.value) for item in counts if item.value is not None)
    if len(found) < 2:
        detail = (
            f"Fewer than two of its {column.distinct:,} values differ in more than case, are short enough and text."
        )
        hint = "Choose another column, or give labels of your own."
        raise QueryError(f"The values of “{column.label}” cannot be labels.", detail, hint)
    return found


def own_labels(text: str) -> tuple[str, ...]:
    """The labels of a person's list, one a line; empty lines and those that begin with # are none."""
    found = cleaned(_lines(text))
    if len(found) < 2:
        raise InputError("The list has too few labels.", f"It has {len(found)}.", "Write two at least, one a line.")
    if len(found) > MOST_TEXTS:
        raise InputError(
            "The list has too many labels.", f"It has {len(found):,}.", f"At most {MOST_TEXTS:,} are used."
        )
    return found


def left_out(text: str) -> int:
    """How many lines of a person's list are no label of their own: too long, no text, or there already."""
    lines = _lines(text)
    return len(lines) - len(cleaned(lines))


def cleaned(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts as labels: each on one line and once, whatever its case; what cannot be one is left out."""
    lines = (" ".join(text.split()) for text in texts)
    found: dict[str, str] = {}
    for line in filter(is_text, lines):
        found.setdefault(line.casefold(), line)
    return tuple(found.values())


def _lines(text: str) -> list[str]:
    """The lines of a list that are neither empty nor a note."""
    lines = (line.strip() for line in text.lstrip("\ufeff").splitlines())
    return [line for line in lines if line and not line.startswith(COMMENT)]


def _read(path: Path) -> Vocabulary:
    text = path.read_text(encoding="utf-8")
    about = text.splitlines()[0].removeprefix(COMMENT).strip()
    return Vocabulary(path.stem, about, own_labels(text))
