"""A bundle's images as COCO-style JSON, whose annotations are of whole images."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from PIL import Image, UnidentifiedImageError

from core.collection.catalog import Catalog, Row
from core.export.journal import Kept
from core.export.labels import categories, label_of
from core.search import Hit

COCO = "annotations.coco.json"
Companion = Callable[[Sequence[Hit], Mapping[str, Kept], Mapping[str, str]], None]
"""Takes the next images, what became of those with a file, and the paths of these in the table, by id."""
SizeOf = Callable[[Row, Kept], tuple[int, int]]


def original_size(row: Row, kept: Kept) -> tuple[int, int]:
    """Width and height in pixels of an original, orientation applied."""
    return row.width, row.height


def file_size(folder: Path, row: Row, kept: Kept) -> tuple[int, int]:
    """Width and height in pixels of the file in the bundle, as its header tells."""
    try:
        with Image.open(folder / kept.file) as image:
            return image.size
    except (UnidentifiedImageError, OSError):
        return row.width, row.height


@contextmanager
def opened_coco(
    path: Path, part: Path, catalog: Catalog, column: str, info: Mapping[str, str], prefix: str, size_of: SizeOf
) -> Iterator[Companion]:
    """A new file that takes images; the annotations wait in `part`, so that neither list is in memory.

    `prefix` stands before a path in the table to make it one in the bundle.
    """
    classes = categories(catalog, column)
    with path.open("w", encoding="utf-8", newline="") as images, part.open("w+", encoding="utf-8", newline="") as notes:
        listed = [{"id": number, "name": name, "supercategory": column} for name, number in classes.items()]
        head = {"info": dict(info), "licenses": [], "categories": listed}
        images.write(json.dumps(head, ensure_ascii=False).removesuffix("}") + ',\n"images": [')
        done = marked = 0  # images and annotations

        def take(page: Sequence[Hit], kept: Mapping[str, Kept], paths: Mapping[str, str]) -> None:
            nonlocal done, marked
            for hit in page:
                if hit.row.id in kept:
                    width, height = size_of(hit.row, kept[hit.row.id])
                    record = {"file_name": prefix + paths[hit.row.id], "width": width, "height": height}
                    done += 1
                    _add(images, done, {"id": done, **record, "vitrine_id": hit.row.id})
                    label = label_of(hit.row, column) if column else None
                    if label is not None:
                        marked += 1
                        _add(notes, marked, _annotation(done, marked, classes[label], width, height))

        yield take
        images.write('\n],\n"annotations": [')
        notes.seek(0)
        shutil.copyfileobj(notes, images)
        images.write("\n]}\n")


def _annotation(image: int, number: int, category: int, width: int, height: int) -> dict[str, Any]:
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": [0, 0, width, height],
        "area": width * height,
        "iscrowd": 0,
    }


def _add(target: TextIO, count: int, record: Mapping[str, Any]) -> None:
    target.write(("," if count > 1 else "") + "\n" + json.dumps(record, ensure_ascii=False))
