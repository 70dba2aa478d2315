"""Folders and archives opened as what they are: a bundle of an export, which its manifest explains, or any other."""

from pathlib import Path

from core.errors import ImageError, SourceError
from core.ingest.archives import TABLE_BYTES_MAX, Archive, ArchiveSource, open_archive
from core.ingest.bundled import BundleSource
from core.ingest.folder import FolderSource
from core.ingest.items import Source
from core.ingest.manifests import HEAD_BYTES, MANIFEST, Bundle, parse_manifest
from core.ingest.sharded import ShardSource
from core.settings import Settings

SHARDED = "webdataset"


def open_folder(path: Path, settings: Settings, as_bundle: bool) -> Source:
    """The images in a folder; a folder whose manifest is of no export is read as any other, with a note."""
    bundle, notes = _told_by(path / MANIFEST) if as_bundle else (None, ())
    if bundle is None:
        return FolderSource(path, settings, notes=notes)
    name = path.absolute().name
    _check(bundle, name)
    if not (path / bundle.table).is_file():
        raise _without_table(bundle, name)
    files: Source = ShardSource(path, settings) if bundle.layout == SHARDED else FolderSource(path, settings)
    return _as_bundle(files, bundle, path / bundle.table)


def open_archived(path: Path, settings: Settings, as_bundle: bool) -> Source:
    """The images in an archive; one whose manifest is of no export is read as any other, with a note."""
    archive = open_archive(path)
    try:
        bundle, notes = _told_in(archive) if as_bundle else (None, ())
        if bundle is not None:
            _check(bundle, path.name)
            if bundle.table not in archive.members():
                raise _without_table(bundle, path.name)
            if bundle.layout == SHARDED:
                raise SourceError(
                    f"“{path.name}” is an archive of shards.",
                    "The shards of an export are archives themselves, and those inside another one are not opened.",
                    "Unpack it and give the folder.",
                )
        table = b"" if bundle is None else _table_in(archive, bundle, path.name)
    except BaseException:
        archive.close()
        raise
    files = ArchiveSource(path, settings, archive=archive, notes=notes)
    return files if bundle is None else _as_bundle(files, bundle, table)


def _as_bundle(files: Source, bundle: Bundle, table: Path | bytes) -> Source:
    try:
        return BundleSource(files, bundle, table)
    except BaseException:
        files.close()
        raise


def _told_by(path: Path) -> tuple[Bundle | None, tuple[str, ...]]:
    """The bundle that a file speaks of, or a note when it speaks of none; neither where there is no file."""
    if not path.is_file():
        return None, ()
    try:
        with path.open("rb") as file:
            return _parsed(file.read(HEAD_BYTES), "")
    except OSError as error:
        return None, (_left_aside(MANIFEST, f"it cannot be read ({error.strerror or error})"),)


def _told_in(archive: Archive) -> tuple[Bundle | None, tuple[str, ...]]:
    """The same of an archive, which may hold the bundle's folder instead of the bundle."""
    found = [key for key in archive.members() if key.endswith(MANIFEST) and _is_manifest(key)]
    if MANIFEST not in found and len(found) != 1:
        return None, ()
    key = MANIFEST if MANIFEST in found else found[0]
    try:
        return _parsed(archive.read(key, HEAD_BYTES, only=HEAD_BYTES), key.removesuffix(MANIFEST))
    except ImageError as error:
        return None, (_left_aside(key, f"it cannot be read ({error.detail})"),)


def _is_manifest(key: str) -> bool:
    folder, _, name = key.rpartition("/")
    return name == MANIFEST and "/" not in folder


def _parsed(data: bytes, prefix: str) -> tuple[Bundle | None, tuple[str, ...]]:
    try:
        return parse_manifest(data, prefix), ()
    except ValueError as error:
        return None, (_left_aside(prefix + MANIFEST, str(error)),)


def _left_aside(key: str, reason: str) -> str:
    return f"{key} was left aside, for {reason}; the rest was read like any other source."


def _check(bundle: Bundle, name: str) -> None:
    """Refuse a bundle that was made without images."""
    if bundle.images == "none":
        raise SourceError(
            f"“{name}” is an export without images.",
            "It was made with the choice of images “none”, so there is only its table.",
            "Export again with originals or thumbnails, or name its table with --table beside a folder of the images.",
        )


def _table_in(archive: Archive, bundle: Bundle, name: str) -> bytes:
    try:
        return archive.read(bundle.table, TABLE_BYTES_MAX)
    except ImageError as error:
        raise SourceError(f"“{bundle.table}” in “{name}” cannot be read.", error.detail or error.title) from error


def _without_table(bundle: Bundle, name: str) -> SourceError:
    return SourceError(
        f"“{name}” is an export whose table is gone.",
        f"There is no {bundle.table} in it.",
        "Put the table back, or leave it aside with --no-table.",
    )
