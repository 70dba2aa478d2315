"""The manifest of a bundle: where it comes from, and what every file in it must be."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core.collection.catalog import Catalog
from core.export.columns import Field
from core.export.files import FileFact
from core.export.request import ExportRequest
from core.export.selection import Selection

TOOL = "Vitrine"
MANIFEST = "manifest.json"
FILES_LINE = '  "files": [\n'  # one line a file follows, so that neither side need hold them all


def tool_version() -> str:
    """The version that is installed; empty where none is."""
    try:
        return version("vitrine")
    except PackageNotFoundError:
        return ""


def head_of(
    catalog: Catalog,
    request: ExportRequest,
    selection: Selection,
    failed: int,
    fields: Sequence[Field],
    more: Mapping[str, int],
) -> dict[str, Any]:
    """Everything that a manifest says before it lists the files; `more` are counts of what else is in the bundle."""
    return {
        "tool": TOOL,
        "version": tool_version(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **request.identity,
        "collection_version": catalog.version,
        "encoder": asdict(catalog.encoder),
        "sentence": selection.sentence,
        "notes": list(selection.notes),
        "counts": {
            "matching": selection.matching,
            "rows": selection.rows,
            "exported": selection.rows - failed,
            "failed": failed,
            "exact": selection.exact,
            **more,
        },
        "columns": [_column(field) for field in fields],
    }


def _column(field: Field) -> dict[str, str]:
    facts = {"header": field.header, "column": field.column, "type": str(field.type)}
    return {**facts, "label": field.label} if field.label else facts


def write_manifest(path: Path, head: Mapping[str, Any], files: Iterable[FileFact]) -> int:
    """Write the manifest, `files` last and one a line; returns the bytes of all those files together."""
    total = 0
    with path.open("w", encoding="utf-8", newline="") as target:
        target.write(json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}") + ",\n" + FILES_LINE)
        for place, fact in enumerate(files):
            told = {"file": fact.file, "bytes": fact.bytes, "sha256": fact.sha256}
            target.write((",\n" if place else "") + "    " + json.dumps(told, ensure_ascii=False))
            total += fact.bytes
        target.write("\n  ]\n}\n")
    return total


def read_head(lines: Iterable[str]) -> dict[str, Any]:
    """A manifest without its files, of which it may have millions; ValueError when it is none."""
    read = []
    for line in lines:
        if line == FILES_LINE:
            break
        read.append(line)
    head = json.loads("".join(read).rstrip().rstrip(",") + "}")
    if not isinstance(head, dict):
        raise ValueError("A manifest is a JSON object.")
    return head
