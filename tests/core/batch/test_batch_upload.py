"""Sets sent to a bucket of a real S3 API server, whole or interrupted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import InputError
from core.export import upload
from core.ingest.progress import Progress
from core.workspace import Workspace
from tests.core.batch.setting import held, request, run, under_way

pytest.importorskip("s3fs")
moto_server = pytest.importorskip("moto.server")
PLACE = "s3://bucket/sets"


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


def objects(bucket: Any) -> dict[str, bytes]:
    return {item.key.removeprefix("sets/"): item.get()["Body"].read() for item in bucket.objects.all()}


@pytest.mark.parametrize("layout", ["folder", "zip", "webdataset"])
def test_a_set_in_a_bucket_is_the_one_made_here(own_workspace: Workspace, bucket: Any, layout: str) -> None:
    asked = {"layout": layout, "recipe": {"n": "8"}, "whole": False}
    here = Path(run(own_workspace, request(**asked)).path)
    sent = run(own_workspace, request(destination=PLACE, **asked))
    assert sent.path == f"s3://bucket/sets/mine{'.zip' if layout == 'zip' else ''}"
    if layout == "zip":
        assert objects(bucket) == {"mine.zip": here.read_bytes()}
    else:
        files = {str(file.relative_to(here)): file.read_bytes() for file in here.rglob("*") if file.is_file()}
        assert objects(bucket) == {f"mine/{name}": data for name, data in files.items()}
    seen: list[str] = []
    again = run(own_workspace, request(destination=PLACE, **asked), lambda progress: seen.append(progress.stage))
    assert (again.made, again.bytes, seen) == (sent.made, sent.bytes, [])  # given back as it is
    with pytest.raises(InputError, match="not the set of the same request"):
        run(own_workspace, request(destination=PLACE, **{**asked, "variants": 3}))


def test_an_interrupted_upload_goes_on_where_it_stopped(
    own_workspace: Workspace, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "AT_ONCE", 10)
    asked = request(destination=PLACE, variants=1)

    def stop(progress: Progress) -> None:
        if progress.stage == "Uploading" and progress.done >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(own_workspace, asked, stop)
    assert "mine/manifest.json" not in objects(bucket)
    assert under_way(own_workspace).exists()
    sent: list[str] = []
    put = upload.Upload._put
    monkeypatch.setattr(
        upload.Upload, "_put", lambda self, path, *rest: (sent.append(path.name), put(self, path, *rest))[1]
    )
    run(own_workspace, asked)
    assert len(sent) == 60 + 3 - 30
    assert not under_way(own_workspace).exists()
    here = held(Path(run(own_workspace, request(variants=1)).path))
    assert objects(bucket) == {f"mine/{name}": data for name, data in here.items()}
