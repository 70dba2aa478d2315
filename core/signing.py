"""Addresses that carry their own permission: a browser fetches a picture with no token to send."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from pathlib import Path
from secrets import token_bytes
from urllib.parse import parse_qsl, unquote

from core.errors import StorageError
from core.privatefile import only_one, read_private, write_private

FILE = "signing.key"
KEY_BYTES = 32
SIGNATURE_BYTES = 16  # of the 32 of HMAC-SHA256; 128 bits cannot be guessed
PARAMETER = "s"
MOST_PARAMETERS = 20


class Signer:
    """Signs addresses with the workspace's own key, which is made at the first signature.

    A signed address is good for as long as the key: its picture stays in the browser's cache, and whoever has the
    address sees that one picture. Remove the key's file to void them all. Safe to share between threads and processes.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def sign(self, path_and_query: str) -> str:
        """The address, percent-encoded and without host, with its signature as the last parameter."""
        path, _, query = path_and_query.partition("?")
        signature = _signature(self._key() or self._make_key(), path, _pairs(query))
        return f"{path_and_query}{'&' if query else '?'}{PARAMETER}={signature}"

    def check(self, path: str, query: str) -> bool:
        """Whether a percent-encoded path and a query, with `s` in it, are as they were signed.

        Another way to encode the same characters is the same address, as it is for the routes.
        """
        try:
            pairs = _pairs(query)
        except ValueError:
            return False
        given = [value for name, value in pairs if name == PARAMETER]
        key = self._key() if len(given) == 1 else None
        if key is None:
            return False
        signed = [pair for pair in pairs if pair[0] != PARAMETER]
        return hmac.compare_digest(_signature(key, path, signed).encode(), given[0].encode(errors="replace"))

    def _key(self) -> bytes | None:
        key = read_private(self._path)
        if key is not None and len(key) != KEY_BYTES:
            raise StorageError(
                f"{FILE} in the workspace is damaged.",
                f"It has {len(key):,} bytes instead of {KEY_BYTES}.",
                f"Remove {self._path}; a new key is made by itself, and the dashboard's pages have to be reloaded.",
            )
        return key

    def _make_key(self) -> bytes:
        """A new key, or the one that another process made meanwhile."""
        with only_one(self._path):
            key = self._key()
            if key is None:
                key = token_bytes(KEY_BYTES)
                write_private(self._path, key)
        return key


def _pairs(query: str) -> list[tuple[str, str]]:
    """The query's parameters in order; too many of them are a ValueError."""
    return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)


def _signature(key: bytes, path: str, pairs: list[tuple[str, str]]) -> str:
    """HMAC-SHA256 of the decoded path and parameters, written as JSON so that none can pass for another."""
    text = json.dumps([unquote(path), pairs])
    digest = hmac.digest(key, text.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).rstrip(b"=").decode()
