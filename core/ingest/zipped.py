"""Zip archives, read member by member with every stated size held to."""

import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from core.errors import ImageError, SourceError
from core.ingest.files import check_size

ENCRYPTED = 0x1  # flag bit of a member that needs a password
UTF8_NAME = 0x800  # flag bit of a member whose name is stated to be UTF-8
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without a bound on memory


class ZipArchive:
    """An open zip archive; reading is safe from several threads."""

    scheme = "zip"
    damage = ""

    def __init__(self, path: Path) -> None:
        # Handing ZipFile an open file keeps it from closing the file when it miscounts readers in other threads.
        self._file = path.open("rb")
        try:
            self._zip = zipfile.ZipFile(self._file)
        except Exception as error:
            self._file.close()
            raise SourceError(
                f"“{path.name}” is a damaged zip archive.",
                f"Its list of contents cannot be read: {str(error)[:200]}.",
                "Fetch it again; a download that was cut short looks like this.",
            ) from error
        files = [(_key(info), info) for info in self._zip.infolist() if not info.is_dir()]
        self._members = dict(files)
        self.repeated = tuple(key for key, count in Counter(key for key, _ in files).items() if count > 1)

    def members(self) -> Sequence[str]:
        """Keys of all files, in the archive's order; of two of the same name the later one counts."""
        return list(self._members)

    def size(self, key: str) -> int:
        """Bytes, as the archive states them."""
        return self._members[key].file_size

    def signature(self, key: str) -> str:
        """Checksum and size."""
        info = self._members[key]
        return f"{info.CRC:08x}:{info.file_size}"

    def is_encrypted(self, key: str) -> bool:
        """Whether the file needs a password."""
        return bool(self._members[key].flag_bits & ENCRYPTED)

    def read(self, key: str, max_bytes: int, only: int | None = None) -> bytes:
        """All bytes, or the `only` first ones; never more than `max_bytes` are unpacked, whatever the header says."""
        info = self._members.get(key)
        if info is None:
            raise ImageError(f"“{key}” is not in the archive.", "It may have been replaced.", code="missing")
        if info.flag_bits & ENCRYPTED:
            detail = "It is protected by a password."
            raise ImageError(f"“{key}” cannot be read.", detail, "Unpack the archive with it.", code="encrypted")
        if info.compress_type not in METHODS:
            detail = f"It is compressed by method {info.compress_type}."
            raise ImageError(
                f"“{key}” cannot be read.", detail, "Pack the archive anew with Deflate.", code="unreadable"
            )
        if only is None:
            check_size(key, info.file_size, max_bytes)
        try:
            with self._zip.open(info) as member:
                data = member.read(max_bytes + 1 if only is None else only)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            detail = f"The archive is damaged there: {str(error)[:200]}."
            raise ImageError(f"“{key}” cannot be read.", detail, code="unreadable") from error
        check_size(key, len(data), max_bytes)
        return data

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()
        self._file.close()


def _key(info: zipfile.ZipInfo) -> str:
    """The member's name with "/" between its parts; names of unstated encoding are UTF-8 where that is possible."""
    name = info.filename
    if not info.flag_bits & UTF8_NAME and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/")
