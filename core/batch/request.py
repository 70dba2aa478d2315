"""What a person asks to have made of a result's images."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.augment.output import Output, check_output
from core.augment.pipeline import Pipeline, parse_pipeline
from core.collection.schema import NAME
from core.errors import InputError, near_names
from core.export.places import check_destination
from core.export.request import check_chosen, digest_of
from core.query.url import from_parameters, to_parameters

KIND = "set"  # in a manifest, where an export's says nothing
LAYOUTS = ("folder", "zip", "webdataset")
MOST_VARIANTS = 100


@dataclass(frozen=True)
class AugmentRequest:
    """What to make of which images; plain JSON values."""

    collection: str
    name: str  # of the set: its folder or archive
    pipeline: Mapping[str, Any]  # in any form that `parse_pipeline` reads
    recipe: Mapping[str, str] = field(default_factory=dict)  # URL parameters
    whole: bool = False  # every matching image rather than the recipe's limit
    variants: int = 1  # pictures made of each image
    format: str = "webp"  # "webp", "jpeg" or "png"
    quality: int = 90  # 1 to 100; of webp and jpeg
    colour: str = "srgb"  # "srgb", "grey" or "original"
    metadata: str = "strip"  # of the originals' files: "strip" or "keep"
    layout: str = "folder"  # "folder", "zip" or "webdataset"
    destination: str = ""  # "": the workspace's augmented sets; a folder's whole path; s3://BUCKET/PREFIX
    ids: tuple[str, ...] = ()  # images chosen one by one, in this order, instead of the recipe's

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", tuple(self.ids))

    @property
    def noun(self) -> str:
        """What a person calls it."""
        return KIND

    @property
    def folder(self) -> str:
        """Of the workspace, where it goes without a destination."""
        return "augmented"

    @property
    def output(self) -> Output:
        """How a picture is written."""
        return Output(format=self.format, quality=self.quality, colour=self.colour, metadata=self.metadata)

    @property
    def identity(self) -> dict[str, Any]:
        """What makes two sets of one name the same, pipelines and recipes that say the same included."""
        output = self.output
        facts = {"format": output.format, "quality": output.quality, "colour": output.colour}
        return {
            "kind": KIND,
            "collection": self.collection,
            "recipe": to_parameters(from_parameters(self.recipe)),
            "whole": self.whole,
            "chosen": digest_of(self.ids),
            "pipeline": parse_pipeline(self.pipeline).to_dict(),
            "variants": self.variants,
            "output": {**facts, "metadata": output.metadata},
            "layout": self.layout,
        }

    def is_told_by(self, head: Mapping[str, Any]) -> bool:
        """Whether a manifest is of this request."""
        return all(head.get(name) == value for name, value in self.identity.items())


def check_request(request: AugmentRequest, collection: str) -> Pipeline:
    """The request's pipeline, or an InputError where the request cannot be met."""
    if request.collection != collection:
        raise InputError(f"This is about “{request.collection[:80]}”, not about “{collection}”.")
    if not isinstance(request.name, str) or not NAME.fullmatch(request.name):
        detail = "A name has 1 to 64 letters, digits, hyphens and underscores, and begins with a letter or digit."
        raise InputError(f"“{str(request.name)[:80]}” cannot name a set of pictures.", detail, "Choose another name.")
    if not 1 <= request.variants <= MOST_VARIANTS:
        detail = f"From 1 to {MOST_VARIANTS} can be made of each image."
        raise InputError(f"{request.variants:,} variants cannot be made.", detail)
    if request.layout not in LAYOUTS:
        hint = near_names(str(request.layout), LAYOUTS)
        raise InputError(f"There is no layout “{str(request.layout)[:40]}” of sets.", "", hint)
    check_output(request.output)
    check_chosen(request.ids, request.whole)
    check_destination(request.destination)
    from_parameters(request.recipe)
    return parse_pipeline(request.pipeline)
