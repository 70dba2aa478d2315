"""What may be run: one statement that only reads `images` and `result`.

The engine's own parser tells what a statement does. Tables and table functions are those of a list, so whatever else an
engine has or gets, such as readers of files or lists of its settings, is refused before it is bound.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

MOST_CHARACTERS = 200_000
EXPLAIN = re.compile(r"EXPLAIN\s+(ANALYZE\s+)?(\([^()]*\)\s*)?", re.IGNORECASE)
READING_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
TABLE_FUNCTIONS = frozenset(
    {"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree", "histogram",
     "histogram_values"}
)  # fmt: skip
REFUSED_FUNCTIONS = frozenset(
    {"current_setting", "set_config", "getenv", "getvariable", "nextval", "setval", "currval", "write_log", "pg_sleep",
     "sleep_ms", "json_serialize_plan", "add_parquet_key", "pg_conf_load_time", "pg_read_file"}
)  # fmt: skip
SYSTEM_TABLES = ("pg_", "duckdb_", "sqlite_", "pragma_")
OPEN = "One statement that begins with SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE or EXPLAIN can be run."
PIVOT = "A PIVOT needs its values: PIVOT images ON a_column IN ('one', 'two') USING count(*)."


class RefusedError(Exception):
    """What may not be run, and what may."""

    def __init__(self, why: str, hint: str = OPEN) -> None:
        super().__init__(why)
        self.hint = hint


@dataclass(frozen=True)
class Statement:
    """A statement that may be run."""

    text: str  # without a semicolon at its end
    explained: bool  # EXPLAIN answers with a plan, and cannot stand inside another query


def read_statement(connection: duckdb.DuckDBPyConnection, text: str) -> Statement:
    """The one statement of a text; a RefusedError where it may not be run, the parser's error where it is none."""
    if len(text) > MOST_CHARACTERS:
        raise RefusedError(f"The SQL has more than {MOST_CHARACTERS:,} characters.", "Say it in fewer words.")
    found = connection.extract_statements(text)
    if len(found) != 1:
        raise RefusedError("There are several statements." if found else "There is no statement.")
    kind, explained = found[0].type.name, found[0].type.name == "EXPLAIN"
    if kind != "SELECT" and not explained:
        raise RefusedError(f"{_spoken(kind)} is not among what can be run.", PIVOT if kind == "MULTI" else OPEN)
    whole = _without_end(found[0].query if explained else text)
    body = EXPLAIN.sub("", whole, count=1) if explained else whole
    _check(connection, body)
    return Statement(whole, explained)


def _check(connection: duckdb.DuckDBPyConnection, body: str) -> None:
    row = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [body]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if tree["error"] or len(tree["statements"]) != 1:
        raise RefusedError("Only a query can be run and explained.")
    for node in _nodes(tree):
        _check_node(node)


def _check_node(node: dict[str, Any]) -> None:
    kind = node.get("type")
    if isinstance(kind, str) and kind.endswith("_NODE") and kind not in READING_NODES:
        raise RefusedError("The statement changes something. Here everything is for reading only.")
    if kind == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            raise RefusedError(f"The table function “{name[:60]}” is out of reach here.", _tables())
    if node.get("class") == "FUNCTION" and str(node.get("function_name", "")).lower() in REFUSED_FUNCTIONS:
        raise RefusedError(f"The function “{node['function_name'][:60]}” is out of reach here.")
    if kind == "BASE_TABLE":
        name, schema = str(node["table_name"]), str(node.get("schema_name", "")).lower()
        if node.get("catalog_name") or schema not in ("", "main", "temp") or name.lower().startswith(SYSTEM_TABLES):
            raise RefusedError(f"The table “{name[:60]}” is out of reach here.", _tables())


def _tables() -> str:
    return f"There are the tables images and result, and the table functions {', '.join(sorted(TABLE_FUNCTIONS))}."


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a parsed statement, however deep it lies."""
    left = [tree]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            yield item
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)


def _without_end(text: str) -> str:
    """The statement less the semicolons and comments that follow it."""
    encoded = text.encode()
    for offset, kind in reversed(duckdb.tokenize(text)):
        ends = encoded[offset:].startswith(b";")
        if kind.name != "comment" and not ends:
            break
        encoded = encoded[:offset]
    return encoded.decode()


def _spoken(kind: str) -> str:
    return "A PIVOT without its values" if kind == "MULTI" else kind.replace("_", " ")
