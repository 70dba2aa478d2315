"""What the API takes and gives."""

from typing import Any

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """Every error, as application/problem+json."""

    status: int = Field(examples=[404])
    title: str = Field(examples=["There is no image “1” in “shoes”."], description="What happened")
    detail: str = Field(examples=["It may have been deleted."], description="Why")
    hint: str = Field(examples=[""], description="What to do next")


class Health(BaseModel):
    """Whether the server can answer."""

    status: str = Field(examples=["ok"])
    version: str = Field(examples=["0.1.0"])
    collections: int = Field(description="Collections in the workspace")
    encoder: str = Field(examples=["vitrine-clip"])
    encoder_loaded: bool = Field(description="False until the first search by text or picture")


class ImageFacts(BaseModel):
    """One image and all that is known about it."""

    id: str
    collection: str
    width: int = Field(description="Pixels, orientation applied")
    height: int
    content_hash: str = Field(description="SHA-256 of the original's bytes")
    uri: str = Field(description="Where the original is")
    source: str = Field(description="Where it was ingested from")
    added_at: str = Field(description="UTC, ISO 8601")
    metadata: dict[str, Any] = Field(description="Every column of the collection's table")
    thumbnail: str = Field(description="Address of the thumbnail")
    original: str = Field(description="Address of the original")


class ClosestImage(BaseModel):
    """One of the closest images."""

    id: str
    distance: float = Field(description="Cosine distance, 0 (same direction) to 2", examples=[0.08])


class ClosestImages(BaseModel):
    """The closest images of a collection to a given one, nearest first."""

    collection: str
    matching: int = Field(description="Images that were compared")
    exact: bool = Field(description="False when the index may have missed some")
    images: list[ClosestImage]
