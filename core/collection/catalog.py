"""The catalog: an in-memory DuckDB mirror of a collection's scalar columns at one version.

Low-cardinality text becomes ENUM, which makes counting by class about ten times quicker. The connection is
locked: no file, network, extension or settings access. A new version of the collection gets a new catalog.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.collection.growth import ColumnFacts, added_rows
from core.collection.making import Making
from core.collection.mapped import map_of, part_of
from core.collection.mirror import Mirror
from core.collection.packs import Pack, coded_as, packs_of
from core.collection.rowstore import RowStore
from core.collection.schema import ASKABLE_SYSTEM_NAMES, EncoderFact, encoder_of, label, metadata_names
from core.query.columns import CLASS_KINDS, Column, Columns, Kind, find_column
from core.query.recipe import All, Condition, Order
from core.query.sql import Sql, duckdb_filter, quote
from core.timing import step

MIRRORED = ("id", "uri", "source", "content_hash", "width", "height", "tags", "added_at")
MOST_CLASSES = 1_000  # more different values than this are free text
LONGEST_CLASS = 100  # characters; a longer value makes a column free text
FEW_CLASSES = 12  # so many short values are classes even when hardly any repeats
YEARS = (1800, 2100)  # a whole-number column that stays inside is one of years
BATCH_ROWS = 65_536  # of what is mirrored, read at a time
DEEP = 5_000  # rows; a page that begins further down is taken from a remembered order
MOST_ORDERS = 4  # remembered, four bytes an image each
MOST_RECENT = 16  # tables of pairs remembered, most of them small
MOST_COUNTS = 64  # results whose number of images is remembered: every page of one tells it
LOTS = 2**64  # of which every image draws one for each seed

EVERYTHING = All()
K = TypeVar("K")
V = TypeVar("V")

Places = npt.NDArray[np.int32]
"""Places of images in the order of ingest, from 0."""


@dataclass(frozen=True)
class Row:
    """What is known about one image."""

    id: str
    rowid: int  # Lance row id at the catalog's version
    content_hash: str
    width: int
    height: int
    values: Mapping[str, Any]  # every mirrored and metadata column


class Catalog:
    """Answers about metadata at one version of a collection. Safe to share between threads."""

    def __init__(self, dataset: Any) -> None:
        with step("mirror") as mirrored:
            self.dataset = dataset
            self.count_all = 0
            self.version = int(dataset.version)
            self.encoder: EncoderFact = encoder_of(dataset.schema)
            self.metadata = tuple(metadata_names(dataset.schema))
            self.map = map_of(dataset.schema)
            self.axes = () if self.map is None else (self.map.x, self.map.y)
            self._mirror = Mirror()
            self._remembered: dict[str, Any] = {}
            self._orders: dict[Order, Places] = {}
            self._recent: dict[str, Any] = {}
            self._counts: dict[str, int] = {}
            self._making = Making()
            self._place, self._lot = self._free("_place"), self._free("_lot")
            self._codes: dict[str, str] = {}  # SQL of the stored number of each category
            self.packs: Sequence[Pack] = ()  # every column of classes is in one
            self._facts: dict[str, ColumnFacts] = {}
            self.columns: Columns = self._fill()
            self.count_all = mirrored.rows_in = mirrored.rows_out = self._mirror.rows
            self._mirror.lock()

    def followed_by(self, dataset: Any) -> "Catalog | None":
        """The catalog of a later version that only has more images, which takes a fraction of the time to make anew.

        None where anything else changed, or where a column is of another kind now or has a class that it had not.
        """
        source = added_rows(self.dataset, dataset, self._names)
        store = None if source is None else self._store.and_more(source.select(["_rowid", *self._shown]))
        if source is None or store is None:
            return None
        with step("mirror", source.num_rows, source.num_rows):
            found = copy(self)
            found.dataset, found.version = dataset, int(dataset.version)
            found._remembered, found._orders, found._recent, found._counts = {}, {}, {}, {}
            found._making = Making()
            found._store, found.count_all = store, self.count_all + source.num_rows
            cursor = self._mirror.connection.cursor()
            cursor.register("source_rows", source)
            found._facts = {name: self._more_facts(cursor, source.schema.field(name)) for name in self._askable()}
            columns = {name: found._column(source.schema.field(name)) for name in self._askable()}
            for name, column in columns.items():
                known = self.columns[name]
                if column.kind is not known.kind or (column.kind is Kind.CATEGORY and column.distinct > known.distinct):
                    return None
                columns[name] = replace(column, classes=known.classes, code=known.code)
            found.columns = columns
            placed = np.arange(self.count_all, found.count_all, dtype=np.int32)
            cursor.register("placed_rows", source.append_column(self._place[1:-1], pa.array(placed)))
            insert = f"INSERT INTO images {self._rows_sql()} ORDER BY {self._place}"
            grown = self._mirror.grow(self.count_all, source.num_rows, lambda: cursor.execute(insert))
        return found if grown else None

    def select(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement over the table `images`."""
        with step("sql", self.count_all) as asked:
            with self._mirror.cursor(self.count_all, self._place) as cursor:
                rows: list[tuple[Any, ...]] = cursor.execute(sql, list(parameters)).fetchall()
            asked.rows_out = len(rows)
        return rows

    def arrays(self, sql: str, parameters: Sequence[Any] = ()) -> dict[str, npt.NDArray[Any]]:
        """The columns of one statement over the table `images`; for those without missing values."""
        with step("sql", self.count_all) as asked:
            with self._mirror.cursor(self.count_all, self._place) as cursor:
                found = cursor.execute(sql, list(parameters)).fetchnumpy()
            asked.rows_out = max(map(len, found.values()), default=0)
        return {name: np.asarray(values) for name, values in found.items()}

    def where(self, condition: Condition | None) -> Sql:
        """The condition as SQL for this collection's columns."""
        return Sql("true") if condition is None else duckdb_filter(condition, self.columns)

    def where_by_text(self, condition: Condition) -> Sql:
        """The condition as SQL for a copy of the table in which classes are plain text."""
        return duckdb_filter(condition, {name: replace(held, code="") for name, held in self.columns.items()})

    def count(self, condition: Condition | None) -> int:
        """How many images match; counted once for each of the latest conditions."""
        if condition is None or condition == EVERYTHING:
            return self.count_all

        def counted() -> int:
            sql = self.where(condition)
            return int(self.select(f"SELECT count(*) FROM images WHERE {sql.text}", sql.parameters)[0][0])

        # Not by the condition itself, which may name many thousand ids, and for which 1 and True are the same.
        key = hashlib.sha256(repr(condition).encode("utf-8", "surrogatepass")).hexdigest()
        return _kept(self._counts, key, counted, MOST_COUNTS)

    def ids(self, condition: Condition, order: Order | None, limit: int, offset: int = 0) -> list[str]:
        """One page of matching ids, in the order asked for or else of ingest."""
        if offset + limit > DEEP:
            return self._store.ids(self._deep(condition, order, limit, offset))
        return [row[0] for row in self._shallow("id", condition, order, limit, offset)]

    def page(self, condition: Condition, order: Order | None, limit: int, offset: int = 0) -> list[Row]:
        """What is known about one page of matching images, in the order asked for or else of ingest.

        Found by their places: looking a hundred ids up among a million takes many times as long as all the rest.
        """
        if offset + limit > DEEP:
            return self._rows_at_places(self._deep(condition, order, limit, offset))
        found = self._shallow(self._place, condition, order, limit, offset)
        return self._rows_at_places([place for (place,) in found])

    def sample(self, condition: Condition, count: int, seed: int) -> list[str]:
        """Ids drawn at random among the matching ones; the same seed draws the same.

        What is drawn depends on the seed and the ids alone, so it stays when other images come or go.
        """
        return self._store.ids(self._drawn(condition, count, seed))

    def sample_rows(self, condition: Condition, count: int, seed: int) -> list[Row]:
        """What is known about the images that `sample` draws."""
        return self._rows_at_places(self._drawn(condition, count, seed))

    @property
    def rowids_by_place(self) -> npt.NDArray[np.int64]:
        """Every image's row id, in the order of ingest."""
        return self._store.rowids

    @property
    def place(self) -> str:
        """SQL of an image's place in the order of ingest, from 0."""
        return self._place

    def places(self, condition: Condition) -> Places:
        """The places of the images that match, in order."""
        sql = self.where(condition)
        return self._places(f"SELECT {self._place} AS place FROM images WHERE {sql.text} ORDER BY 1", sql.parameters)

    def rows(self, ids: Sequence[str]) -> list[Row]:
        """What is known about these images, in their order; unknown ids are left out."""
        known = dict(self.select(f"SELECT id, {self._place} FROM images WHERE id IN (SELECT unnest(?))", (list(ids),)))
        return self._rows_at_places([known[id] for id in dict.fromkeys(ids) if id in known])

    def rows_at(self, rowids: Sequence[int]) -> list[Row]:
        """What is known about the images at row ids of this version, in their order; quicker than by their ids."""
        return self._rows_at_places(self._store.places_of(rowids))

    def rowids(self, ids: Sequence[str]) -> dict[str, int]:
        """The row ids of images by id; unknown ids are left out."""
        return dict(self.select("SELECT id, _rowid FROM images WHERE id IN (SELECT unnest(?))", (list(ids),)))

    def holds(self, content_hash: str) -> bool:
        """Whether an image has these bytes, by their SHA-256."""
        return bool(self.select("SELECT 1 FROM images WHERE content_hash = ? LIMIT 1", (content_hash,)))

    def _rows_at_places(self, places: Sequence[int]) -> list[Row]:
        """What is known about the images at these places, in their order."""
        return [
            Row(known["id"], rowid, known["content_hash"], known["width"], known["height"], known)
            for known, rowid in zip(self._store.values(places), self._store.rowids[places].tolist(), strict=True)
        ]

    def remembered(self, name: str, make: Callable[[], Any]) -> Any:
        """A figure of this version that is made once, such as the counts of the whole collection."""
        if name not in self._remembered:
            with self._making.of(name):
                if name not in self._remembered:
                    self._remembered[name] = make()
        return self._remembered[name]

    def remembers(self, name: str) -> bool:
        """Whether a figure is made already."""
        return name in self._remembered

    def recent(self, name: str, make: Callable[[], Any]) -> Any:
        """As `remembered`, for figures of which there may be many: the oldest ones are forgotten."""
        with self._making.of(name):
            return _kept(self._recent, name, make, MOST_RECENT)

    def of_kind(self, *kinds: Kind) -> list[Column]:
        """A person's own columns of these kinds, in the table's order."""
        return [self.columns[name] for name in self.metadata if self.columns[name].kind in kinds]

    def _by(self, order: Order | None) -> str:
        if order is None:
            return self._place
        return f"{quote(self._known(order.column))} {'DESC' if order.descending else 'ASC'} NULLS LAST, {self._place}"

    def _shallow(
        self, what: str, condition: Condition, order: Order | None, limit: int, offset: int
    ) -> list[tuple[Any, ...]]:
        by, sql = self._by(order), self.where(condition)
        text = f"SELECT {what} FROM images WHERE {sql.text} ORDER BY {by} LIMIT {int(limit)} OFFSET {int(offset)}"
        return self.select(text, sql.parameters)

    def _drawn(self, condition: Condition, count: int, seed: int) -> list[int]:
        """Places of images drawn at random: those that match with the lowest lots.

        Below a bound there are surely enough where many match; so only few are held against the condition.
        """
        sql, matching = self.where(condition), self.count(condition)
        lot = f"hash(xor({self._lot}, hash({int(seed)}::UBIGINT)))"
        for bound in (LOTS * (4 * count + 40) // max(1, matching), LOTS):
            among = f"CASE WHEN {lot} < {bound} THEN {sql.text} ELSE false END" if bound < LOTS else sql.text
            text = f"SELECT {self._place} FROM images WHERE {among} ORDER BY {lot}, {self._place} LIMIT {int(count)}"
            found = [place for (place,) in self.select(text, sql.parameters)]
            if bound >= LOTS or len(found) == min(count, matching):
                break
        return found

    def _deep(self, condition: Condition, order: Order | None, limit: int, offset: int) -> list[int]:
        """The places of a page far down, as quick as the first one once its order was made."""
        sql = self.where(condition)
        holds = np.zeros(self.count_all, dtype=np.bool_)
        holds[self._places(f"SELECT {self._place} AS place FROM images WHERE {sql.text}", sql.parameters)] = True
        placed = np.arange(self.count_all, dtype=np.int32) if order is None else self._order(order)
        page: list[int] = placed[holds[placed]][offset : offset + limit].tolist()
        return page

    def _order(self, order: Order) -> Places:
        """Every image's place, in an order."""
        asked = f"SELECT {self._place} AS place FROM images ORDER BY {self._by(order)}"
        return _kept(self._orders, order, lambda: self._places(asked, ()), MOST_ORDERS)

    def _places(self, sql: str, parameters: Sequence[Any]) -> Places:
        return np.asarray(self.arrays(sql, parameters)["place"], dtype=np.int32)

    def _free(self, name: str) -> str:
        """A column name of our own that no column of a person has, as SQL; letters alone make no difference there."""
        held = {known.casefold() for known in (*MIRRORED, *self.metadata, *self.axes)}
        while name in held:
            name += "_"
        return quote(name)

    def _known(self, name: str) -> str:
        return find_column(self.columns, name).name

    @property
    def _shown(self) -> list[str]:
        return list(dict.fromkeys([*MIRRORED, *self.metadata]))

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys([*self._shown, *self.axes]))

    def _fill(self) -> dict[str, Column]:
        source = self.dataset.scanner(columns=self._names, with_row_id=True, batch_size=BATCH_ROWS).to_table()
        connection = self._mirror.connection
        connection.register("source_rows", source)
        self._facts = {name: _facts(connection, source.schema.field(name)) for name in self._askable()}
        columns = {name: self._column(source.schema.field(name)) for name in self._askable()}
        for name, column in columns.items():
            if column.kind is Kind.CATEGORY:
                enum, quoted = quote(f"kind_{name}"), quote(name)
                connection.execute(
                    f"CREATE TYPE {enum} AS ENUM "
                    f"(SELECT DISTINCT {quoted} FROM source_rows WHERE {quoted} IS NOT NULL ORDER BY 1)"
                )
                classes = connection.execute(f"SELECT unnest(enum_range(NULL::{enum}))").fetchall()
                code = self._free(f"_code{len(self._codes)}")
                self._codes[name] = code
                columns[name] = replace(column, classes=tuple(row[0] for row in classes), code=code)
        self._store = RowStore(source.select(["_rowid", *self._shown]))
        place = self._place[1:-1]  # needs no quotes inside an Arrow table
        connection.register("placed_rows", source.append_column(place, pa.array(self._store.places())))
        coded = [column for column in columns.values() if column.kind in CLASS_KINDS]
        self.packs = packs_of(coded, (self._free(f"_pack{number}") for number in count()))
        order = "" if self._store.in_order else f" ORDER BY {self._place}"
        connection.execute(f"CREATE TABLE images AS {self._rows_sql()}{order}")
        self._mirror.rows = source.num_rows
        connection.unregister("placed_rows")
        connection.unregister("source_rows")
        return columns

    def _rows_sql(self) -> str:
        """Every column of the table, from Lance's rows with their places."""
        listed = [
            f"{quote(name)}::{quote(f'kind_{name}')} AS {quote(name)}" if name in self._codes else quote(name)
            for name in self._names
        ]
        coded = "".join(f"{coded_as(name)}::USMALLINT AS {code}, " for name, code in self._codes.items())
        packed = "".join(f"{pack.expression} AS {pack.name}, " for pack in self.packs)
        return (
            f"SELECT *, {coded}{packed}hash(id) AS {self._lot} FROM "
            f"(SELECT _rowid, {', '.join(listed)}, {self._place} FROM placed_rows)"
        )

    def _askable(self) -> list[str]:
        own = ("id", *self.metadata, *self.axes)
        return [*own, *(name for name in ASKABLE_SYSTEM_NAMES if name not in self.metadata)]

    def _more_facts(self, cursor: Any, field: pa.Field) -> ColumnFacts:
        """What a column holds with the rows that were added."""
        held, more, column = self._facts[field.name], _facts(cursor, field), quote(field.name)
        known = self.columns[field.name]
        if field.name == "id":
            unseen = more.distinct
        elif known.kind is Kind.CATEGORY:
            values = cursor.execute(f"SELECT DISTINCT {column} FROM source_rows WHERE {column} IS NOT NULL").fetchall()
            unseen = len({value for (value,) in values}.difference(known.classes))
        else:
            asked = f"SELECT count(DISTINCT {column}) FROM images WHERE {column} IN (SELECT {column} FROM source_rows)"
            unseen = more.distinct - cursor.execute(asked).fetchall()[0][0]
        return held.and_more(more, unseen, is_text=_is_text(field))

    def _column(self, field: pa.Field) -> Column:
        """A column as its facts have it, without its classes."""
        name, facts = field.name, self._facts[field.name]
        if pa.types.is_boolean(field.type):
            kind = Kind.BOOLEAN
        elif pa.types.is_temporal(field.type):
            kind = Kind.DATE
        else:
            kind = Kind.TEXT if _is_text(field) else Kind.NUMBER
        if kind is Kind.NUMBER and pa.types.is_integer(field.type) and name not in ASKABLE_SYSTEM_NAMES:
            kind = Kind.YEAR if facts.present and _are_years(facts) else Kind.NUMBER
        if kind is Kind.TEXT and name != "id" and facts.present and _is_classes(facts):
            kind = Kind.CATEGORY
        if self.map is not None and name == self.map.cluster:  # however few images share one
            kind = Kind.CATEGORY
        bits = field.type.bit_width if pa.types.is_integer(field.type) else 0
        axis, area = (part_of(field)[0], self.map.area) if self.map and name in self.axes else ("", "")
        missing = facts.rows - facts.present
        return Column(name, label(field), kind, facts.distinct, missing, bits, axis=axis, map=area)


