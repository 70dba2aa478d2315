"""The tables of a set of augmented pictures: what each picture is, what its original was, and what failed."""

import hashlib
import json
import math
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.batch.picture import Made
from core.collection.catalog import Catalog
from core.collection.schema import metadata_fields

OWN = (
    pa.field("original_id", pa.string()),
    pa.field("variant", pa.int32()),
    pa.field("file", pa.string()),  # path inside the set
    pa.field("width", pa.int32()),  # of the new picture, pixels
    pa.field("height", pa.int32()),
    pa.field("bytes", pa.int64()),
    pa.field("sha256", pa.string()),  # of the file
    pa.field("drawn", pa.string()),  # JSON: the steps that were taken, with what was drawn for each
    pa.field("tags", pa.list_(pa.string())),  # of the original
)
PARQUET, LINES, FAILURES = "metadata.parquet", "metadata.jsonl", "failures.jsonl"


class Tables:
    """Writes a set's tables a chunk at a time; they take their names when all is written."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        fields = metadata_fields(catalog.dataset.schema)
        self._names = column_names([field.name for field in fields])  # by stored name
        theirs = [pa.field(self._names[field.name], field.type) for field in fields]
        self._schema = pa.schema([*OWN, *theirs])
        self.facts: dict[str, dict[str, Any]] = {}  # bytes and sha256 of each table by its name, once closed

    def __enter__(self) -> "Tables":
        self._parquet = pq.ParquetWriter(self._part(PARQUET), self._schema, compression="zstd")
        self._lines = self._part(LINES).open("w", encoding="utf-8")
        self._failures = self._part(FAILURES).open("w", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._parquet, self._lines, self._failures):
            file.close()
        if error is None:
            for name in (PARQUET, LINES, FAILURES):
                os.replace(self._part(name), self._folder / name)
                self.facts[name] = _fact(self._folder / name)

    def add(self, chunk: Sequence[Made]) -> None:
        """Write some images' pictures or failures, in their order."""
        known = {row.id: row.values for row in self._catalog.rows([made.id for made in chunk])}
        rows = [self._row(made, known.get(made.id, {}), place) for made in chunk for place in range(len(made.files))]
        columns = [pa.array([row[field.name] for row in rows], field.type) for field in self._schema]
        if rows:
            self._parquet.write_table(pa.table(columns, schema=self._schema))
        for row in rows:
            drawn = json.loads(row["drawn"])
            self._lines.write(f"{json.dumps({**row, 'drawn': drawn}, ensure_ascii=False, default=_plain)}\n")
        for made in chunk:
            if made.failure:
                told = {"original_id": made.id, "reason": made.failure}
                self._failures.write(f"{json.dumps(told, ensure_ascii=False)}\n")

    def _row(self, made: Made, values: Mapping[str, Any], place: int) -> dict[str, Any]:
        file = made.files[place]
        own = {
            "original_id": made.id,
            "variant": file.variant,
            "file": file.file,
            "width": file.width,
            "height": file.height,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "drawn": json.dumps(file.drawn, ensure_ascii=False),
            "tags": list(values.get("tags") or ()),
        }
        return own | {new: _finite(values.get(name)) for name, new in self._names.items()}

    def _part(self, name: str) -> Path:
        return self._folder / f".{name}.part"


def column_names(names: Sequence[str]) -> dict[str, str]:
    """What a person's columns are called beside the set's own; one of the same name gets “original_” in front."""
    taken = {field.name for field in OWN} | set(names)
    found = {}
    for name in names:
        new = name
        if name in {field.name for field in OWN}:
            while new in taken:
                new = f"original_{new}"
        taken.add(new)
        found[name] = new
    return found


def _finite(value: Any) -> Any:
    """The value, or none for a number that JSON has no words for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _fact(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}
