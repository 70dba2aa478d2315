"""What a person asks to take along."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.collection.schema import NAME
from core.errors import InputError, near_names
from core.export.formats import FORMATS
from core.query.recipe import Recipe
from core.query.url import from_parameters, to_parameters

IMAGES = ("none", "original", "thumbnail")
LAYOUTS = ("folder", "zip")


@dataclass(frozen=True)
class ExportRequest:
    """One bundle; every field is plain JSON."""

    collection: str
    name: str  # of the bundle: its folder or archive in the workspace's exports
    recipe: Mapping[str, str]  # as in a link's parameters
    whole: bool = False  # every matching image instead of the recipe's limit or sample
    metadata: str = "csv"  # "csv", "parquet" or "jsonl"
    images: str = "original"  # "none", "original" or "thumbnail"
    layout: str = "folder"  # "folder" or "zip"

    @property
    def identity(self) -> dict[str, Any]:
        """What makes two requests of one name the same, recipes that ask the same included."""
        return {
            "collection": self.collection,
            "recipe": to_parameters(from_parameters(self.recipe)),
            "whole": self.whole,
            "metadata": self.metadata,
            "images": self.images,
            "layout": self.layout,
        }


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
    _check_choice("layout", request.layout, LAYOUTS)
    if not all(isinstance(text, str) for text in request.recipe.values()):
        raise InputError("The recipe's parameters are not all text.", "", "Take them from a link.")
    return from_parameters(request.recipe)


def _check_choice(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise InputError(f"There is no {what} “{str(given)[:40]}”.", "", near_names(str(given), known))
