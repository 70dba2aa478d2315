"""What a person asks to take along."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.collection.schema import NAME
from core.errors import InputError, near_names
from core.export.formats import FORMATS
from core.export.layouts import LAYOUTS
from core.export.places import check_destination
from core.query.recipe import Recipe
from core.query.url import from_parameters, to_parameters

IMAGES = ("none", "original", "thumbnail")
ANNOTATIONS = ("none", "coco")
EMBEDDINGS = ("none", "parquet", "npy")
MOST_CHOSEN = 100_000
LATER: Mapping[str, Any] = MappingProxyType(
    {"label_column": "", "annotations": "none", "embeddings": "none", "chosen": None}
)  # of the identity, left out of a manifest where it is this


@dataclass(frozen=True)
class ExportRequest:
    """One bundle; every field is plain JSON."""

    collection: str
    name: str  # of the bundle: its folder or archive at the destination
    recipe: Mapping[str, str]  # as in a link's parameters
    whole: bool = False  # every matching image instead of the recipe's limit or sample
    metadata: str = "csv"  # "csv", "parquet", "jsonl" or "xlsx"
    images: str = "original"  # "none", "original" or "thumbnail"
    layout: str = "folder"  # "folder", "zip", "webdataset" or "imagefolder"
    label_column: str = ""  # what sorts images into classes: folders of an imagefolder, categories of COCO
    annotations: str = "none"  # "none" or "coco"
    embeddings: str = "none"  # "none", "parquet" or "npy"
    destination: str = ""  # "": the workspace's exports; a folder's whole path; s3://BUCKET/PREFIX
    ids: tuple[str, ...] = ()  # images chosen one by one, in this order, instead of the recipe's

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", tuple(self.ids))

    @property
    def noun(self) -> str:
        """What a person calls it."""
        return "export"

    @property
    def folder(self) -> str:
        """Of the workspace, where it goes without a destination."""
        return "exports"

    @property
    def identity(self) -> dict[str, Any]:
        """What makes two requests of one name the same, recipes that ask the same included, wherever it goes."""
        later = {
            "label_column": self.label_column,
            "annotations": self.annotations,
            "embeddings": self.embeddings,
            "chosen": digest_of(self.ids),
        }
        return {
            "collection": self.collection,
            "recipe": to_parameters(from_parameters(self.recipe)),
            "whole": self.whole,
            "metadata": self.metadata,
            "images": self.images,
            "layout": self.layout,
            **{name: value for name, value in later.items() if value != LATER[name]},
        }

    def is_told_by(self, head: Mapping[str, Any]) -> bool:
        """Whether a manifest is of this request."""
        wanted = {**LATER, **self.identity}
        return all(head.get(name, LATER.get(name)) == value for name, value in wanted.items())


def read_recipe(request: ExportRequest, collection: str) -> Recipe:
    """The request's recipe, or an InputError that says which part of the request cannot be met."""
    if not isinstance(request.name, str) or not NAME.fullmatch(request.name):
        raise InputError(
            f"“{str(request.name)[:80]}” cannot name an export.",
            "A name has 1 to 64 letters, digits, hyphens and underscores, and begins with a letter or digit.",
            "Choose another name.",
        )
    if request.collection != collection:
        raise InputError(f"This export is of “{request.collection[:80]}”, not of “{collection}”.")
    _check_choice("metadata format", request.metadata, tuple(FORMATS))
    _check_choice("kind of images", request.images, IMAGES)
    _check_choice("layout", request.layout, tuple(LAYOUTS))
    _check_choice("kind of annotations", request.annotations, ANNOTATIONS)
    _check_choice("format of embeddings", request.embeddings, EMBEDDINGS)
    _check_together(request)
    check_chosen(request.ids, request.whole)
    check_destination(request.destination)
    if not all(isinstance(text, str) for text in request.recipe.values()):
        raise InputError("The recipe's parameters are not all text.", "", "Take them from a link.")
    return from_parameters(request.recipe)


def _check_together(request: ExportRequest) -> None:
    """Refuse choices that do not go together."""
    layout = LAYOUTS[request.layout]
    if layout.needs_images and request.images == "none":
        raise InputError(f"The layout {request.layout} is one of images.", "", "Take originals or thumbnails.")
    if request.metadata not in layout.formats:
        known = ", ".join(layout.formats)
        raise InputError(f"The layout {request.layout} takes no {request.metadata}.", "", f"It takes {known}.")
    if request.annotations == "coco" and request.images == "none":
        raise InputError("COCO tells of images in the bundle.", "", "Take originals or thumbnails.")
    if request.label_column and not (layout.by_class or request.annotations == "coco"):
        raise InputError(
            "Nothing in this export is sorted by a label.",
            f"The label column is “{str(request.label_column)[:80]}”.",
            "Take the layout imagefolder or COCO annotations, or leave the label column out.",
        )


def check_chosen(ids: Sequence[str], whole: bool) -> None:
    """Refuse images chosen one by one that are no choice, or not beside the wish for the whole result."""
    if not all(isinstance(id, str) for id in ids):
        raise InputError("The ids of the chosen images are not all text.")
    if len(ids) > MOST_CHOSEN:
        hint = "Ask for them by a filter."
        raise InputError(f"{len(ids):,} images are chosen, of {MOST_CHOSEN:,} at the most.", "", hint)
    if len(set(ids)) != len(ids):
        raise InputError("An image is chosen twice.", "", "Give each id once.")
    if ids and whole:
        raise InputError("Chosen images are not the whole result.", "", "Ask for one of the two.")


def _check_choice(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise InputError(f"There is no {what} “{str(given)[:40]}”.", "", near_names(str(given), known))


def digest_of(ids: tuple[str, ...]) -> dict[str, Any] | None:
    """What tells one choice of images from another, however many they are."""
    if not ids:
        return None
    return {"images": len(ids), "sha256": hashlib.sha256(json.dumps(ids).encode()).hexdigest()}
