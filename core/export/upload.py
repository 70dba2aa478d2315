"""A whole bundle sent to a bucket, file by file, so that an interrupted upload goes on where it stopped.

Objects that are there with the size and SHA-256 of their file are not sent again. While an upload is under way a mark
lies beside them and no manifest does; the manifest comes last, and what another bundle left there is gone by then.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

from core.errors import InputError, StorageError
from core.export.files import FileFact, fact_of
from core.export.manifest import MANIFEST, read_head
from core.export.pack import archived_head
from core.export.places import S3
from core.export.work import Wanted
from core.ingest.progress import Progress, Report

MARK = ".vitrine-upload"
REQUEST, SHA256 = "vitrine-request", "vitrine-sha256"  # of an object's own metadata
THREADS = 8
AT_ONCE = 256  # files between two reports
STAGE = "Uploading"
HINT = "Start the same again: it goes on where it stopped."


class Upload:
    """The place of one bundle in a bucket."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._tag = hashlib.sha256(json.dumps(wanted.identity, sort_keys=True).encode()).hexdigest()
        whole = wanted.destination.rstrip("/").removeprefix(S3)
        self._is_archive = wanted.layout == "zip"
        self._root = f"{whole}/{wanted.name}{'.zip' if self._is_archive else ''}"
        self._last = self._root if self._is_archive else f"{self._root}/{MANIFEST}"  # is there once all is
        self.address = f"{S3}{self._root}"
        self._files = _file_system()

    def check_target(self) -> None:
        """Refuse to write over anything but an earlier bundle of the same request, or an upload of it under way."""
        with self._asking():
            is_ours = self._tag in (self._tag_of(self._last), self._tag_of(f"{self._root}/{MARK}"))
            is_free = is_ours or not (self._files.exists(self._root) if self._is_archive else self._held())
        if not is_free:
            raise InputError(
                f"There is something at {self.address} already.",
                f"It is not the {self._wanted.noun} of the same request and is not written over.",
                "Choose another name or destination, or remove what is there.",
            )

    def head(self) -> dict[str, Any] | None:
        """The manifest, less its files, of a bundle of the same request that lies there whole; None without one."""
        with self._asking():
            if self._tag_of(self._last) != self._tag:
                return None
            with self._files.open(self._last, "rb") as file:
                return archived_head(file) if self._is_archive else read_head(TextIOWrapper(file, "utf-8", newline=""))

    def send_archive(self, path: Path, report: Report) -> None:
        """Send an archive, which is one object."""
        report(Progress(STAGE, 0, 1))
        with self._asking():
            fact = fact_of(path, path.name)
            if self._metadata(self._root).get(SHA256) != fact.sha256:
                self._put(path, self._root, fact, {REQUEST: self._tag})
            self._compare(fact, int(self._files.info(self._root)["size"]))
        report(Progress(STAGE, 1, 1))

    def send_folder(
        self, bundle: Path, files: Callable[[], Iterable[FileFact]], manifest: FileFact, count: int, report: Report
    ) -> None:
        """Send every file of a bundle, drop what is not of it, and send its manifest at last."""
        with self._asking(), ThreadPoolExecutor(THREADS, thread_name_prefix="upload") as pool:
            held, done = self._held(), 0
            self._files.pipe_file(f"{self._root}/{MARK}", b"", Metadata={REQUEST: self._tag})
            if held.pop(MANIFEST, None) is not None:
                self._files.rm_file(f"{self._root}/{MANIFEST}")
            held.pop(MARK, None)
            waiting = iter(files())
            while some := list(islice(waiting, AT_ONCE)):
                report(Progress(STAGE, done, count))
                list(pool.map(lambda fact: self._send(bundle, fact, held.get(fact.file)), some))
                done += len(some)
            self._check_all(files)
            self._put(bundle / MANIFEST, f"{self._root}/{MANIFEST}", manifest, {REQUEST: self._tag})
            self._files.rm_file(f"{self._root}/{MARK}")
        report(Progress(STAGE, count, count))

    def _send(self, bundle: Path, fact: FileFact, held: int | None) -> None:
        address = f"{self._root}/{fact.file}"
        if held != fact.bytes or self._metadata(address).get(SHA256) != fact.sha256:
            self._put(bundle / fact.file, address, fact, {})

    def _check_all(self, files: Callable[[], Iterable[FileFact]]) -> None:
        """Compare what lies there with the bundle, and drop the rest."""
        held = self._held()
        held.pop(MARK, None)
        for fact in files():
            self._compare(fact, held.pop(fact.file, None))
        for file in held:
            self._files.rm_file(f"{self._root}/{file}")

    def _compare(self, fact: FileFact, held: int | None) -> None:
        if held != fact.bytes:
            raise StorageError(f"“{fact.file}” did not arrive whole at {self.address}.", "", HINT)

    def _put(self, path: Path, address: str, fact: FileFact, more: dict[str, str]) -> None:
        self._files.put_file(str(path), address, Metadata={SHA256: fact.sha256, **more})

    def _held(self) -> dict[str, int]:
        """Sizes of the objects below the bundle's place."""
        found = self._files.find(self._root, detail=True, refresh=True)
        before = f"{self._root}/"
        return {name.removeprefix(before): int(fact["size"]) for name, fact in found.items() if name.startswith(before)}

    def _metadata(self, address: str) -> dict[str, str]:
        try:
            return dict(self._files.metadata(address))
        except FileNotFoundError:
            return {}

    def _tag_of(self, address: str) -> str:
        return self._metadata(address).get(REQUEST, "")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Whatever the object storage refuses is a StorageError."""
        refused = import_module("botocore.exceptions").BotoCoreError
        try:
            yield
        except (OSError, refused) as error:
            raise StorageError(
                f"The bucket did not take the {self._wanted.noun} “{self._wanted.name}”.",
                f"{self.address}: {' '.join(str(error).split())[:300]}",
                f"Check the bucket, the AWS_ variables with its keys and AWS_ENDPOINT_URL. {HINT}",
            ) from error


def _file_system() -> Any:
    import fsspec  # type: ignore[import-untyped]

    try:
        return fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)
    except ImportError as error:
        raise StorageError("Exports to a bucket need s3fs.", "", "Install it: pip install s3fs") from error
