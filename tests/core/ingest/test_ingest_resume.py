"""Killed at any point and started again, an ingest ends as one that nobody disturbed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import lance
import pytest

from core.collection.store import Collection, open_collections
from core.errors import StorageError
from core.ingest.pipeline import ingest
from core.ingest.plan import IngestRequest
from core.settings import ROOT
from tests.core.ingest.bench import Bench, draw_into, miniature

KILL_SECONDS = 60.0  # within which the moment of the kill has to come
MOVING = ("added_at",)


class KilledError(BaseException):
    """Stands for a kill: nothing catches it."""


def commits(bench: Bench) -> int:
    return len(list((bench.collection().path / "_versions").glob("*.manifest")))


def kill_when(bench: Bench, source: Path, moment: Callable[[], bool], chunk_rows: int = 4) -> None:
    """Start the command in a process of its own and kill it, without warning, at the moment."""
    environment = os.environ | {
        "VITRINE_WORKSPACE": str(bench.folder),
        "VITRINE_CHUNK_ROWS": str(chunk_rows),
        "VITRINE_BATCH_IMAGES": "2",
    }
    command = [sys.executable, "-m", "cli.main", "ingest", str(source), "-c", "c", "--json"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        end = time.monotonic() + KILL_SECONDS
        while not moment() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def undisturbed(bench: Bench, *sources: Path) -> dict:
    twin = Bench(bench.folder.with_name("undisturbed"), bench.encoder, bench.settings)
    for source in sources:
        twin.bring(source)
    return twin.rows("c", *MOVING)


def assert_same(found: dict, expected: dict) -> None:
    """Equal in ids and values; vectors up to what the size of a batch does to the last digits."""
    assert found.keys() == expected.keys()
    for id, row in expected.items():
        assert found[id].pop("vector") == pytest.approx(row["vector"], abs=1e-4)
        assert found[id] == {name: value for name, value in row.items() if name != "vector"}


def test_killed_again_and_again_while_images_come_in(bench, tmp_path):
    source = miniature(tmp_path / "mini.zip").path
    kill_when(bench, source, bench.collection().path.exists)
    kill_when(bench, source, lambda: commits(bench) >= 3)
    seen = len(bench.rows()) if bench.collection().exists() else 0
    assert seen % 4 == 0
    ledger = bench.bring(source)
    assert (ledger.counts.images_added, ledger.counts.images_unchanged) == (34 - seen, seen)
    assert ledger.counts.duplicate_groups == 2
    assert_same(bench.rows("c", *MOVING), undisturbed(bench, source))
    version = bench.collection().version
    bench.bring(source)
    assert bench.collection().version == version


def test_killed_while_metadata_columns_are_added(bench, tmp_path):
    source = draw_into(tmp_path / "p", *(f"{number}.png" for number in range(30)))
    bench.bring(source)
    columns = [f"Column {number}" for number in range(12)]
    lines = [",".join(["id", *columns])] + [",".join([str(place), *["x"] * 12]) for place in range(30)]
    (source / "metadata.csv").write_text("\n".join(lines))
    before = commits(bench)
    for more in (1, 2):  # after the columns, and after their labels
        kill_when(bench, source, lambda more=more: commits(bench) >= before + more)
    assert bench.bring(source).counts.images_unchanged == 30
    assert_same(bench.rows("c", *MOVING), undisturbed(bench, source))
    fields = bench.collection().schema
    assert fields.field("Column_7").metadata == {b"vitrine.label": b"Column 7"}


def test_killed_while_the_index_is_made(bench, tmp_path, monkeypatch):
    count = 1_010
    source = draw_into(tmp_path / "p", *(f"{'ab'[number % 2]}/{number}.png" for number in range(count)))
    bench.settings = type(bench.settings)(chunk_rows=400)
    with monkeypatch.context() as patch:
        patch.setattr("core.collection.store.LEAST_INDEXED", 10**6)
        bench.bring(source)
    indices = bench.collection().path / "_indices"
    before = commits(bench)
    kill_when(bench, source, indices.exists)
    kill_when(bench, source, lambda: commits(bench) >= before + 2)
    bench.bring(source)
    dataset = bench.collection().dataset()
    indexed = {name for index in dataset.describe_indices() for name in index.field_names}
    assert indexed == {"vector", "id", "folder", "tags"}
    assert dataset.stats.index_stats("vector_idx")["num_unindexed_rows"] == 0
    assert len(bench.rows()) == count
    version = bench.collection().version
    bench.bring(source)
    assert bench.collection().version == version


@pytest.mark.parametrize("at", range(1, 8))
@pytest.mark.parametrize("when", ["before", "after"])
def test_stopped_around_any_write(bench, tmp_path, monkeypatch, at, when):
    """Every write of a run that adds, changes and updates; a kill between two writes leaves nothing else."""
    source = draw_into(tmp_path / "p", *(f"a/{number}.png" for number in range(12)), "b/3.png")
    bench.bring(source)
    draw_into(source, *(f"a/{number}.png" for number in range(3)), first=200)  # changed
    os.utime(source / "a" / "7.png", (1, 1))
    draw_into(source, *(f"c/{number}.png" for number in range(10, 30)), first=100)
    (source / "metadata.csv").write_text("id,n,t\n" + "".join(f"{number},{number},x\n" for number in range(30)))
    left = at

    def counting(write):
        def wrapped(self, *args, **kwargs):
            nonlocal left
            left -= 1
            if left == 0 and when == "before":
                raise KilledError
            write(self, *args, **kwargs)
            if left == 0:
                raise KilledError

        return wrapped

    with monkeypatch.context() as patch:
        for name in ("create", "append", "update", "ensure_columns", "build_indexes"):
            patch.setattr(Collection, name, counting(getattr(Collection, name)))
        with pytest.raises(KilledError):
            bench.bring(source)
    bench.bring(source)
    found = bench.rows("c", *MOVING)
    twin = Bench(tmp_path / "twin", bench.encoder, bench.settings)
    twin.bring(source, id_column="id")
    expected = twin.rows("c", *MOVING)
    assert len(found) == len(expected) == 33
    assert {row["uri"]: row["content_hash"] for row in found.values()} == {
        row["uri"]: row["content_hash"] for row in expected.values()
    }
    assert {row["uri"]: row["n"] for row in found.values()} == {row["uri"]: row["n"] for row in expected.values()}
    assert bench.bring(source).counts.metadata_updated == 0


def test_a_creation_that_was_killed_is_no_collection(bench, tmp_path):
    place = bench.collection().path
    (place / "_versions").mkdir(parents=True)
    (place / "_versions" / "18446744073709551614.manifest#1").write_bytes(b"half")
    (place / "data").mkdir()
    (place / "data" / "half.lance").write_bytes(b"half")
    assert open_collections(bench.folder) == []
    assert bench.bring(draw_into(tmp_path / "p", "a.png")).counts.images_added == 1


@pytest.mark.parametrize("fails", ["add_columns", "drop_columns", "alter_columns"])
def test_a_column_that_was_changing_its_type_when_killed(bench, tmp_path, monkeypatch, fails):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    (source / "metadata.csv").write_text("id,price,late\na,1,\nb,2,\n")
    bench.bring(source)
    (source / "metadata.csv").write_text("id,price,late\na,1.5,7\nb,2,8\n")

    from lancedb.table import LanceTable

    whole = getattr(LanceTable, fails)

    def killed(self, *args, **kwargs):
        whole(self, *args, **kwargs)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(LanceTable, fails, killed)
        with pytest.raises(KilledError):
            bench.bring(source)
    bench.bring(source)
    schema = bench.collection().schema
    assert [str(schema.field(name).type) for name in ("price", "late")] == ["double", "int64"]
    assert {id: (row["price"], row["late"]) for id, row in bench.rows().items()} == {"a": (1.5, 7), "b": (2.0, 8)}
    assert not [name for name in schema.names if name.startswith("retyped-")]


# --- a disk that is full -------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, whose size a test can change."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a file system")

    def resize(size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)

    yield place, resize
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("size", ["8k", "24k", "60k", "120k"])
def test_a_full_disk_stops_an_ingest_that_goes_on_when_there_is_room(bench, tmp_path, small_disk, size):
    source = miniature(tmp_path / "mini.zip").path
    bench.folder, resize = small_disk[0] / "workspace", small_disk[1]
    resize(size)
    with pytest.raises(StorageError) as caught:
        bench.bring(source)
    assert "The disk is full" in caught.value.title
    assert "goes on where it stopped" in caught.value.hint
    if bench.collection().exists():
        assert bench.rows()
    resize("64m")
    bench.bring(source)
    whole = Bench(tmp_path / "whole", bench.encoder, bench.settings)
    whole.bring(source)
    assert_same(bench.rows("c", *MOVING), whole.rows("c", *MOVING))


def test_a_limit_on_the_size_of_files_is_told_as_such(bench, tmp_path):
    resource = pytest.importorskip("resource")
    source = miniature(tmp_path / "mini.zip").path
    request = IngestRequest(str(source), "c")
    held = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, held[1]))
    try:
        with pytest.raises(StorageError) as caught:
            ingest(bench.folder, request, lambda: bench.encoder, bench.settings)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, held)
    assert "could not be written" in caught.value.title
    assert not bench.collection().exists()
    assert bench.bring(source).counts.images_added == 34
    assert lance.dataset(str(bench.collection().path)).count_rows() == 34
