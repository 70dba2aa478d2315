"""The labels of a tagging: from a vocabulary where one is named. They go into the request itself, so that a job that
is taken up again, and whoever reads its record, has the very ones that it began with.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.batch.tag import TagRequest
from core.collection.catalog import Catalog
from core.errors import InputError
from core.models.vocabulary import column_labels, shipped_labels

LABELS = "labels"


def with_labels(request: TagRequest, catalog: Catalog) -> TagRequest:
    """The request with the labels of the vocabulary that it names; one that has labels already stays as it is."""
    if LABELS in request.parameters:
        return request
    found = labels_from(catalog, request.vocabulary, request.vocabulary_column)
    return replace(request, parameters={**request.parameters, LABELS: list(found)}) if found else request


def labels_from(catalog: Catalog | None, vocabulary: str, column: str) -> tuple[str, ...]:
    """The labels of a shipped list, or of a column; none where neither is named."""
    if vocabulary:
        return shipped_labels(vocabulary)
    return column_labels(catalog, column) if column and catalog is not None else ()


def check_one_source(parameters: Mapping[str, Any], vocabulary: str, column: str) -> None:
    """An InputError where labels are asked for from more than one place."""
    if sum((bool(parameters.get(LABELS)), bool(vocabulary), bool(column))) > 1:
        detail = "Labels are given, or are a shipped vocabulary's, or are the values of a column."
        raise InputError("Labels come from one place.", detail, "Name one of them.")
