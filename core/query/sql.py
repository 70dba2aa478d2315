"""A condition for each of the two engines: parameterised DuckDB SQL, and an escaped Lance filter.

Both render every leaf so that it is never NULL, so NOT means "does not hold" in either engine.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from core.errors import QueryError
from core.query.columns import Columns, Kind, find_column
from core.query.recipe import All, Between, Condition, Contains, Not, OneOf, Some, Value

TEXT_KINDS = (Kind.CATEGORY, Kind.TEXT)
RANGE_KINDS = (Kind.NUMBER, Kind.YEAR, Kind.DATE)


@dataclass(frozen=True)
class Sql:
    """A boolean SQL expression and the values of its question marks."""

    text: str
    parameters: tuple[Value, ...] = ()


def duckdb_filter(condition: Condition, columns: Columns) -> Sql:
    """Render for DuckDB; a column or value that does not fit is a QueryError."""
    check(condition, columns)
    return _duckdb(condition)


def lance_filter(condition: Condition, columns: Columns) -> str:
    """Render for Lance's prefilter, whose literals are escaped here and nowhere else."""
    check(condition, columns)
    return _lance(condition)


def quote(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def check(condition: Condition, columns: Columns) -> None:
    """Refuse what the collection cannot answer: unknown columns, text compared with numbers, NaN."""
    match condition:
        case All(items) | Some(items):
            for item in items:
                check(item, columns)
        case Not(item):
            check(item, columns)
        case OneOf(name, values):
            kind = find_column(columns, name).kind
            for value in values:
                if value is not None:
                    _check_value(name, kind, value)
        case Between(name, low, high):
            kind = find_column(columns, name).kind
            if kind not in RANGE_KINDS:
                raise QueryError(f"“{name}” is a {kind} column and has no range.", "", "Choose values instead.")
            for bound in (low, high):
                if bound is not None:
                    _check_value(name, kind, bound)
        case Contains(name, _):
            kind = find_column(columns, name).kind
            if kind not in TEXT_KINDS:
                raise QueryError(f"“{name}” is a {kind} column and holds no text.", "", "Use a range or values.")
        case _:
            assert_never(condition)


def _check_value(name: str, kind: Kind, value: Value) -> None:
    fits = {
        Kind.CATEGORY: isinstance(value, str),
        Kind.TEXT: isinstance(value, str),
        Kind.BOOLEAN: isinstance(value, bool),
        Kind.DATE: isinstance(value, datetime),
        Kind.NUMBER: isinstance(value, int | float) and not isinstance(value, bool),
        Kind.YEAR: isinstance(value, int | float) and not isinstance(value, bool),
    }[kind]
    if not fits:
        raise QueryError(f"“{value}” is not a value for the {kind} column “{name}”.")
    if isinstance(value, float) and not math.isfinite(value):
        raise QueryError(f"“{name}” cannot be compared with {value}.")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise QueryError(f"“{name}” cannot be compared with so large a number.")
    if isinstance(value, str) and "\0" in value:
        raise QueryError(f"A value for “{name}” holds a NUL character.")


def _duckdb(condition: Condition) -> Sql:
    match condition:
        case All(items):
            return _joined([_duckdb(item) for item in items], " AND ", "true")
        case Some(items):
            return _joined([_duckdb(item) for item in items], " OR ", "false")
        case Not(item):
            inner = _duckdb(item)
            return Sql(f"(NOT {inner.text})", inner.parameters)
        case OneOf(name, values):
            return _duckdb_one_of(name, values)
        case Between(name, low, high):
            column = quote(name)
            sides = [(f"{column} >= ?", low), (f"{column} <= ?", high)]
            kept = [(text, bound) for text, bound in sides if bound is not None]
            text = " AND ".join([f"{column} IS NOT NULL", *(text for text, _ in kept)])
            return Sql(f"({text})", tuple(bound for _, bound in kept))
        case Contains(name, text):
            column = quote(name)
            return Sql(f"({column} IS NOT NULL AND contains(lower({column}::VARCHAR), lower(?)))", (text,))
        case _:
            assert_never(condition)


def _duckdb_one_of(name: str, values: tuple[Value | None, ...]) -> Sql:
    column = quote(name)
    present = tuple(value for value in values if value is not None)
    parts = [f"{column} IS NULL"] if None in values else []
    if present:
        parts.append(f"({column} IS NOT NULL AND {column} IN ({', '.join('?' for _ in present)}))")
    return Sql(f"({' OR '.join(parts)})" if parts else "false", present)


def _joined(parts: list[Sql], word: str, empty: str) -> Sql:
    if not parts:
        return Sql(empty)
    return Sql(f"({word.join(part.text for part in parts)})", tuple(v for part in parts for v in part.parameters))


def _lance(condition: Condition) -> str:
    match condition:
        case All(items):
            return f"({' AND '.join(map(_lance, items))})" if items else "true"
        case Some(items):
            return f"({' OR '.join(map(_lance, items))})" if items else "false"
        case Not(item):
            return f"(NOT {_lance(item)})"
        case OneOf(name, values):
            column = _lance_name(name)
            present = [_literal(value) for value in values if value is not None]
            parts = [f"{column} IS NULL"] if None in values else []
            if present:
                parts.append(f"({column} IS NOT NULL AND {column} IN ({', '.join(present)}))")
            return f"({' OR '.join(parts)})" if parts else "false"
        case Between(name, low, high):
            column = _lance_name(name)
            sides = [f"{column} IS NOT NULL"]
            sides += [f"{column} >= {_literal(low)}"] if low is not None else []
            sides += [f"{column} <= {_literal(high)}"] if high is not None else []
            return f"({' AND '.join(sides)})"
        case Contains(name, text):
            column = _lance_name(name)
            return f"({column} IS NOT NULL AND contains(lower({column}), lower({_literal(text)})))"
        case _:
            assert_never(condition)


def _lance_name(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"timestamp '{value:%Y-%m-%d %H:%M:%S.%f}'"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + value.replace("'", "''") + "'"
