"""Where each image lies in a bundle, and what the table calls it."""

from collections.abc import Callable, Collection
from functools import partial

from core.collection.catalog import Catalog, Row
from core.export.journal import Kept
from core.export.labels import label_of
from core.export.layouts import LAYOUTS
from core.export.names import alike_labels, class_name, ids_alike, image_name, sample_name
from core.export.request import ExportRequest
from core.export.shards import Dealer


def namer(request: ExportRequest, catalog: Catalog) -> Callable[[Row, str], str]:
    """What names an image's file, with its class's folder where there are such, from its row and suffix."""
    alike = ids_alike(catalog)
    if request.layout == "webdataset":
        return lambda row, suffix: sample_name(row.id, suffix, alike)
    if LAYOUTS[request.layout].by_class and request.label_column:
        classes = alike_labels(catalog, request.label_column)
        return partial(_in_class, request.label_column, classes, alike)
    return lambda row, suffix: image_name(row.id, suffix, alike)


def pather(request: ExportRequest) -> Callable[[Kept], str]:
    """What makes the table's path of an image, asked for each in turn: shards fill up one after the other."""
    if request.layout == "webdataset":
        dealer = Dealer()
        return lambda kept: f"{dealer.deal(kept.bytes)}!/{kept.file}"
    before = LAYOUTS[request.layout].in_table
    return lambda kept: before + kept.file


def _in_class(column: str, classes: Collection[str], alike: Collection[str], row: Row, suffix: str) -> str:
    return f"{class_name(label_of(row, column), classes)}/{image_name(row.id, suffix, alike)}"
