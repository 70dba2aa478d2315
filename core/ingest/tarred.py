"""Tar archives: an index is made once, then files are read by their place in it.

A compressed tar can only be read from its start, so it is unpacked once to an unnamed temporary file, which the system
removes when it is closed or the process ends. That file may take all but a gigabyte of the space that is free there.
"""

import bz2
import gzip
import io
import lzma
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from core.errors import ImageError, SourceError
from core.ingest.files import check_size

BLOCK_BYTES = 1 << 20
SPARE_BYTES = 1 << 30  # left free where temporary files lie
OPENERS: tuple[tuple[bytes, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"\xfd7zXZ\0", lzma.open),
    (b"BZh", bz2.open),
)


@dataclass(frozen=True, slots=True)
class _Member:
    offset: int  # of its first byte in the unpacked archive
    size: int  # bytes
    modified: float  # seconds since 1970


class TarArchive:
    """An open tar archive; reading is safe from several threads, since each read states its own position."""

    scheme = "tar"

    def __init__(self, path: Path) -> None:
        self.damage = ""
        self.repeated: tuple[str, ...] = ()
        self._file = self._plain(path)
        try:
            self._members = self._index(path.name)
        except BaseException:
            self._file.close()
            raise

    def members(self) -> Sequence[str]:
        """Keys of all files, in the archive's order; of two of the same name the later one counts."""
        return list(self._members)

    def size(self, key: str) -> int:
        """Bytes, as the archive states them."""
        return self._members[key].size

    def signature(self, key: str) -> str:
        """Modification time and size."""
        member = self._members[key]
        return f"{member.modified}:{member.size}"

    def is_encrypted(self, key: str) -> bool:
        """Never: tar knows no passwords."""
        return False

    def read(self, key: str, max_bytes: int, only: int | None = None) -> bytes:
        """All bytes, or the `only` first ones."""
        member = self._members.get(key)
        if member is None:
            raise ImageError(f"“{key}” is not in the archive.", "It may have been replaced.", code="missing")
        if only is None:
            check_size(key, member.size, max_bytes)
        wanted = member.size if only is None else min(only, member.size)
        parts, done = [], 0
        while done < wanted and (part := os.pread(self._file.fileno(), wanted - done, member.offset + done)):
            parts.append(part)
            done += len(part)
        if done < wanted:
            raise ImageError(f"“{key}” cannot be read.", "The archive ends before it does.", code="unreadable")
        return b"".join(parts)

    def close(self) -> None:
        """Close the archive and drop the temporary file."""
        self._file.close()

    def _plain(self, path: Path) -> BinaryIO:
        """The archive itself, or a temporary file with it unpacked."""
        file = path.open("rb")
        mark = file.read(8)
        file.seek(0)
        unpack = next((opener for sign, opener in OPENERS if mark.startswith(sign)), None)
        if unpack is None:
            return file
        with file, unpack(file) as packed:
            return self._unpacked(packed, path.name)

    def _unpacked(self, packed: io.BufferedIOBase, name: str) -> BinaryIO:
        room = shutil.disk_usage(tempfile.gettempdir()).free - SPARE_BYTES
        target = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the archive closes it
        try:
            while block := packed.read1(BLOCK_BYTES):  # read() would lose what precedes damage
                room -= len(block)
                if room < 0:
                    raise SourceError(
                        f"“{name}” is too large to be unpacked.",
                        f"The disk of {tempfile.gettempdir()} has not enough room for it.",
                        "Unpack it to another disk and give the folder.",
                    )
                target.write(block)
        except SourceError:
            target.close()
            raise
        except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            self.damage = f"“{name}” is damaged and ends early: {str(error)[:200]}."
        target.flush()
        return target

    def _index(self, name: str) -> dict[str, _Member]:
        members: dict[str, _Member] = {}
        self._file.seek(0)
        try:
            with tarfile.open(fileobj=self._file, mode="r:") as archive:
                for info in archive:
                    self._add(members, info)
        except (tarfile.TarError, OSError, EOFError, ValueError, IndexError) as error:
            self.damage = self.damage or f"“{name}” is damaged and ends early: {str(error)[:200]}."
        if self.damage and not members:
            raise SourceError(
                f"“{name}” is not an archive that can be read, or it is damaged.",
                self.damage,
                "Zip and tar archives (.tar, .tar.gz, .tar.xz, .tar.bz2) can be read; fetch it again if it is one.",
            )
        return members

    def _add(self, members: dict[str, _Member], info: tarfile.TarInfo) -> None:
        key = _key(info.name)
        if key in members:
            self.repeated += (key,)
        if info.isreg() and not info.issparse():
            members[key] = _Member(info.offset_data, info.size, info.mtime)
        elif info.islnk():
            with suppress(KeyError):
                members[key] = members[_key(info.linkname)]


def _key(name: str) -> str:
    """The member's name; bytes in it that are not UTF-8 are read as Windows-1252, so that it can be stored."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return text.removeprefix("./")
