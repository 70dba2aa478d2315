"""One query in a process of its own, which the system holds to its time, memory, files and network.

The engine's own limits do not hold for everything: a single call of some functions cannot be interrupted, and what it
allocates is not counted. So an alarm ends the process, its data cannot grow past a limit, and once the collection is
open it can open no file and no connection. It reads a request as JSON on standard input and writes an answer on
standard output.
"""

import datetime
import decimal
import json
import math
import re
import resource
import signal
import sys
import time
import uuid
from collections.abc import Mapping
from typing import Any

import duckdb

from core.console.statement import RefusedError, Statement, read_statement

HEADROOM_MB = 256  # of the process beside the engine's data
MOST_ANSWER_BYTES = 16 * 1024 * 1024
BATCH_ROWS = 64
LINE = re.compile(r"^LINE (\d+): ", re.MULTILINE)
LARGEST_EXACT = 2**53 - 1  # readers of JSON round larger whole numbers
MOST_DIGITS = 15  # of a decimal number that a float holds exactly
AS_THEY_ARE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
     "FLOAT", "DOUBLE", "BOOLEAN", "VARCHAR", '"NULL"'}
)  # fmt: skip
CONFIG = {
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "max_temp_directory_size": "0B",
    "temp_directory": "",
    "threads": "2",
}
LOADED_BEFORE_THE_DOOR_SHUTS = (datetime, decimal, uuid)  # the engine would import them for its values
LOCKS = (
    "SET TimeZone = 'UTC'",
    "SET secret_directory = ''",
    "SET home_directory = ''",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


def main() -> None:
    """Answer one request, or say why not as `{"error": [kind, message, hint]}`."""
    request = json.load(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, request["seconds"])
    try:
        told = _answer(request)
    except RefusedError as error:
        told = _json({"error": ["Refused", str(error), error.hint]})
    except duckdb.Error as error:
        told = _json({"error": [type(error).__name__, str(error), ""]})
    except MemoryError:
        told = _json({"error": ["OutOfMemoryException", "", ""]})
    except RecursionError:
        told = _json({"error": ["Refused", "The statement is nested too deeply.", ""]})
    sys.stdout.buffer.write(told)


def _answer(request: Mapping[str, Any]) -> bytes:
    connection = _locked(request)
    statement = read_statement(connection, request["sql"])
    started = time.perf_counter()
    try:
        columns, cells = _plan(connection, statement, request["rows"])
        rows, cut = _rows(connection.execute(cells), [kind for _, kind in columns], request["rows"])
    except duckdb.Error as error:
        raise type(error)(_in_their_lines(str(error), statement)) from None
    milliseconds = (time.perf_counter() - started) * 1000
    head = {"columns": columns, "cut": cut, "milliseconds": milliseconds}
    return b'{"answer":' + _json(head) + b',"rows":[' + b",".join(rows) + b"]}"


def _locked(request: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    """The collection, read-only and with the doors shut."""
    megabytes = int(request["memory_mb"])
    _hold(resource.RLIMIT_DATA, (megabytes + HEADROOM_MB) * 1024 * 1024)
    config: dict[str, str | bool | int | float | list[str]] = {**CONFIG, "memory_limit": f"{megabytes}MiB"}
    connection = duckdb.connect(request["file"], read_only=True, config=config)
    _make_result(connection, request["result"])
    for lock in LOCKS:
        connection.execute(lock)
    _hold(resource.RLIMIT_FSIZE, 0)
    _hold(resource.RLIMIT_NOFILE, 0)
    return connection


def _hold(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def _make_result(connection: duckdb.DuckDBPyConnection, result: Mapping[str, Any] | None) -> None:
    """The view `result` over the images that a recipe found, in its order."""
    if result is None:
        return
    picked = "kept.stored JOIN picked USING (_rowid) ORDER BY picked.place"
    if "ids" in result:
        connection.execute(
            "CREATE TEMP TABLE picked AS SELECT stored._rowid, given.place, given.score FROM kept.stored JOIN (SELECT "
            "unnest(?::VARCHAR[]) AS id, unnest(?::DOUBLE[]) AS score, unnest(range(?)) AS place) AS given USING (id)",
            [result["ids"], result["scores"], len(result["ids"])],
        )
    elif "where" in result:
        values = [_parameter(value) for value in result["parameters"]]
        connection.execute(
            f"CREATE TEMP TABLE picked AS SELECT _rowid, row_number() OVER (ORDER BY {result['order']}) AS place "
            f"FROM kept.stored WHERE {result['where']}",
            values,
        )
    else:
        picked = "kept.stored"
    connection.execute(f"CREATE TEMP VIEW result AS SELECT {result['columns']} FROM {picked}")


def _parameter(value: Any) -> Any:
    return datetime.datetime.fromisoformat(value["date"]) if isinstance(value, dict) else value


def _plan(
    connection: duckdb.DuckDBPyConnection, statement: Statement, most: int
) -> tuple[list[tuple[str, str]], str]:  # fmt: skip
    """The answer's columns with their types, and the statement as one whose values JSON has."""
    if statement.explained:
        return [("what", "VARCHAR"), ("plan", "VARCHAR")], statement.text
    inner = f"(\n{statement.text}\n)"
    columns = [(row[0], row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM {inner}").fetchall()]
    listed = ", ".join(_cell(f"c{place}", kind) for place, (_, kind) in enumerate(columns))
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    return columns, f"SELECT {listed} FROM {inner} AS answer({names}) LIMIT {most + 1}"


def _in_their_lines(message: str, statement: Statement) -> str:
    """An error's place in the statement as it was written, which stands in the second line of another."""
    before = 0 if statement.explained else 1
    return LINE.sub(lambda found: f"LINE {int(found[1]) - before}: ", message)


def _cell(name: str, kind: str) -> str:
    """One value in SQL, of a type that JSON can hold."""
    if kind in AS_THEY_ARE:
        return name
    if kind.startswith("TIMESTAMP"):
        return f"replace({name}::VARCHAR, ' ', 'T')"
    if kind == "BLOB":
        return f"lower(hex({name}))"
    if is_nested(kind):
        return f"to_json({name})::VARCHAR"
    return f"{name}::VARCHAR"


def is_nested(kind: str) -> bool:
    """Whether values of a type hold other values."""
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))


def _rows(found: duckdb.DuckDBPyConnection, kinds: list[str], most: int) -> tuple[list[bytes], bool]:
    """The rows as JSON, and whether there are more: than asked for, or than an answer may be long."""
    rows: list[bytes] = []
    length = 0
    while batch := found.fetchmany(BATCH_ROWS):
        for row in batch:
            line = _json([_value(value, kind) for value, kind in zip(row, kinds, strict=True)])
            length += len(line)
            if length > MOST_ANSWER_BYTES and not rows:
                raise RefusedError(f"One row has more than {MOST_ANSWER_BYTES // 1024**2} MB.", "Ask for less of it.")
            if len(rows) == most or length > MOST_ANSWER_BYTES:
                return rows, True
            rows.append(line)
    return rows, False


def _value(value: Any, kind: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if kind.startswith("DECIMAL") and not kind.endswith("]"):
        return float(value) if sum(map(str.isdigit, value)) <= MOST_DIGITS else value
    if is_nested(kind):
        return _within(json.loads(value))
    return value


def _within(value: Any) -> Any:
    """What a nested value holds, by the same rules."""
    if isinstance(value, list):
        return [_within(item) for item in value]
    if isinstance(value, dict):
        return {name: _within(item) for name, item in value.items()}
    return value if isinstance(value, str) else _value(value, "")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, allow_nan=False).encode()


if __name__ == "__main__":
    main()
