"""A bundle is a source: brought in again it is the same images with the same metadata."""

from collections.abc import Sequence
from typing import Any

import pytest

from core.ingest.plan import IngestRequest
from core.workspace import Workspace
from tests.core.export.exporting import take

CONTENT = ("content_hash", "width", "height")


def known(space: Workspace, name: str, columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = space.collection(name).dataset().to_table(columns=["id", *CONTENT, *columns]).to_pylist()
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize("metadata", ["csv", "parquet", "jsonl"])
def test_its_table_as_the_source_gives_the_same_collection(own_workspace: Workspace, metadata: str) -> None:
    made = take(own_workspace, "bundle", metadata=metadata)
    source = str(made.path / f"metadata.{metadata}")
    ledger = own_workspace.ingest(IngestRequest(source, "again", id_column="id", image_column="file"))
    assert ledger.counts.problems() == []
    assert (ledger.counts.images_added, ledger.entries) == (60, ())
    own = own_workspace.catalog("things")
    assert known(own_workspace, "again", own.metadata) == known(own_workspace, "things", own.metadata)
    again = own_workspace.catalog("again")
    for name in own.metadata:
        assert (again.columns[name].label, again.columns[name].kind) == (
            own.columns[name].label,
            own.columns[name].kind,
        )
