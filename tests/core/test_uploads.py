"""Pictures given to search by: kept by content, bounded, safe from odd names and from each other."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.uploads import MOST_UPLOADS, Uploads


def test_a_kept_picture_is_read_by_its_digest(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    digest = uploads.keep(b"a picture")
    assert digest == hashlib.sha256(b"a picture").hexdigest()
    assert uploads.read(digest) == b"a picture"
    assert uploads.keep(b"a picture") == digest
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [digest]


@pytest.mark.parametrize(
    "digest", ["", "0" * 64, "../../../etc/passwd", "/etc/passwd", "." * 64, "../" * 21 + "x", "²" * 64, "a" * 5_000]
)
def test_any_other_name_is_not_found(tmp_path: Path, digest: str) -> None:
    with pytest.raises(NotFoundError, match="no longer kept") as caught:
        Uploads(tmp_path).read(digest)
    assert caught.value.hint == "Drop the picture again."


def test_the_least_recently_used_are_dropped(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    digests = [f"{number:064x}" for number in range(MOST_UPLOADS)]
    for number, digest in enumerate(digests):
        (tmp_path / digest).write_bytes(b"x")
        os.utime(tmp_path / digest, (number, number))
    uploads.read(digests[0])
    new = uploads.keep(b"one more")
    left = {path.name for path in tmp_path.iterdir()}
    assert len(left) == MOST_UPLOADS
    assert {digests[0], new} <= left
    assert digests[1] not in left


def test_one_picture_kept_by_many_at_once(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        digests = set(pool.map(lambda _: uploads.keep(b"the same" * 10_000), range(200)))
    assert len(digests) == 1
    assert [path.name for path in tmp_path.iterdir()] == list(digests)