def lined_up(held: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Where each of the wanted row ids stands among those held, in any order; every one of them is held."""
    order = np.argsort(held, kind="stable")
    found: npt.NDArray[np.intp] = order[np.searchsorted(held, wanted, sorter=order)]
    return found


def _kept(held: dict[K, V], key: K, make: Callable[[], V], most: int) -> V:
    """What is held under a key, or else is made and held; the oldest go where there are more than so many."""
    found = held.get(key)
    if found is None:
        found = make()
        for oldest in list(held)[: max(0, len(held) + 1 - most)]:
            held.pop(oldest, None)
        held[key] = found
    return found


def _is_text(field: pa.Field) -> bool:
    kind = field.type
    tests = (pa.types.is_boolean, pa.types.is_temporal, pa.types.is_integer, pa.types.is_floating)
    return not any(test(kind) for test in tests)


def _facts(connection: Any, field: pa.Field) -> ColumnFacts:
    column = quote(field.name)
    if _is_text(field):
        ends = f"max(length({column})), avg(length({column}))"
    elif pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
        ends = f"min({column}), max({column})"
    else:
        ends = "0, 0"
    distinct = f"count(DISTINCT {column})" if field.name != "id" else "count(*)"  # of which no two are the same
    asked = f"SELECT {distinct}, count({column}), count(*), {ends} FROM source_rows"
    return ColumnFacts(*connection.execute(asked).fetchall()[0])


def _are_years(facts: ColumnFacts) -> bool:
    return bool(facts.first >= YEARS[0] and facts.second <= YEARS[1])


def _is_classes(facts: ColumnFacts) -> bool:
    if facts.distinct > MOST_CLASSES or facts.first > LONGEST_CLASS:
        return False
    return facts.distinct * 2 <= facts.present or (facts.distinct <= FEW_CLASSES and facts.second <= 24)
