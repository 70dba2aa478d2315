"""What the routes of duplicates take and give."""

from pydantic import BaseModel, ConfigDict, Field

from api.edit_schemas import EventFacts
from api.schemas import Text
from core.duplicates.act import USUAL_TAG, Act
from core.duplicates.request import How, Keep

THRESHOLD = "Most bits of 64 that may differ (phash, dhash) or least cosine similarity (vector); the usual if left out"


class DuplicateImage(BaseModel):
    """One image of a group."""

    id: str
    kept: bool = Field(description="The one that stays; first in its group")
    distance: float = Field(description="From the kept one: bits that differ, or 1 less the cosine similarity")
    copy_: bool = Field(alias="copy", description="An earlier image of the group has the same bytes")
    width: int
    height: int
    uri: str | None = Field(description="Where the original is")
    content_hash: str | None = Field(description="SHA-256 of the original's bytes")


class DuplicateGroup(BaseModel):
    """Images that count as the same."""

    group: int = Field(description="Its number, from 1; the largest comes first")
    size: int = Field(description="Images in it, also those that are not listed")
    contents: int = Field(description="Different files among them; 1 where they are all identical")
    images: list[DuplicateImage] = Field(description="The kept one, then the others by how near they are to it")


class DuplicatesPage(BaseModel):
    """One page of the groups."""

    how: How
    threshold: float | None = Field(description="null for identical images")
    keep: Keep
    where: str = Field(description="The filter as people type it")
    english: str = Field(examples=["529 groups of identical images: All images"])
    version: int = Field(description="Of the collection")
    compared: int = Field(description="Images that pass the filter and were compared")
    left_out: int = Field(description="Images that pass it and have no hash or vector")
    groups: int
    images: int = Field(description="In groups")
    others: int = Field(description="Images that could go: all but one of each group")
    milliseconds: float = Field(description="That finding them took; the same question again is answered from memory")
    listed: list[DuplicateGroup]
    next: str | None = Field(description="Cursor of the next page; null at the end")


class DuplicatesActBody(BaseModel):
    """What to do with the groups of a request, or with some of them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"act": "tag-others", "tag": "duplicate"},
                {"how": "phash", "threshold": 2, "act": "delete-others", "kept": ["1163"], "expected": 2},
            ]
        },
    )

    act: Act = Field(description="Tag the others or the kept ones, or delete the others")
    how: How = How.IDENTICAL
    threshold: float | None = Field(None, description=THRESHOLD)
    keep: Keep = Keep.MOST_PIXELS
    where: Text = Field("", max_length=60_000, description="Filter, as typed (gender=Men) or as in a link")
    tag: Text = Field(USUAL_TAG, min_length=1, max_length=100)
    kept: list[Text] | None = Field(
        None, min_length=1, max_length=10_000, description="Only the groups whose kept images these are; else all"
    )
    expected: int | None = Field(
        None, strict=True, ge=0, description="Images that it must touch; with another number nothing is done"
    )


class DuplicatesActed(BaseModel):
    """What became of the images."""

    what: str = Field(examples=["622 images deleted"])
    images: int = Field(description="Touched")
    event: EventFacts | None = Field(description="Undo it as a whole by its id; null where nothing changed")
