"""Addresses of images, the same in the API's answers and in the dashboard."""

from collections.abc import Callable
from urllib.parse import quote

PREFIX = "/api"


def complete_link(collection: str, sign: Callable[[str], str] | None = None) -> str:
    """The address that tells what may be typed next in a filter, less the text and the place in it."""
    address = f"{PREFIX}/collections/{quote(collection, safe='')}/complete"
    return address if sign is None else sign(address)


def image_link(collection: str, id: str, part: str, content_hash: str, sign: Callable[[str], str] | None = None) -> str:
    """The address of an image's `thumbnail` or `original`; `v` makes it safe to cache for good.

    Where reading needs a token, a signed address is good for whoever was given it.
    """
    address = f"{PREFIX}/images/{quote(id, safe='')}/{part}"
    address = f"{address}?collection={quote(collection, safe='')}&v={content_hash[:16]}"
    return address if sign is None else sign(address)
