"""The vectors of a result's images with their ids, for other tools."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.collection.catalog import Catalog
from core.collection.matrix import matrix_of
from core.collection.schema import vector_column
from core.encoders.protocol import Vectors
from core.export.formats import json_line
from core.export.journal import Kept
from core.search import Hit

ROWS = 2_000  # in memory at a time
WITHOUT = "without_vector.jsonl"
FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"none": (), "parquet": ("embeddings.parquet",), "npy": ("embeddings.npy", "embeddings_ids.json")}
)
Append = Callable[[list[str], Vectors], None]


@dataclass
class Told:
    """How many images have a vector, and how many have none."""

    embedded: int = 0
    without_vector: int = 0


@contextmanager
def opened_embeddings(
    folder: Path, kind: str, catalog: Catalog, told: Told
) -> Iterator[Callable[[Sequence[Hit], Mapping[str, Kept], Mapping[str, str]], None]]:
    """New files in a bundle's folder that take images; one without a vector is named in a list of such."""
    opened = _parquet if kind == "parquet" else _npy
    with ExitStack() as stack:
        without = stack.enter_context((folder / WITHOUT).open("w", encoding="utf-8", newline=""))
        append = stack.enter_context(opened(folder, catalog.encoder.dimension))

        def take(page: Sequence[Hit], kept: Mapping[str, Kept], paths: Mapping[str, str]) -> None:
            for first in range(0, len(page), ROWS):
                ids, vectors, lacking = _read(catalog, page[first : first + ROWS])
                append(ids, vectors)
                without.writelines(json_line({"id": id}) for id in lacking)
                told.embedded += len(ids)
                told.without_vector += len(lacking)

        yield take
    if not told.without_vector:
        (folder / WITHOUT).unlink()


def _read(catalog: Catalog, hits: Sequence[Hit]) -> tuple[list[str], Vectors, list[str]]:
    """Ids that have a vector, these vectors, float32 of shape (ids, dimension), and the ids that have none."""
    column = vector_column(catalog.dataset.schema)
    found = catalog.dataset._take_rows([hit.row.rowid for hit in hits], columns=[column])
    vectors, held = matrix_of(found[column])
    ids = [hit.row.id for hit in hits]
    have = [id for id, there in zip(ids, held, strict=True) if there]
    lack = [id for id, there in zip(ids, held, strict=True) if not there]
    return have, np.ascontiguousarray(vectors, dtype="<f4"), lack


@contextmanager
def _parquet(folder: Path, dimension: int) -> Iterator[Append]:
    vector = pa.list_(pa.float32(), dimension)
    schema = pa.schema([pa.field("id", pa.string()), pa.field("vector", vector)])

    def append(ids: list[str], vectors: Vectors) -> None:
        held = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1), pa.float32()), dimension)
        writer.write_table(pa.table([pa.array(ids, pa.string()), held.cast(vector)], schema=schema))

    with pq.ParquetWriter(folder / "embeddings.parquet", schema, compression="none") as writer:
        yield append


@contextmanager
def _npy(folder: Path, dimension: int) -> Iterator[Append]:
    """An array that grows row by row: its head has room for a larger number of them."""
    ids_path = folder / "embeddings_ids.json"
    with (folder / "embeddings.npy").open("w+b") as array, ids_path.open("w", encoding="utf-8", newline="") as names:
        _write_head(array, 0, dimension)
        names.write("[")
        count = [0]

        def append(ids: list[str], vectors: Vectors) -> None:
            array.write(vectors.tobytes())
            for place, id in enumerate(ids, start=count[0]):
                names.write((",\n" if place else "\n") + json.dumps(id, ensure_ascii=False))
            count[0] += len(ids)

        yield append
        names.write("\n]\n")
        array.seek(0)
        _write_head(array, count[0], dimension)


def _write_head(array: object, rows: int, dimension: int) -> None:
    head = {"descr": "<f4", "fortran_order": False, "shape": (rows, dimension)}
    np.lib.format.write_array_header_1_0(array, head)  # type: ignore[arg-type]
