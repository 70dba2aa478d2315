"""Groups of duplicates as plain values, CSV and JSON, the same through every front end."""

import json
from collections.abc import Iterator
from typing import Any

from core.collection.catalog import Catalog
from core.duplicates.found import Duplicates, Group, Member, every_group
from core.duplicates.request import How
from core.export import csv_text
from core.query.english import sentence
from core.query.recipe import Recipe
from core.query.textwrite import write_where

COLUMNS = ("group", "id", "kept", "distance", "copy", "width", "height", "uri", "content_hash")


def told(catalog: Catalog, found: Duplicates) -> dict[str, Any]:
    """The question and the totals."""
    asked = found.request
    return {
        "how": asked.how.value,
        "threshold": None if asked.how is How.IDENTICAL else asked.threshold,
        "keep": asked.keep.value,
        "where": write_where(asked.where, catalog.columns),
        "english": f"{headline(found)}: {sentence(Recipe(where=asked.where), catalog.columns)}",
        "version": found.version,
        "compared": found.compared,
        "left_out": found.left_out,
        "groups": found.groups,
        "images": found.images,
        "others": found.others,
        "milliseconds": round(found.milliseconds, 1),
    }


def headline(found: Duplicates) -> str:
    """Such as “529 groups of identical images”."""
    kind = {
        How.IDENTICAL: "identical images",
        How.PHASH: "images that look alike",
        How.DHASH: "images that look alike",
        How.VECTOR: "images that show the same",
    }[found.request.how]
    return f"{f'{found.groups:,}' if found.groups else 'No'} group{'' if found.groups == 1 else 's'} of {kind}"


def told_group(group: Group, how: How) -> dict[str, Any]:
    """One group with its images, the kept one first."""
    return {
        "group": group.number,
        "size": group.size,
        "contents": group.contents,
        "images": [_told_member(member, how) for member in group.members],
    }


def records(catalog: Catalog, found: Duplicates) -> Iterator[dict[str, Any]]:
    """One line an image, group after group."""
    for group in every_group(catalog, found):
        for member in group.members:
            yield {"group": group.number, **_told_member(member, found.request.how)}


def to_csv(catalog: Catalog, found: Duplicates) -> str:
    """Every group as CSV, one line an image."""
    words = {True: "yes", False: "no"}
    lines = ({**line, "kept": words[line["kept"]], "copy": words[line["copy"]]} for line in records(catalog, found))
    return csv_text(lines, COLUMNS)


def to_json(catalog: Catalog, found: Duplicates) -> str:
    """The question, the totals and every group as JSON."""
    groups = [told_group(group, found.request.how) for group in every_group(catalog, found)]
    return json.dumps({**told(catalog, found), "listed": groups}, ensure_ascii=False, indent=1) + "\n"


def _told_member(member: Member, how: How) -> dict[str, Any]:
    row = member.row
    return {
        "id": row.id,
        "kept": member.kept,
        "distance": round(member.distance, 6) if how is How.VECTOR else int(member.distance),
        "copy": member.copy,
        "width": row.width,
        "height": row.height,
        "uri": row.values["uri"],
        "content_hash": row.content_hash,
    }
