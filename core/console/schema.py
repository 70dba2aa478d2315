"""What there is to ask: the columns of the table `images`, and examples made of a collection's own columns."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from core.collection.catalog import Catalog
from core.collection.schema import label
from core.console.copies import columns_of
from core.query.columns import Column as Known
from core.query.columns import Kind
from core.query.sql import quote

MOST_EXAMPLES = 8
LISTS, TEXT = "list", Kind.TEXT.value


@dataclass(frozen=True)
class SchemaColumn:
    """One column of `images`; `result` has the same, and `score` where the question has similarity in it."""

    name: str
    label: str  # as the person's table has it
    kind: str  # category, text, number, year, date, boolean or list
    type: str  # as SQL has it
    distinct: int | None  # different values, missing not counted; None where that was not counted
    missing: int | None  # images without a value


@dataclass(frozen=True)
class Example:
    """A statement to begin with."""

    title: str
    sql: str


def schema(catalog: Catalog) -> list[SchemaColumn]:
    """The columns in the order in which SELECT * has them."""
    fields = pa.schema([catalog.dataset.schema.field(name) for name in columns_of(catalog)])
    with duckdb.connect(":memory:") as connection:
        types = connection.from_arrow(fields.empty_table()).types
    found = []
    for field, kind in zip(fields, types, strict=True):
        known = catalog.columns.get(field.name)
        counted = (known.kind.value, known.distinct, known.missing) if known else (_kind(field), None, None)
        found.append(SchemaColumn(field.name, label(field), counted[0], str(kind), counted[1], counted[2]))
    return found


def _kind(field: pa.Field) -> str:
    return LISTS if pa.types.is_list(field.type) else TEXT


def examples(catalog: Catalog) -> list[Example]:
    """Statements that run as they are; the more kinds of columns, the more of them."""
    return list(_examples(catalog))[:MOST_EXAMPLES]


def _examples(catalog: Catalog) -> Iterator[Example]:
    classes = sorted(catalog.of_kind(Kind.CATEGORY), key=lambda column: (column.distinct < 2, column.missing))
    numbers, texts = catalog.of_kind(Kind.NUMBER), catalog.of_kind(Kind.TEXT)
    first = quote(classes[0].name) if classes else ""
    if classes:
        yield Example(f"Count by {_said(classes[0])}", _count_by(first))
    yield Example("The current question's images", "SELECT * FROM result LIMIT 100")
    if len(classes) > 1:
        second = quote(classes[1].name)
        yield Example(
            f"{_said(classes[0])} by {_said(classes[1])}",
            f"SELECT {first}, {second}, count(*) AS images\nFROM images\nGROUP BY ALL\nORDER BY images DESC",
        )
    if numbers:
        yield Example(f"Figures of {_said(numbers[0])}", _figures(quote(numbers[0].name), first))
    for column in catalog.of_kind(Kind.YEAR, Kind.DATE)[:1]:
        year = quote(column.name) if column.kind is Kind.YEAR else f"year({quote(column.name)})"
        yield Example(
            f"By {'year' if column.kind is Kind.DATE else _said(column)}",
            f'SELECT {year} AS "in", count(*) AS images\nFROM images\nGROUP BY ALL\nORDER BY "in"',
        )
    if texts:
        yield Example(f"Words of {_said(texts[0])}", _words(quote(texts[0].name)))
    gaps = max((catalog.columns[name] for name in catalog.metadata), key=lambda column: column.missing, default=None)
    if gaps is not None and gaps.missing:
        yield Example(f"Without {_said(gaps)}", f"SELECT *\nFROM images\nWHERE {quote(gaps.name)} IS NULL")
    yield Example(
        "Byte-identical images",
        "SELECT id, content_hash, count(*) OVER (PARTITION BY content_hash) AS alike\n"
        "FROM images\nQUALIFY alike > 1\nORDER BY alike DESC, content_hash",
    )
    yield Example("Largest pictures", "SELECT id, width, height\nFROM images\nORDER BY width * height DESC\nLIMIT 50")
    yield Example("Counts by shape", _count_by("CASE WHEN width > height THEN 'wide' ELSE 'tall' END"))
    yield Example("Every column at a glance", "SUMMARIZE images")


def _said(column: Known) -> str:
    return " ".join(column.label.split())[:40] or column.name[:40]


def _count_by(what: str) -> str:
    return f"SELECT {what} AS value, count(*) AS images\nFROM images\nGROUP BY ALL\nORDER BY images DESC"


def _figures(number: str, by: str) -> str:
    figures = f"count({number}) AS known, min({number}) AS least, median({number}) AS middle, max({number}) AS most"
    return (
        f"SELECT {by}, {figures}\nFROM images\nGROUP BY ALL\nORDER BY known DESC"
        if by
        else f"SELECT {figures}\nFROM images"
    )


def _words(text: str) -> str:
    return (
        "SELECT lower(word) AS word, count(*) AS images\n"
        f"FROM images, unnest(string_split({text}, ' ')) AS words(word)\nWHERE length(word) > 3\n"
        "GROUP BY ALL\nORDER BY images DESC\nLIMIT 30"
    )
