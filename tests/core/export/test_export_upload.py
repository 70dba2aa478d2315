"""Bundles sent to a bucket of a real S3 API server, whole or interrupted."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import InputError, StorageError
from core.export import upload
from core.workspace import Workspace
from tests.core.export.exporting import KilledError, contents, take

pytest.importorskip("s3fs")
moto_server = pytest.importorskip("moto.server")
PLACE = "s3://bucket/some/where"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket, as its owner sees it."""
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    made = boto3.resource("s3").create_bucket(Bucket="bucket")
    made.objects.delete()
    yield made
    made.objects.delete()
    made.meta.client.close()


def held(bucket: Any, below: str = "some/where/") -> dict[str, bytes]:
    """Every object below a prefix; the manifest without its moment."""
    found = {item.key.removeprefix(below): item.get()["Body"].read() for item in bucket.objects.filter(Prefix=below)}
    for name, data in found.items():
        if name.endswith("manifest.json"):
            moment = json.dumps(json.loads(data)["created"]).encode()
            found[name] = data.replace(moment, b'"then"')
    return found


@pytest.mark.parametrize(
    "what",
    [
        {"layout": "folder", "embeddings": "npy"},
        {"layout": "webdataset"},
        {"layout": "imagefolder", "label_column": "shape"},
    ],
)
def test_a_bundle_in_a_bucket_is_the_one_in_a_folder(own_workspace: Workspace, bucket: Any, what: dict) -> None:
    told = []
    made = take(own_workspace, "sent", told.append, destination=PLACE, **what)
    assert made.summary()["path"] == "s3://bucket/some/where/sent"
    here = contents(take(own_workspace, "sent", **what).path)
    assert held(bucket, "some/where/sent/") == here
    assert (told[-1].stage, told[-1].done, told[-1].total) == ("Uploading", made.files, made.files)
    stated = {fact["file"]: fact["sha256"] for fact in json.loads(here["manifest.json"])["files"]}
    for item in bucket.objects.filter(Prefix="some/where/sent/"):
        name = item.key.removeprefix("some/where/sent/")
        sent = item.Object().metadata["vitrine-sha256"]
        assert sent == stated.get(name, sent)
        assert sent == hashlib.sha256(item.get()["Body"].read()).hexdigest()


def test_an_archive_is_one_object(own_workspace: Workspace, bucket: Any) -> None:
    made = take(own_workspace, "packed", layout="zip", destination=PLACE)
    objects = held(bucket)
    assert list(objects) == ["packed.zip"]
    with zipfile.ZipFile(io.BytesIO(objects["packed.zip"])) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == made.files
    take(own_workspace, "packed", layout="zip", destination=PLACE)
    with pytest.raises(InputError, match=r"something at s3://bucket/some/where/packed\.zip"):
        take(own_workspace, "packed", layout="zip", images="none", destination=PLACE)


def test_an_interrupted_upload_sends_nothing_twice(
    own_workspace: Workspace, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "AT_ONCE", 10)

    def stop(progress):
        if progress.stage == "Uploading" and progress.done >= 30:
            raise KilledError

    with pytest.raises(KilledError):
        take(own_workspace, "killed", stop, destination=PLACE)
    there = held(bucket)
    assert len(there) == 31
    assert "killed/manifest.json" not in there
    assert not (own_workspace.folder / "exports/killed").exists()
    bucket.put_object(Key="some/where/killed/images/thing-010.jpg", Body=b"half")
    bucket.put_object(Key="some/where/killed/images/stray.jpg", Body=b"stray")
    sent: list[str] = []
    put = upload.Upload._put
    monkeypatch.setattr(
        upload.Upload, "_put", lambda self, path, *rest: (sent.append(path.name), put(self, path, *rest))[1]
    )
    made = take(own_workspace, "killed", destination=PLACE)
    assert len(sent) == made.files - 29  # thirty lie there, of which one is damaged
    assert "thing-010.jpg" in sent
    assert sent[-1] == "manifest.json"
    assert held(bucket, "some/where/killed/") == contents(take(own_workspace, "killed").path)
    assert not list((own_workspace.folder / "exports").glob(".*.part"))


def test_the_same_again_replaces_what_changed(own_workspace: Workspace, bucket: Any) -> None:
    take(own_workspace, "again", destination=PLACE)
    before = held(bucket)
    take(own_workspace, "again", destination=PLACE)
    assert held(bucket) == before
    own_workspace.delete("things", ["thing-010", "thing-011"])
    take(own_workspace, "again", destination=PLACE)
    assert {name.rpartition("/")[2] for name in set(before) - set(held(bucket))} == {"thing-010.jpg", "thing-011.png"}


def test_nothing_else_is_written_over(own_workspace: Workspace, bucket: Any) -> None:
    bucket.put_object(Key="some/where/mine/notes.txt", Body=b"mine")
    with pytest.raises(InputError, match="something at s3://bucket/some/where/mine"):
        take(own_workspace, "mine", destination=PLACE)
    take(own_workspace, "other", images="none", destination=PLACE)
    with pytest.raises(InputError, match="something at"):
        take(own_workspace, "other", images="none", metadata="jsonl", destination=PLACE)
    take(own_workspace, "min", images="none", destination=PLACE)  # whose name another's begins with
    assert held(bucket)["mine/notes.txt"] == b"mine"


def test_a_bucket_that_is_not_there_is_told(own_workspace: Workspace, bucket: Any) -> None:
    with pytest.raises(StorageError, match="did not take the export “lost”") as caught:
        take(own_workspace, "lost", images="none", destination="s3://no-such-bucket")
    assert "goes on where it stopped" in caught.value.hint
