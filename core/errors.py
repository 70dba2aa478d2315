"""What can go wrong, as one small tree; each front end renders it in one place.

VitrineError
+-- InputError           what a person gave cannot be used
|   +-- SourceError      a folder, archive or address that images should come from
|   +-- TableError       a metadata table
|   +-- ImageError       one picture that cannot be decoded
|   +-- QueryError       a recipe that makes no sense for this collection
+-- SignInError          nobody has said who asks, or the token is not known
+-- ForbiddenError       who asks may not do that
+-- NotFoundError        a name that nothing goes by
+-- BusyError            somebody else is writing there right now
+-- EncoderError         an encoder that cannot be had, or is the wrong one for these vectors
+-- StorageError         the disk or bucket refused
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class VitrineError(Exception):
    """A failure a person can do something about: what happened, why, and what to do next."""

    status = 500
    exit_code = 1

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, self.detail, self.hint) if part)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.title, self.detail, self.hint)


class InputError(VitrineError):
    """What a person gave cannot be used as it is."""

    status = 422
    exit_code = 2


class SourceError(InputError):
    """A place that images should come from cannot be read."""


class TableError(InputError):
    """A metadata table cannot be read or joined."""


class ImageError(InputError):
    """One picture cannot be decoded; `code` is the ledger's word for the reason."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, code: str = "unreadable") -> None:
        super().__init__(title, detail, hint)
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.title, self.detail, self.hint), {"code": self.code}


class QueryError(InputError):
    """A recipe asks for something this collection does not have."""


class SignInError(VitrineError):
    """Nobody has said who asks, or said it with a token that is not known."""

    status = 401


class ForbiddenError(VitrineError):
    """Who asks is known, or came from another site's page, and may not do that."""

    status = 403


class NotFoundError(VitrineError):
    """Nothing goes by that name."""

    status = 404
    exit_code = 2


class BusyError(VitrineError):
    """Somebody else is writing to the same collection."""

    status = 409


class EncoderError(VitrineError):
    """An encoder cannot be had, or is not the one that made the collection's vectors."""

    status = 503


class StorageError(VitrineError):
    """The disk or bucket refused to store something."""

    status = 507


def near_names(name: str, known: Iterable[str]) -> str:
    """A sentence that lists known names near `name`, or all of a short list, for an error's hint."""
    names = sorted(known)
    if not names:
        return ""
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    shown = near or names[:8]
    quoted = ", ".join(f"“{item}”" for item in shown)
    return f"Did you mean {quoted}?" if near else f"There is: {quoted}."
