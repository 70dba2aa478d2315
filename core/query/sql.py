"""A condition for each of the two engines: parameterised DuckDB SQL, and an escaped Lance filter.

Both render every leaf so that it is never NULL, so NOT means "does not hold" in either engine.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from core.query.area import Corner, bounds, map_axes, sides
from core.query.areasql import duckdb_area
from core.query.columns import TAGS, Column, Columns
from core.query.fitting import fitted
from core.query.patternread import regex_of
from core.query.recipe import (
    All,
    Between,
    Condition,
    Contains,
    HasTag,
    Matches,
    Not,
    OneOf,
    Some,
    StartsWith,
    Value,
    Within,
)

LEAST_INT64 = -(2**63)
MASKS = {16: "USMALLINT", 32: "UINTEGER", 64: "UBIGINT"}  # by so many bits, the narrower the quicker


@dataclass(frozen=True)
class Sql:
    """A boolean SQL expression and the values of its question marks."""

    text: str
    parameters: tuple[Value, ...] = ()


def duckdb_filter(condition: Condition, columns: Columns) -> Sql:
    """Render for DuckDB; a column or value that does not fit is a QueryError."""
    return _duckdb(fitted(condition, columns), columns)


def lance_filter(condition: Condition, columns: Columns) -> str:
    """Render for Lance's prefilter, whose literals are escaped here and nowhere else."""
    return _lance(fitted(condition, columns), columns)


