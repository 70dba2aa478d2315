"""The Lance table of one collection: the only truth, written in whole commits."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from pathlib import Path
from typing import Any, TypeVar

import lance
import lancedb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from lancedb.index import Bitmap, BTree, LabelList

from core.collection.compact import Compact
from core.collection.embeddings import Lookup
from core.collection.lineage import LINEAGE_KEY, pipelines_of
from core.collection.mapped import BESIDE, MapFact, part_of, unfinished_columns
from core.collection.mapswitch import switch_map
from core.collection.matrix import matrix_of
from core.collection.planner import QUANTISED, Plan, is_held, wanted_index
from core.collection.retype import finish_retyping, retype
from core.collection.schema import (
    ENCODER_KEY,
    LABEL_KEY,
    VECTOR_KEY,
    EncoderFact,
    check_name,
    collection_schema,
    encoder_of,
    metadata_fields,
    new_vector_column,
    vector_column,
    vector_columns,
)
from core.collection.storage import storing
from core.collection.vectorindex import described, make_vector_index, vector_index
from core.errors import BusyError, NotFoundError, VitrineError, near_names
from core.timing import step

Vector = npt.NDArray[np.float32]
Answer = TypeVar("Answer")

MOST_INDEX_BYTES = 2 * 1024**3  # of indexes in memory
LEAST_INDEXED = 1_000  # below this a plain scan is as quick as any index
MOST_TRIES = 5  # of a commit that others' commits come between
PASS_ROWS = 4_096  # given another encoder's vectors at a time
MISSING_VECTORS = "null"  # what becomes of an image that has none yet; LanceDB would refuse the whole commit
TRASH_COLUMNS = (pa.field("deletion", pa.string()), pa.field("deleted_at", pa.timestamp("us")))


@dataclass(frozen=True)
class Ranking:
    """Images by how close they are, closest first."""

    rowids: list[int]  # of the version that was asked
    scores: list[float]  # cosine similarity, -1 to 1


class Collection:
    """One set of images. Many processes may hold and write the same one."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = check_name(name)
        self._folder = folder
        self._connection = lancedb.connect(folder / "collections")
        self._trash = lancedb.connect(folder / "trash")
        self._lock = threading.Lock()
        self._session: Any = None
        self._dataset: Any = None
        self.compact = Compact()
        self._warming: threading.Timer | None = None

    @property
    def path(self) -> Path:
        """The Lance dataset's folder."""
        return self._folder / "collections" / f"{self.name}.lance"

    def exists(self) -> bool:
        return is_written(self.path)

    def create(
        self,
        encoder: EncoderFact,
        fields: Sequence[pa.Field] = (),
        labels: Mapping[str, str] | None = None,
        rows: pa.Table | None = None,
    ) -> None:
        """Make the table, with a person's columns and the first rows in one commit; an existing one stays as it is."""
        if self.exists():
            return
        with storing("the collection"):
            schema = collection_schema(encoder, fields, labels)
            self._connection.create_table(self.name, data=rows, schema=schema, exist_ok=True)

    def dataset(self) -> Any:
        """The Lance dataset at its latest version, also when another process wrote it."""
        if not self.exists():
            raise NotFoundError(f"There is no collection “{self.name}”.", "", "See the list of collections.")
        with self._lock:
            if self._dataset is None or self._dataset.latest_version < self._dataset.version:
                self._session = lance.Session(index_cache_size_bytes=MOST_INDEX_BYTES)
                self._dataset = lance.dataset(str(self.path), session=self._session)
            elif self._dataset.latest_version > self._dataset.version:  # what is held of the index stays
                self._dataset = lance.dataset(str(self.path), session=self._session)
            return self._dataset

    def warm(self) -> None:
        """Read what searching many images needs into memory: the index, and vectors where all of them fit."""
        dataset = self.dataset()
        rows = dataset.count_rows()
        if is_held(rows, encoder_of(dataset.schema).dimension):
            return
        if vector_index(dataset) == QUANTISED:
            with step("load index", rows):
                dataset.prewarm_index(described(dataset).name)
        self.compact.read(dataset)

    def warm_soon(self, seconds: float) -> None:
        """Begin to do that in the background, once."""
        with self._lock:
            if self._warming is None:
                self._warming = threading.Timer(seconds, self._warm_quietly)
                self._warming.daemon = True
                self._warming.start()

    @property
    def version(self) -> int:
        """Grows with every commit."""
        return int(self.dataset().version)

    @property
    def schema(self) -> pa.Schema:
        return self.dataset().schema

    @property
    def encoder(self) -> EncoderFact:
        """What made the vectors."""
        return encoder_of(self.schema)

    def rename_encoder(self, encoder: EncoderFact) -> None:
        """Note the name that the encoder of the present vectors goes by now; its weights have to be the same."""
        with storing("the encoder's name"):
            lance.dataset(str(self.path)).update_schema_metadata({ENCODER_KEY: encoder.to_text()})

    def keep_pipelines(self, pipelines: Mapping[str, Any]) -> None:
        """Note the pipelines by which images were made, each under the name that their column gives it."""
        known = pipelines_of(self.schema)
        if not pipelines.items() <= known.items():
            with storing("how the pictures were made"):
                told = json.dumps({**known, **pipelines}, ensure_ascii=False)
                lance.dataset(str(self.path)).update_schema_metadata({LINEAGE_KEY: told})

    def pass_to(self, encoder: EncoderFact, vectors: Lookup) -> None:
        """Take another encoder's vectors in the place of the present ones.

        The new column is complete and indexed before the one commit that makes it count, so a search sees the old
        vectors or the new ones and never a mixture.
        """
        field = pa.field(new_vector_column(encoder), pa.list_(pa.float32(), encoder.dimension))

        def filled(batch: pa.RecordBatch) -> pa.RecordBatch:
            found = vectors(batch["id"].to_pylist(), batch["content_hash"].to_pylist())
            return pa.record_batch([found], schema=pa.schema([field]))

        def add_column() -> None:
            self._drop_other_vectors()
            made = lance.batch_udf(output_schema=pa.schema([field]))(filled)
            read = ["id", "content_hash"]
            lance.dataset(str(self.path)).add_columns(made, read_columns=read, batch_size=PASS_ROWS)

        def switch() -> None:
            facts = {ENCODER_KEY: encoder.to_text(), VECTOR_KEY: field.name}
            lance.dataset(str(self.path)).update_schema_metadata(facts)

        with storing("the new vectors"):
            _in_spite_of_others(add_column)
            if (rows := self.count()) >= LEAST_INDEXED:
                _in_spite_of_others(lambda: make_vector_index(self._table(), field.name, rows))
            _in_spite_of_others(switch)
            _in_spite_of_others(self._drop_other_vectors)

    def count_without_vector(self, dataset: Any) -> int:
        """How many images of a dataset's version no similarity search can find."""
        return int(dataset.count_rows(f"{vector_column(dataset.schema)} IS NULL"))

    def count(self) -> int:
        return int(self.dataset().count_rows())

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Some columns of every row, with `_rowid`."""
        return self.dataset().to_table(columns=list(columns), with_row_id=True)

    def ensure_columns(self, fields: Sequence[pa.Field], labels: Mapping[str, str]) -> None:
        """Add the fields that the table lacks, empty; existing ones keep their type."""
        known = set(self.schema.names)
        new = [field for field in fields if field.name not in known]
        with storing("the new columns"):
            if new:
                self._table().add_columns(pa.schema(new))
            bare = [field.name for field in metadata_fields(self.schema) if not field.metadata]
            if bare:
                updates = [{"path": name, "metadata": {LABEL_KEY: labels.get(name, name)}} for name in bare]
                self._table().update_field_metadata(*updates)

    def retype(self, field: pa.Field) -> None:
        """Give a column another type that loses nothing: any where it is empty, numbers for whole numbers."""
        with storing("a changed column"):
            retype(self._table(), field)

    def mend(self) -> None:
        """Finish what a killed process left half done."""
        if self.exists():
            with storing("a changed column"):
                finish_retyping(self._table())
                self._drop_other_vectors()
                self._drop_unfinished_map()

    def put_map(self, fact: MapFact, rows: pa.Table) -> None:
        """Give the collection a map in the place of the one it has; images without a row in it have no place.

        `rows` are id and the map's columns. They are complete, under other names, before the one commit that drops the
        map before and makes the new one count: killed anywhere, the collection has the one or the other, and whole.
        """
        staged = rows.rename_columns({name: f"{BESIDE}{name}" for name in fact.names()})

        with storing("the map"):
            _in_spite_of_others(self._drop_unfinished_map)
            _in_spite_of_others(lambda: lance.dataset(str(self.path)).merge(staged, "id"))
            _in_spite_of_others(lambda: switch_map(lance.dataset(str(self.path)), fact))

    def append(self, rows: pa.Table) -> None:
        """Write whole rows in one commit; none of their ids may be in the collection."""
        with storing("a chunk of images"):
            self._table().add(rows)

    def upsert(self, rows: pa.Table) -> None:
        """Write whole rows in one commit; a row of a known id replaces the old one."""
        with storing("a chunk of images"):
            merge = self._table().merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            merge.execute(rows, on_bad_vectors=MISSING_VECTORS)

    def update(self, rows: pa.Table) -> None:
        """Replace some columns of known ids in one commit; unknown ids are passed over."""
        with storing("changed metadata"):
            merge = self._table().merge_insert("id").when_matched_update_all()
            merge.execute(rows, on_bad_vectors=MISSING_VECTORS)

    def delete(self, ids: Sequence[str], deletion: str, at: datetime) -> int:
        """Move rows to the trash under the name `deletion`; returns how many there were."""
        with storing("the trash"):
            rows = self._rows_of(self.dataset(), ids)
            if rows.num_rows == 0:
                return 0
            marks = [
                pa.array([value] * rows.num_rows, field.type)
                for value, field in zip((deletion, at), TRASH_COLUMNS, strict=True)
            ]
            for field, values in zip(TRASH_COLUMNS, marks, strict=True):
                rows = rows.append_column(field, values)
            name = f"{self.name}--{deletion}"
            self._trash.create_table(name, data=rows, mode="overwrite", on_bad_vectors=MISSING_VECTORS)
            self._table().delete(f"id IN ({', '.join(map(_text, rows['id'].to_pylist()))})")
            return int(rows.num_rows)

    def undo_delete(self, deletion: str) -> int:
        """Put a deletion's rows back; an id that has come again since is left alone."""
        name = f"{self.name}--{deletion}"
        if deletion not in self.deletions():
            raise NotFoundError("That deletion cannot be undone.", "Its images are not in the trash (any more).")

        def restore() -> int:
            rows = _fitting(self._trash.open_table(name).to_arrow(), self.schema)
            merge = self._table().merge_insert("id").when_not_matched_insert_all()
            merge.execute(rows, on_bad_vectors=MISSING_VECTORS)  # another encoder's are left behind
            return int(rows.num_rows)

        with storing("the restored images"):
            count = _in_spite_of_others(restore)
            self._trash.drop_table(name)
        return count

    def deletions(self) -> list[str]:
        """Deletions that can be undone, oldest first."""
        parts = (name.rpartition("--") for name in self._trash.list_tables(limit=10_000).tables)
        return sorted(deletion for owner, _, deletion in parts if owner == self.name)

    def deleted_ids(self) -> set[str]:
        """Ids in the trash: an ingest leaves them there."""
        tables = (self._trash.open_table(f"{self.name}--{deletion}") for deletion in self.deletions())
        return {id for table in tables for id in table.search().select(["id"]).to_arrow()["id"].to_pylist()}

    def trashed_ids(self, deletion: str) -> list[str]:
        """Ids of the images of one deletion; none where it is not in the trash (any more)."""
        if deletion not in self.deletions():
            return []
        table = self._trash.open_table(f"{self.name}--{deletion}")
        return list(table.search().select(["id"]).to_arrow()["id"].to_pylist())

    def present(self, ids: Sequence[str]) -> set[str]:
        """Which of these images are in the collection."""
        return set(self._rows_of(self.dataset(), ids, ["id"])["id"].to_pylist())

    def thumbnail_of(self, id: str) -> bytes:
        """WebP bytes of one image by its id; `thumbnails` is quicker where row ids are known."""
        rows = self._rows_of(self.dataset(), [id], ["thumbnail"])["thumbnail"].to_pylist()
        if not rows:
            raise NotFoundError(f"There is no image “{id[:80]}” in “{self.name}”.", "It may have been deleted.")
        return bytes(rows[0])

    def thumbnails(self, rowids: Sequence[int], dataset: Any) -> list[bytes]:
        """WebP bytes at row ids of a dataset's version, in their order."""
        return list(dataset._take_rows(list(rowids), columns=["thumbnail"])["thumbnail"].to_pylist())

    def hashes(self, rowid: int, dataset: Any) -> dict[str, int | None]:
        """The perceptual hashes (`phash`, `dhash`) at one row id of a dataset's version."""
        row: dict[str, int | None] = dataset._take_rows([rowid], columns=["phash", "dhash"]).to_pylist()[0]
        return row

    def vectors(self, ids: Sequence[str], dataset: Any = None) -> dict[str, Vector]:
        """Unit vectors by id, of the images that have one, at a version; float32, shape (dimension,)."""
        dataset = self.dataset() if dataset is None else dataset
        column = vector_column(dataset.schema)
        rows = self._rows_of(dataset, ids, ["id", column])
        found, there = matrix_of(rows[column])
        return dict(zip(compress(rows["id"].to_pylist(), there), found, strict=True))

    def vectors_at(self, rowids: Sequence[int], dataset: Any) -> dict[int, Vector]:
        """Unit vectors by row id of a dataset's version, of the images that have one."""
        column = vector_column(dataset.schema)
        found, there = matrix_of(dataset._take_rows(list(rowids), columns=[column])[column])
        return dict(zip(compress(rowids, there), found, strict=True))

    def nearest(
        self,
        vector: Vector,
        count: int,
        where: str | None,
        dataset: Any,
        how: Plan,
        among: int | None = None,
        *,
        indexed: bool = False,
    ) -> Ranking:
        """The `count` closest images under a filter, closest first; so many pass it, where that is known.

        With `indexed`, only those whose vectors are in the index.
        """
        with step("vectors", among) as compared:
            query: dict[str, Any] = {
                "column": vector_column(dataset.schema),
                "q": vector,
                "k": count,
                "metric": "cosine",
                "use_index": how.use_index,
            }
            if how.use_index:
                query["nprobes"] = how.probes
            if how.use_index and how.refine:
                query["refine_factor"] = how.refine
            scanner = dataset.scanner(
                columns=["_distance"],
                with_row_id=True,
                nearest=query,
                filter=where,
                prefilter=True,
                fast_search=indexed,
            )
            found = scanner.to_table()
            compared.rows_out = found.num_rows
        return Ranking(found["_rowid"].to_pylist(), (1.0 - found["_distance"].to_numpy()).tolist())

    def build_indexes(
        self,
        categories: Sequence[str],
        ranges: Sequence[str],
        step: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Make or extend the vector index and the scalar indices that filters use; writes nothing where all is done.

        `step` is called before each with how many are done and how many there are; what it raises ends the work there.
        """
        rows = self.count()
        if rows < LEAST_INDEXED:
            return
        with storing("the index"):
            table = self._table()
            held = {tuple(item.columns): item for item in table.list_indices()}
            if not held or any(table.index_stats(item.name).num_unindexed_rows for item in held.values()):
                table.optimize()
            column = vector_column(self.schema)
            vector = held.get((column,))
            if vector is not None and vector.index_type != wanted_index(rows):
                del held[column,]
            wanted = {**dict.fromkeys(categories, Bitmap()), **dict.fromkeys(("id", *ranges), BTree())}
            wanted["tags"] = LabelList()
            step(0, 1 + len(wanted))
            if (column,) not in held:
                make_vector_index(table, column, rows)
            for done, (name, config) in enumerate(wanted.items(), 1):
                step(done, 1 + len(wanted))
                if (name,) not in held:
                    table.create_index(name, config=config)

    def index_tags(self) -> None:
        """Bring the tags' index up to date after tags were written: till then such rows are looked through one by one.

        A collection whose indexes are not made yet stays without one.
        """
        with storing("the index"):
            dataset = self.dataset()
            held = dataset.describe_indices()
            names = [item.name for item in held if "tags" in item.field_names]
            if names:
                dataset.optimize.optimize_indices(index_names=names)
            elif held:  # made before there was one of tags
                self._table().create_index("tags", config=LabelList())

    def _warm_quietly(self) -> None:
        with suppress(VitrineError, OSError, RuntimeError, ValueError):  # the search that needs it tells what is wrong
            self.warm()

    def _drop_other_vectors(self) -> None:
        """Drop the vectors of every encoder but the recorded one: given up, or never finished."""
        dataset = lance.dataset(str(self.path))
        others = [name for name in vector_columns(dataset.schema) if name != vector_column(dataset.schema)]
        if others:
            dataset.drop_columns(others)

    def _drop_unfinished_map(self) -> None:
        """Drop what stands beside the map that counts: a killed process was about to put it there."""
        dataset = lance.dataset(str(self.path))
        if unfinished := unfinished_columns(dataset.schema):
            dataset.drop_columns(unfinished)

    def _table(self) -> Any:
        return self._connection.open_table(self.name)

    def _rows_of(self, dataset: Any, ids: Sequence[str], columns: Sequence[str] | None = None) -> pa.Table:
        return dataset.to_table(
            columns=list(columns) if columns else None,
            filter=f"id IN ({', '.join(map(_text, ids))})" if ids else "false",
        )


def _in_spite_of_others(write: Callable[[], Answer]) -> Answer:
    """Write, again if somebody else's commit came between; a BusyError where that happens every time."""
    for _ in range(MOST_TRIES):
        try:
            return write()
        except (OSError, RuntimeError) as error:
            if not any(sign in str(error).lower() for sign in ("commit conflict", "different schema")):
                raise
    raise BusyError(
        "The collection was changed by others again and again while it was written to.",
        "What was made so far is kept.",
        "Start the same command again when less is going on.",
    )


def is_written(path: Path) -> bool:
    """Whether a folder holds a Lance dataset with at least one whole version; a killed creation leaves none."""
    return any((path / "_versions").glob("*.manifest"))


def _fitting(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows with exactly a schema's columns; empty where they have none, or one of a type or map that is another now."""

    def column(field: pa.Field) -> Any:
        if field.name in rows.column_names and part_of(field) == part_of(rows.schema.field(field.name)):
            with suppress(pa.ArrowInvalid, pa.ArrowNotImplementedError):
                return rows[field.name].cast(field.type, safe=False)
        return pa.nulls(rows.num_rows, field.type)

    return pa.table([column(field) for field in schema], schema=schema)


def open_collections(folder: Path) -> list[str]:
    """Names of the collections in a workspace, sorted."""
    found = (folder / "collections").glob("*.lance")
    return sorted(path.stem for path in found if is_written(path))


def find_collection(folder: Path, name: str) -> Collection:
    """The collection of that name, or a NotFoundError that lists the near ones."""
    names = open_collections(folder)
    if name not in names:
        hint = near_names(name, names) or "Bring one in first: vitrine ingest SOURCE --collection NAME."
        raise NotFoundError(f"There is no collection “{name[:80]}” in this workspace.", "", hint)
    return Collection(folder, name)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
