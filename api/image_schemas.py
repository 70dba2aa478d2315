"""What the API takes and gives about single images: facts, likeness, uploads and deletions."""

from typing import Any

from pydantic import BaseModel, Field

from api.job_schemas import JobFacts
from api.schemas import Text


class MadeFrom(BaseModel):
    """What an image was made from: it came in with a set of augmented pictures."""

    collection: str = Field(description="That the original is in")
    id: str = Field(description="Of the original")
    variant: int
    pipeline: str = Field(description="Its name")
    steps: dict[str, Any] | None = Field(description="The whole pipeline; null where the collection does not hold it")
    there: bool = Field(description="Whether the original is still in its collection")


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
    tags: list[str] = Field(description="What it was tagged with")
    tag_scores: dict[str, float] = Field(description="Cosine similarities of the tags that a model gave, when it did")
    metadata: dict[str, Any] = Field(description="Every column of the collection's table")
    made_from: MadeFrom | None = Field(description="Of an augmented picture; null of any other image")
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


class KeptUpload(BaseModel):
    """A picture to search by."""

    digest: str = Field(description="What a recipe's “image” takes")


class Refused(BaseModel):
    """A file that was not taken in."""

    file: str
    why: str


class Added(BaseModel):
    """Pictures on their way in."""

    kept: int
    refused: list[Refused]
    job: JobFacts | None = Field(description="The job that brings them in; null where none could be read")


class Ids(BaseModel):
    """Images by id."""

    ids: list[Text] = Field(min_length=1, max_length=10_000, examples=[["1163", "1164"]])


class Deletion(BaseModel):
    """A deletion, which can be undone."""

    deletion: str = Field(examples=["20260101T120000000000"], description="Its name")


class Deletions(BaseModel):
    """Deletions that can be undone, oldest first."""

    deletions: list[str]


class Restored(BaseModel):
    """What came back."""

    restored: int
