"""The columns of an exported table: which there are, what they are called, and their values for one image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from core.collection.catalog import Catalog
from core.collection.schema import label
from core.search import Hit

SCORE = "score"
SCORE_DIGITS = 6  # as many as a cosine of float32 vectors is good for


@dataclass(frozen=True)
class Field:
    """One column of the table."""

    header: str
    column: str  # as the collection has it, such as in a recipe; empty for the export's own "file" and "score"
    type: pa.DataType
    label: str = ""  # the header of the person's table, where the bundle's has to be another


def table_fields(catalog: Catalog, *, file: str, with_score: bool) -> tuple[Field, ...]:
    """The table's columns: id, `file` where it is not empty, score, a person's own under their headers, and tags.

    The first three and tags are always called that; another column whose header is one of those, or is not its
    alone, goes by its stored name.
    """
    first = [Field("id", "id", pa.string())]
    first += [Field(file, "", pa.string())] if file else []
    first += [Field(SCORE, "", pa.float64())] if with_score else []
    schema = catalog.dataset.schema
    labels = [label(schema.field(name)) for name in catalog.metadata]
    folded = [text.casefold() for text in labels]
    taken = {"id", "file", SCORE, "tags", *([file] if file else [])}
    own = []
    for name, text in zip(catalog.metadata, labels, strict=True):
        is_alone = folded.count(text.casefold()) == 1
        header = _free(text if is_alone and text.casefold() not in taken else name, taken)
        taken.add(header.casefold())
        own.append(Field(header, name, schema.field(name).type, "" if text == header else text))
    return (*first, *own, Field("tags", "tags", pa.list_(pa.string())))


def table_row(hit: Hit, file: str | None, fields: Sequence[Field]) -> list[Any]:
    """One image's values, in the order of the fields; `file` is its path in the bundle, None where it has none."""
    score = None if hit.score is None else round(hit.score, SCORE_DIGITS)
    return [
        hit.row.values[field.column] if field.column else score if field.header == SCORE else file for field in fields
    ]


def _free(header: str, taken: set[str]) -> str:
    while header.casefold() in taken:
        header += "_"
    return header
