"""What went wrong with a query, in words that help its author and tell nothing of this machine."""

import re
import signal
import sys
import tempfile
from pathlib import Path

from core.console.limits import Limits
from core.errors import InputError, QueryError

KIND = re.compile(r"^[A-Za-z ]+ Error: ")
PLACE = re.compile(r"^LINE (\d+): (.*)\n( *\^+)", re.MULTILINE)
OUT_OF_REACH = "Files, addresses, extensions and settings are out of reach here."
TOO_MUCH = "Ask for fewer columns or rows, or count over them instead."
MOST_LETTERS = 500


def as_problem(kind: str, message: str, hint: str, limits: Limits) -> InputError:
    """What the engine or the console says, as one error."""
    if kind == "Refused":
        return QueryError("This SQL is not run.", message, hint)
    if kind == "OutOfMemoryException":
        return _too_large(limits)
    lines = _without_paths(KIND.sub("", message)).strip().splitlines() or [""]
    detail = " ".join(part for part in (_sentence(lines[0]), _place(message)) if part)
    if kind == "PermissionException":
        return QueryError("This SQL is not run.", OUT_OF_REACH, "Ask the tables images and result.")
    return QueryError("The SQL does not run.", detail, _advice(lines[1:]))


def ended(code: int, limits: Limits) -> InputError:
    """Why a query's process did not answer."""
    if code == -signal.SIGALRM:
        return QueryError(
            f"The query was stopped after {limits.seconds:g} s.",
            "It would have taken longer than a query may.",
            "Narrow it with WHERE, or take a random part with: FROM images USING SAMPLE 1000 ROWS.",
        )
    if code in (-signal.SIGKILL, -signal.SIGABRT):
        return _too_large(limits)
    return QueryError("The query could not be run.", "It made the engine stop.", "Say it in another way.")


def _too_large(limits: Limits) -> InputError:
    return QueryError(f"The query needs more memory than its {limits.memory_mb:,} MB.", "It was stopped.", TOO_MUCH)


def _place(message: str) -> str:
    """Where in the text the parser or binder stopped."""
    found = PLACE.search(message)
    if found is None:
        return ""
    line, text, mark = int(found[1]), found[2], found[3]
    shift = len(f"LINE {line}: ")
    word = text[mark.index("^") - shift : len(mark) - shift].strip()
    if len(word) < 2:
        word = text[max(mark.index("^") - shift, 0) :].split(" ")[0]
    return f"Line {line}, at “{word[:80]}”." if word else f"Line {line}."


def _advice(lines: list[str]) -> str:
    """What the engine proposes, such as names that are near."""
    kept = [line.strip() for line in lines if line.startswith(("Did you mean", "Candidate bindings"))]
    return _sentence(kept[0]) if kept else ""


def _sentence(text: str) -> str:
    text = text.strip()[:MOST_LETTERS]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _without_paths(text: str) -> str:
    for path in (tempfile.gettempdir() + "/vitrine-sql-", str(Path.home()) + "/", sys.prefix + "/"):
        text = re.sub(re.escape(path) + r"[^\s\"']*", "…", text)
    return text
