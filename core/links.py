"""Addresses of images, the same in the API's answers and in the dashboard."""

from urllib.parse import quote

PREFIX = "/api"


def image_link(collection: str, id: str, part: str, content_hash: str) -> str:
    """The address of an image's `thumbnail` or `original`; `v` makes it safe to cache for good."""
    address = f"{PREFIX}/images/{quote(id, safe='')}/{part}"
    return f"{address}?collection={quote(collection, safe='')}&v={content_hash[:16]}"
