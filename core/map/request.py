"""What a map is asked for with, and whether it can be made."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.errors import InputError, near_names

PCA, UMAP = "pca", "umap"
METHODS: Mapping[str, str] = MappingProxyType(
    {
        PCA: "Principal components: at once, and keeps what differs most apart",
        UMAP: "UMAP: takes minutes, and keeps what is alike together",
    }
)
MOST_CLUSTERS = 200
MOST_SEED = 2**32 - 1
LEAST_IMAGES = 3
LEAST_UMAP = 20  # images; fewer have no neighbourhoods to keep together
FEW_CLUSTERS, MANY_CLUSTERS = 8, 40  # by size


@dataclass(frozen=True)
class MapRequest:
    """Which map to make; plain JSON values."""

    collection: str
    method: str = UMAP
    clusters: int = 0  # as many as suit the collection
    seed: int = 0


def check_request(request: MapRequest, collection: str, images: int) -> None:
    """Refuse what cannot be made of so many images with a vector."""
    if request.collection != collection:
        raise InputError(f"This is about “{request.collection[:80]}”, not about “{collection}”.")
    if request.method not in METHODS:
        hint = near_names(request.method, METHODS) or f"Choose one of {', '.join(METHODS)}."
        raise InputError(f"There is no way to make a map called “{str(request.method)[:80]}”.", "", hint)
    if request.clusters and not 2 <= request.clusters <= MOST_CLUSTERS:
        raise InputError(
            "That number of clusters cannot be made.", f"It is 2 to {MOST_CLUSTERS}, or 0 to let it follow."
        )
    if not 0 <= request.seed <= MOST_SEED:
        raise InputError("The seed cannot be used.", f"It is a whole number from 0 to {MOST_SEED:,}.")
    if images < LEAST_IMAGES:
        raise InputError(
            f"“{collection}” is too small for a map.",
            f"It has {images:,} image{'' if images == 1 else 's'} with a vector, and a map takes {LEAST_IMAGES}.",
            "Bring more images in first.",
        )
    if request.method == UMAP and images < LEAST_UMAP:
        raise InputError(
            f"“{collection}” is too small for UMAP.",
            f"It has {images:,} images with a vector, and UMAP takes {LEAST_UMAP}.",
            "Make the map by PCA instead.",
        )


def clusters_for(asked: int, images: int) -> int:
    """How many clusters to make of so many images: those asked for, or some that suit them; at most one an image."""
    if asked:
        return min(asked, images)
    least = min(FEW_CLUSTERS, max(2, images // 8))
    return min(max(round(math.pow(images, 0.3)), least), MANY_CLUSTERS)
