"""Which image of which collection an image was made from, where it came in with a set of augmented pictures."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

ORIGINAL, COLLECTION, VARIANT, PIPELINE = "original_id", "original_collection", "variant", "pipeline"
LINEAGE_KEY = "vitrine.pipelines"  # of a collection's schema: JSON, each pipeline whole under its name in the column


@dataclass(frozen=True)
class Parent:
    """What an image was made from."""

    collection: str
    id: str
    variant: int
    pipeline: str  # as the column names it
    steps: Mapping[str, Any] | None  # the whole pipeline; None where the collection does not hold it


def pipelines_of(schema: pa.Schema) -> dict[str, Any]:
    """The pipelines by which a collection's images were made, by name; none where no set was brought in."""
    with suppress(ValueError):
        found = json.loads((schema.metadata or {}).get(LINEAGE_KEY.encode(), b"{}"))
        return dict(found) if isinstance(found, dict) else {}
    return {}


def parent_of(values: Mapping[str, Any], schema: pa.Schema) -> Parent | None:
    """What an image was made from, told by its row; None where it came in as it is."""
    pipelines = pipelines_of(schema)
    told = [values.get(name) for name in (COLLECTION, ORIGINAL, VARIANT, PIPELINE)]
    if not pipelines or any(value is None for value in told):
        return None
    collection, id, variant, pipeline = told
    try:
        return Parent(str(collection), str(id), int(str(variant)), str(pipeline), pipelines.get(str(pipeline)))
    except ValueError:  # a person wrote something else there
        return None
