"""Where a bundle goes: the workspace's exports, another folder, or a bucket; and who may send it there."""

import re
from collections.abc import Sequence
from pathlib import Path

from core.errors import ForbiddenError, InputError

BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/\\\x00-\x1f?#]+)*")
S3 = "s3://"
DOTS = frozenset({".", ".."})


def is_bucket(destination: str) -> bool:
    """Whether it goes to object storage."""
    return destination.startswith(S3)


def check_destination(destination: str) -> None:
    """Refuse what is no place: neither nothing, nor a folder's whole path, nor a bucket with a prefix."""
    _check_form(destination)
    if not destination or is_bucket(destination):
        return
    try:
        is_taken = Path(destination).exists() and not Path(destination).is_dir()
    except OSError:  # too long a name
        raise _no_place(destination) from None
    if is_taken:
        raise InputError(f"{destination[:200]} is not a folder.", "", "Choose another destination.")


def _check_form(destination: str) -> None:
    if not isinstance(destination, str):
        raise InputError("A destination is text.")
    if not destination:
        return
    if is_bucket(destination):
        if not BUCKET.fullmatch(destination) or DOTS & set(destination.removeprefix(S3).split("/")):
            raise InputError(f"“{destination[:200]}” is no place in a bucket.", "", "Such as s3://bucket/exports")
        return
    if "\0" in destination or not Path(destination).is_absolute():
        raise _no_place(destination)


def _no_place(destination: str) -> InputError:
    hint = "Give a folder's whole path, or s3://bucket/prefix."
    return InputError(f"“{destination[:200]}” is no place for an export.", "", hint)


def resolved(destination: str) -> str:
    """A destination as a person at this machine types it, as a request keeps it: a folder with its whole path."""
    if not destination or is_bucket(destination):
        return destination.rstrip("/")
    try:
        return str(Path(destination).expanduser().resolve())
    except (OSError, RuntimeError, ValueError):
        raise InputError(f"“{destination[:200]}” is no place for an export.", "", "Give a folder's path.") from None


def allowed_places(setting: str) -> tuple[str, ...]:
    """The folders and buckets of the setting `export_folders`, which are parted by commas."""
    return tuple(part.strip().rstrip("/") or "/" for part in setting.split(",") if part.strip())


def check_allowed(destination: str, places: Sequence[str]) -> None:
    """Refuse a destination outside these folders and buckets to whoever asks from elsewhere.

    What lies outside is not even looked at, for the answer would tell whether it is there.
    """
    _check_form(destination)
    if not destination or any(_is_below(destination, place) for place in places):
        check_destination(destination)
        return
    known = f"Exports may go below: {', '.join(places)}." if places else "No place outside the workspace is open."
    raise ForbiddenError(
        f"Exports may not go to “{destination[:200]}”.",
        known,
        "Leave the destination out and download the bundle, or name the place in VITRINE_EXPORT_FOLDERS.",
    )


def _is_below(destination: str, place: str) -> bool:
    if is_bucket(destination) or is_bucket(place):
        return f"{destination}/".startswith(f"{place}/")
    try:
        return Path(destination).resolve().is_relative_to(Path(place).expanduser().resolve())
    except (OSError, RuntimeError):  # a loop of links
        return False
