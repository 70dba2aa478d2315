"""Pictures given to search by: held by content, stored only where asked, bounded, safe from odd names."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.uploads import MOST_HELD, MOST_KEPT, Uploads


def test_a_held_picture_is_read_by_its_digest_and_never_stored(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    digest = uploads.hold(b"a picture")
    assert digest == hashlib.sha256(b"a picture").hexdigest()
    assert uploads.read(digest) == b"a picture"
    assert uploads.hold(b"a picture") == digest
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotFoundError, match="no longer held"):
        Uploads(tmp_path / "uploads").read(digest)


def test_a_kept_picture_is_read_by_another_process(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "uploads")
    digest = uploads.hold(b"a picture")
    uploads.keep(digest)
    uploads.keep(digest)
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [digest]
    other = Uploads(tmp_path / "uploads")
    assert other.read(digest) == b"a picture"
    other.keep(digest)


@pytest.mark.parametrize(
    "digest", ["", "0" * 64, "../../../etc/passwd", "/etc/passwd", "." * 64, "../" * 21 + "x", "²" * 64, "a" * 5_000]
)
def test_any_other_name_is_not_found(tmp_path: Path, digest: str) -> None:
    uploads = Uploads(tmp_path)
    for ask in (uploads.read, uploads.keep):
        with pytest.raises(NotFoundError, match="no longer held") as caught:
            ask(digest)
        assert caught.value.hint == "Drop the picture again."


def test_the_least_recently_used_are_dropped_from_disk(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    digests = [f"{number:064x}" for number in range(MOST_KEPT)]
    for number, digest in enumerate(digests):
        (tmp_path / digest).write_bytes(b"x")
        os.utime(tmp_path / digest, (number, number))
    uploads.read(digests[0])
    new = uploads.hold(b"one more")
    uploads.keep(new)
    left = {path.name for path in tmp_path.iterdir()}
    assert len(left) == MOST_KEPT
    assert {digests[0], new} <= left
    assert digests[1] not in left


def test_memory_is_bounded_in_pictures_and_in_bytes(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    digests = [uploads.hold(str(number).encode()) for number in range(MOST_HELD)]
    uploads.read(digests[0])
    uploads.hold(b"one more")
    assert uploads.read(digests[0]) == b"0"
    with pytest.raises(NotFoundError):
        uploads.read(digests[1])
    small = Uploads(tmp_path, most_held_bytes=100)
    first, second = small.hold(b"a" * 60), small.hold(b"b" * 60)
    assert small.read(second) == b"b" * 60
    with pytest.raises(NotFoundError):
        small.read(first)
    assert small.read(small.hold(b"c" * 200)) == b"c" * 200


def test_one_picture_kept_by_many_at_once(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)

    def keep(_: int) -> str:
        digest = uploads.hold(b"the same" * 10_000)
        uploads.keep(digest)
        return digest

    with ThreadPoolExecutor(16) as pool:
        digests = set(pool.map(keep, range(200)))
    assert len(digests) == 1
    assert [path.name for path in tmp_path.iterdir()] == list(digests)