def quote(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def check(condition: Condition, columns: Columns) -> None:
    """Refuse what the collection cannot answer: unknown columns, text compared with numbers, NaN."""
    fitted(condition, columns)


def _duckdb(condition: Condition, columns: Columns) -> Sql:
    match condition:
        case All(items):
            return _joined([_duckdb(item, columns) for item in items], " AND ", "true")
        case Some(items):
            return _joined([_duckdb(item, columns) for item in items], " OR ", "false")
        case Not(item):
            inner = _duckdb(item, columns)
            return Sql(f"(NOT {inner.text})", inner.parameters)
        case OneOf(name, values):
            return _duckdb_one_of(columns[name], values)
        case Between(name, low, high):
            column = quote(name)
            sides = [(f"{column} >= ?", low), (f"{column} <= ?", high)]
            kept = [(text, bound) for text, bound in sides if bound is not None]
            text = " AND ".join([f"{column} IS NOT NULL", *(text for text, _ in kept)])
            return Sql(f"({text})", tuple(bound for _, bound in kept))
        case Contains(name, text):
            column = quote(name)
            return Sql(f"({column} IS NOT NULL AND contains(lower({column}::VARCHAR), lower(?)))", (text,))
        case StartsWith(name, text):
            column = quote(name)
            return Sql(f"({column} IS NOT NULL AND starts_with(lower({column}::VARCHAR), lower(?)))", (text,))
        case Matches(name, pattern):
            column = quote(name)
            found = f"regexp_matches({column}::VARCHAR, ?)"
            return Sql(f"({column} IS NOT NULL AND {found})", (regex_of(pattern).duckdb,))
        case HasTag(tag):
            column = quote(TAGS)
            return Sql(f"({column} IS NOT NULL AND list_contains({column}, ?))", (tag,))
        case Within(corners):
            x, y = map_axes(columns)
            return Sql(*duckdb_area(quote(x.name), quote(y.name), corners))
        case _:
            assert_never(condition)


def _duckdb_one_of(column: Column, values: tuple[Value | None, ...]) -> Sql:
    if column.code:
        return Sql(_has_code(column, values))
    name = quote(column.name)
    present = tuple(value for value in values if value is not None)
    parts = [f"{name} IS NULL"] if None in values else []
    if len(present) == 1:
        parts.append(f"({name} IS NOT NULL AND {name} = ?)")
    elif present:
        parts.append(f"({name} IS NOT NULL AND {name} IN ({', '.join('?' for _ in present)}))")
    return Sql(f"({' OR '.join(parts)})" if parts else "false", present)


def _has_code(column: Column, values: tuple[Value | None, ...]) -> str:
    """Whether a class's code is one of these, by a bit for each: several times as quick as comparing one by one."""
    wanted = set(values)
    codes = [code for code, known in enumerate((None, *column.classes)) if known in wanted]
    if len(codes) < 2:
        return f"({column.code} = {codes[0]})" if codes else "false"
    mask = next((kind for bits, kind in MASKS.items() if len(column.classes) < bits), None)
    if mask is not None:
        return f"((({sum(1 << code for code in codes)}::{mask} >> {column.code}) & 1) = 1)"
    held = set(codes)
    bits = "".join("1" if code in held else "0" for code in range(1 + len(column.classes)))
    return f"(get_bit('{bits}'::BIT, {column.code}::INTEGER) = 1)"


def _joined(parts: list[Sql], word: str, empty: str) -> Sql:
    if not parts:
        return Sql(empty)
    return Sql(f"({word.join(part.text for part in parts)})", tuple(v for part in parts for v in part.parameters))


def _lance(condition: Condition, columns: Columns) -> str:
    match condition:
        case All(items):
            return f"({' AND '.join(_lance(item, columns) for item in items)})" if items else "true"
        case Some(items):
            return f"({' OR '.join(_lance(item, columns) for item in items)})" if items else "false"
        case Not(item):
            return f"(NOT {_lance(item, columns)})"
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
            return f"({column} IS NOT NULL AND contains({_lance_lower(column)}, {_lance_lower(_literal(text))}))"
        case StartsWith(name, text):
            column = _lance_name(name)
            return f"({column} IS NOT NULL AND starts_with({_lance_lower(column)}, {_lance_lower(_literal(text))}))"
        case Matches(name, pattern):
            column = _lance_name(name)
            return f"({column} IS NOT NULL AND {_lance_found(column, regex_of(pattern).lance)})"
        case HasTag(tag):
            column = _lance_name(TAGS)
            return f"({column} IS NOT NULL AND array_has({column}, {_literal(tag)}))"
        case Within(corners):
            x, y = map_axes(columns)
            return _lance_within(_lance_name(x.name), _lance_name(y.name), corners)
        case _:
            assert_never(condition)


def _lance_within(x: str, y: str, corners: tuple[Corner, ...]) -> str:
    left, right, bottom, top = map(_literal, bounds(corners))
    boxed = f"{x} >= {left} AND {x} <= {right} AND {y} >= {bottom} AND {y} <= {top}"
    box = f"{x} IS NOT NULL AND {y} IS NOT NULL AND {boxed}"
    crossed = [
        f"CAST(({y} >= {_literal(side.low)} AND {y} < {_literal(side.high)} AND "
        f"{x} < {_literal(side.x)} + {_literal(side.slope)} * ({y} - ({_literal(side.y)}))) AS INT)"
        for side in sides(corners)
    ]
    return f"({box} AND ({' + '.join(crossed)}) % 2 = 1)" if crossed else "false"


def _lance_lower(text: str) -> str:
    """Lower case letter by letter as DuckDB has it: Lance alone makes two characters of İ and looks around a Σ."""
    return f"lower(replace(replace({text}, 'İ', 'i'), 'Σ', 'σ'))"


def _lance_found(column: str, pattern: str) -> str:
    """The flag changes nothing in such a pattern, but without one Lance makes LIKE of it and forgets a backslash."""
    return f"regexp_like({column}, {_literal(pattern)}, 's')"


def _lance_name(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"timestamp '{value.isoformat(' ', 'microseconds')}'"
    if value == LEAST_INT64 and isinstance(value, int):
        return f"({LEAST_INT64 + 1} - 1)"  # its digits alone are one too many for a positive number
    if isinstance(value, int | float):
        return repr(value)
    return "'" + value.replace("'", "''") + "'"
