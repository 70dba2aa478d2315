"""Runs a person's SQL over a collection's mirror, in a process that can do nothing else and can be ended any time."""

import json
import logging
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.collection.catalog import Catalog
from core.console.copies import ORDER, PLACES, TURNS, Copy, columns_of, copy_of
from core.console.limits import Limits
from core.console.problems import as_problem, ended
from core.errors import BusyError, InputError
from core.query.columns import find_column
from core.query.recipe import Recipe
from core.query.sql import quote
from core.search import Searcher
from core.settings import ROOT
from core.timing import step

START_SECONDS = 30.0  # a process may take to begin and to be heard, on a machine that has much else to do
RESULT = re.compile(r"\bresult\b", re.IGNORECASE)
log = logging.getLogger("vitrine.console")


@dataclass(frozen=True)
class Column:
    """One column of an answer."""

    name: str
    type: str  # as SQL has it


@dataclass(frozen=True)
class Table:
    """The answer to a statement, of values that JSON has.

    Dates are ISO 8601, bytes hexadecimal, and a number that JSON readers would round is text.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool  # whether there are more rows
    milliseconds: float  # that the query took

    @property
    def names(self) -> list[str]:
        """The columns' names, each of them once."""
        return [column.name for column in self.columns]

    @property
    def summary(self) -> str:
        """How many rows there are, and whether that is all, such as “1,000 rows, cut at 1,000”."""
        count = f"{len(self.rows):,} row{'' if len(self.rows) == 1 else 's'}"
        return f"{count}, cut at {len(self.rows):,}" if self.cut else count

    def records(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def ids(self) -> list[str]:
        """The values of the column `id`, each once and in order; none where there is no such column."""
        names = [name.lower() for name in self.names]
        if "id" not in names:
            return []
        place = names.index("id")
        return list(dict.fromkeys(str(row[place]) for row in self.rows if row[place] is not None))


def run_sql(
    catalog: Catalog, searcher: Searcher, text: str, recipe: Recipe | None = None, limits: Limits | None = None
) -> Table:
    """Run one reading statement over `images`, and over `result`: what the recipe finds, every image without one.

    What may not be run, does not run or goes past a limit is a QueryError.
    """
    limits = limits or Limits()
    if any("\ud800" <= character <= "\udfff" for character in text) or "\0" in text:
        raise InputError("The SQL holds a character that is none.", "", "Type it again.")
    copy = copy_of(catalog)
    asked = {
        "file": str(copy.file(catalog)),
        "sql": text,
        "result": _result(catalog, searcher, recipe or Recipe()) if RESULT.search(text) else None,
        "seconds": limits.seconds,
        "rows": limits.rows,
        "memory_mb": limits.memory_mb,
    }
    with step("sql"):
        told = _answer(copy, asked, limits)
    if "error" in told:
        kind, message, hint = told["error"]
        raise as_problem(kind, message, hint, limits)
    answer = told["answer"]
    columns = tuple(Column(name, kind) for name, kind in answer["columns"])
    return Table(columns, tuple(map(tuple, told["rows"])), answer["cut"], answer["milliseconds"])


def _answer(copy: Copy, asked: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """What the process says; where it was ended, that becomes the error."""
    with _turn(limits):
        done = _run(asked, limits)
    if done.returncode == 0:
        told: dict[str, Any] = json.loads(done.stdout)
        return told
    if done.returncode != -signal.SIGALRM:
        log.warning(
            "A query's process ended with %s: %s", done.returncode, done.stderr.decode(errors="replace")[-2000:]
        )
    raise ended(done.returncode, limits)


@contextmanager
def _turn(limits: Limits) -> Iterator[None]:
    """Wait for a turn, unless many wait already or it takes too long: those are a BusyError."""
    busy = BusyError("Other queries are still running.", "", "Try again in a moment.")
    if not PLACES.acquire(blocking=False):
        raise busy
    try:
        if not TURNS.acquire(timeout=limits.seconds + START_SECONDS):
            raise busy
        try:
            yield
        finally:
            TURNS.release()
    finally:
        PLACES.release()


def _run(asked: Mapping[str, Any], limits: Limits) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [sys.executable, "-E", "-m", "core.console.child"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            cwd=ROOT,
            env={},
            timeout=limits.seconds + START_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise ended(-signal.SIGALRM, limits) from None


def _result(catalog: Catalog, searcher: Searcher, recipe: Recipe) -> dict[str, Any] | None:
    """What makes the view `result`: ids that similarity or chance picked, or else the whole filter as SQL."""
    names = columns_of(catalog)
    listed = ", ".join(f"stored.{quote(name)}" for name in names)
    if recipe.terms or recipe.sample:
        hits = searcher.run(recipe).hits
        score = "score"
        while score in {name.casefold() for name in names}:
            score += "_"
        return {
            "columns": f"{listed}, picked.score AS {quote(score)}" if recipe.terms else listed,
            "ids": [hit.row.id for hit in hits],
            "scores": [hit.score for hit in hits],
        }
    if not recipe.where.conditions and recipe.order is None:
        return {"columns": listed}
    order, where = ORDER, catalog.where_by_text(recipe.where)
    if recipe.order is not None:
        column = quote(find_column(catalog.columns, recipe.order.column).name)
        order = f"{column} {'DESC' if recipe.order.descending else 'ASC'} NULLS LAST, {ORDER}"
    parameters = [{"date": value.isoformat()} if isinstance(value, datetime) else value for value in where.parameters]
    return {"columns": listed, "where": where.text, "parameters": parameters, "order": order}
