"""Archives of images, read in place: nothing is ever extracted to the path that a member's name gives."""

import os
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote, unquote_to_bytes

from core.errors import ImageError, NotFoundError, SourceError, TableError
from core.ingest import files, naming
from core.ingest.items import Item
from core.ingest.kinds import HEAD_BYTES
from core.ingest.naming import Candidate, Kind
from core.ingest.rows import TableRead
from core.ingest.tables import read_table
from core.ingest.tarred import TarArchive
from core.ingest.zipped import ZipArchive
from core.settings import Settings

ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")
ZIP_MARKS = (b"PK\3\4", b"PK\5\6")
FOREIGN_MARKS = ((b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x28\xb5\x2f\xfd", "Zstandard"))
TABLE_BYTES_MAX = 4 * 1024**3  # of a table inside an archive, so that a small archive cannot fill the memory
WORKING_KINDS = f"These archives can be read: {', '.join(ARCHIVE_SUFFIXES)}. Unpack any other and give the folder."


class Archive(Protocol):
    """An open archive: its files by key, and their bytes."""

    scheme: str  # "zip" or "tar", begins the addresses of its members
    damage: str  # a sentence when the archive ends early, else ""
    repeated: tuple[str, ...]  # keys that stand in the archive more than once

    def members(self) -> Sequence[str]:
        """Keys of all files, in the archive's order."""

    def size(self, key: str) -> int:
        """Bytes of one file, as the archive states them."""

    def signature(self, key: str) -> str:
        """Changes when the file may have changed."""

    def is_encrypted(self, key: str) -> bool:
        """Whether the file is protected by a password."""

    def read(self, key: str, max_bytes: int, only: int | None = None) -> bytes:
        """All bytes, or the `only` first ones; an ImageError when that cannot be or there are over `max_bytes`."""

    def close(self) -> None:
        """Let go of the file."""


def open_archive(path: Path) -> Archive:
    """Open an archive by its content; SourceError when it is none, damaged, or of a kind that is not read."""
    try:
        with path.open("rb") as file:
            mark = file.read(8)
    except OSError as error:
        raise SourceError(
            f"“{path.name}” cannot be opened.", error.strerror or str(error), "Check its rights."
        ) from error
    for foreign, kind in FOREIGN_MARKS:
        if mark.startswith(foreign):
            raise SourceError(f"“{path.name}” is a {kind} archive.", "That kind cannot be read.", WORKING_KINDS)
    if path.suffix.lower() == ".zip" and not mark.startswith(ZIP_MARKS):
        raise SourceError(f"“{path.name}” is not a zip archive.", "It does not begin like one.", WORKING_KINDS)
    return ZipArchive(path) if mark.startswith(ZIP_MARKS) else TarArchive(path)


def member_uri(scheme: str, path: str, key: str) -> str:
    """The address of one file in an archive; both parts are percent-encoded, so "!/" stands only between them."""
    return f"{scheme}://{quote(os.fsencode(path))}!/{quote(key, safe='/')}"


def parse_member(uri: str) -> tuple[str, str]:
    """Archive path and key of a member_uri()."""
    place, _, key = uri.partition("://")[2].partition("!/")
    return os.fsdecode(unquote_to_bytes(place)), unquote(key)


class ArchiveSource:
    """Images in a zip or tar archive, in the archive's order."""

    def __init__(
        self, path: Path, settings: Settings, *, archive: Archive | None = None, notes: Sequence[str] = ()
    ) -> None:
        """`archive` is the one at the path where it is open already, and `notes` what was found out about it before."""
        self.name = path.name
        self._path = path.resolve()
        self.location = str(self._path)
        self._max_bytes = settings.max_bytes
        self._told = tuple(notes)
        self._archive = open_archive(path) if archive is None else archive
        try:
            self._images, self._tables, self._others = self._sorted_out()
            self._check()
        except BaseException:
            self._archive.close()
            raise

    def items(self) -> Iterator[Item]:
        """Every image file, in the archive's order."""
        archive = self._archive
        for key in self._images:
            uri = member_uri(archive.scheme, self.location, key)
            yield Item(key, naming.stem(key), uri, archive.size(key), archive.signature(key))

    def others(self) -> Sequence[str]:
        """Keys of files that are neither image nor table."""
        return tuple(self._others)

    def notes(self) -> Sequence[str]:
        """What was told before, and sentences when the archive is damaged, or holds several files of one name."""
        told = [*self._told, *([self._archive.damage] if self._archive.damage else [])]
        if repeated := self._archive.repeated:
            told.append(
                f"{len(repeated):,} names stand in the archive more than once, such as “{repeated[0]}”; "
                "the last file of each name is read."
            )
        return tuple(told)

    def tables(self) -> Sequence[str]:
        """Tables inside, and beside the one of the same stem or the only one; best first."""
        stem = archive_stem(self.name)
        return naming.ranked([*self._tables, *files.tables_beside(self._path, stem)], stem)

    def read(self, item: Item) -> bytes:
        """The bytes of one file."""
        return self._archive.read(item.key, self._max_bytes)

    def read_table(self, key: str, *, text_columns: Collection[str] = ()) -> TableRead:
        """Read one of tables(), or a table elsewhere by its path."""
        if not any(candidate.key == key for candidate in self._tables):
            return files.read_table_at(self._path, key, self.tables(), text_columns)
        try:
            data = self._archive.read(key, TABLE_BYTES_MAX)
        except ImageError as error:
            raise TableError(f"“{key}” in “{self.name}” cannot be read.", error.detail or error.title) from error
        return read_table(data, key.rsplit("/", 1)[-1], text_columns=text_columns)

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()

    def _sorted_out(self) -> tuple[list[str], list[Candidate], list[str]]:
        images, tables, others = [], [], []
        for key in self._archive.members():
            kind = naming.kind_of(key, partial(self._head, key))
            if kind is Kind.IMAGE:
                images.append(key)
            elif kind is Kind.TABLE:
                tables.append(Candidate(key, self._archive.size(key)))
            elif kind is Kind.OTHER:
                others.append(key)
        return images, tables, others

    def _head(self, key: str) -> bytes:
        try:
            return self._archive.read(key, self._max_bytes, only=HEAD_BYTES)
        except ImageError:
            return b""

    def _check(self) -> None:
        if not self._images:
            found = len(self._tables) + len(self._others)
            detail = f"Files of other kinds in it: {found:,}." if found else self._archive.damage or "It is empty."
            hint = f"Give an archive with images: {', '.join(naming.IMAGE_SUFFIXES)}."
            raise SourceError(f"“{self.name}” holds no images.", detail, hint)
        if all(self._archive.is_encrypted(key) for key in self._images):
            raise SourceError(
                f"“{self.name}” is protected by a password.",
                "None of its images can be read without it.",
                "Unpack it with the password and give the folder.",
            )


def archive_stem(name: str) -> str:
    """An archive's name without its suffixes."""
    suffix = max((item for item in ARCHIVE_SUFFIXES if name.lower().endswith(item)), key=len, default="")
    return name[: len(name) - len(suffix)] if suffix else naming.stem(name)


def read_member(archive: Archive, uri: str, max_bytes: int) -> bytes:
    """The bytes at a member_uri() in the archive it names; NotFoundError when the member is gone."""
    key = parse_member(uri)[1]
    try:
        return archive.read(key, max_bytes)
    except ImageError as error:
        if error.code == "missing":
            raise NotFoundError(error.title, error.detail, error.hint) from None
        raise
