"""Makes exports for the tests beside it, and reads back what they wrote."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from core.collection.catalog import Catalog
from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.export.bundle import Exported, export
from core.export.request import ExportRequest
from core.ingest.originals import OriginalReader
from core.search import Searcher, Vector
from core.settings import Settings
from core.workspace import Workspace


class KilledError(BaseException):
    """Stands for a kill: nothing catches it."""


class CountingReader(OriginalReader):
    """Reads originals and remembers which."""

    def __init__(self) -> None:
        super().__init__(Settings())
        self.read_uris: list[str] = []

    def read(self, uri: str) -> bytes:
        self.read_uris.append(uri)
        return super().read(uri)


def take(
    space: Workspace, name: str, report=lambda progress: None, originals: OriginalReader | None = None, **what: Any
) -> Exported:
    """Export from "things", everything unless the request says otherwise."""
    request = ExportRequest("things", name, **{"recipe": {}, "whole": True, **what})
    return take_request(space, request, report, originals)


def take_request(
    space: Workspace, request: ExportRequest, report=lambda progress: None, originals: OriginalReader | None = None
) -> Exported:
    """Export what is asked for, from "things" as the caller opens it."""
    return export(
        space.folder,
        space.collection("things"),
        space.catalog("things"),
        space.searcher("things"),
        originals or space.originals,
        request,
        report,
    )


def take_made_up(folder: Path, collection: Collection, name: str, **what: Any) -> Exported:
    """Export from a collection made of arrays alone."""
    request = ExportRequest(collection.name, name, **{"recipe": {}, "whole": True, "images": "none", **what})
    catalog = Catalog(collection.dataset())
    searcher = Searcher(collection, catalog, _no_encoder, _no_upload)
    reader = OriginalReader(Settings())
    return export(folder, collection, catalog, searcher, reader, request)


def contents(path: Path) -> dict[str, bytes]:
    """Every file of a bundle, folder or archive, in the archive's order; the manifest without its moment."""
    if path.is_dir():
        files = {
            item.relative_to(path).as_posix(): item.read_bytes() for item in sorted(path.rglob("*")) if item.is_file()
        }
    else:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            files = {info.filename: archive.read(info) for info in archive.infolist()}
    manifest = json.loads(files["manifest.json"])
    moment = json.dumps(manifest["created"]).encode()
    return files | {"manifest.json": files["manifest.json"].replace(moment, b'"then"')}


def manifest_of(path: Path) -> dict[str, Any]:
    return json.loads(contents(path)["manifest.json"])


def assert_sound(exported: Exported) -> dict[str, bytes]:
    """Every file but the manifest is stated in it, as it is; nothing is left of the making."""
    files = contents(exported.path)
    stated = json.loads(files["manifest.json"])["files"]
    assert [fact["file"] for fact in stated] == list(dict.fromkeys(fact["file"] for fact in stated))
    assert {fact["file"]: (fact["bytes"], fact["sha256"]) for fact in stated} == {
        file: (len(data), hashlib.sha256(data).hexdigest()) for file, data in files.items() if file != "manifest.json"
    }
    assert exported.files == len(files)
    assert exported.exported + exported.failed == exported.rows
    assert not [path for path in exported.path.parent.iterdir() if path.name.endswith((".part", ".old"))]
    return files


def _no_encoder() -> Encoder:
    raise AssertionError("no encoder is needed here")


def _no_upload(digest: str) -> Vector:
    raise AssertionError("no upload is needed here")
