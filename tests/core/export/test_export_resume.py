"""Killed at any point and started again, an export ends as one that nobody disturbed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from core.errors import StorageError
from core.export.journal import Journal, Kept
from core.ingest.progress import Progress
from core.settings import ROOT
from core.workspace import Workspace
from tests.core.export.exporting import CountingReader, KilledError, assert_sound, contents, take

KILL_SECONDS = 60.0  # within which the moment of the kill has to come
SLOW_EXPORT = """
import sys, time
from pathlib import Path
from core.ingest.originals import OriginalReader
from core.settings import Settings
from core.workspace import Workspace
from tests.core.export.exporting import take

class Slow(OriginalReader):
    def read(self, uri):
        time.sleep(0.02)
        return super().read(uri)

settings = Settings(workspace=Path(sys.argv[1]))
report = lambda progress: time.sleep(0.02 if progress.stage.startswith("Packing") else 0)
take(Workspace.open(settings), "killed", report, Slow(settings), layout=sys.argv[2])
"""


def kill_when(space: Workspace, layout: str, moment: Callable[[], bool]) -> None:
    """Export in a process of its own and kill it, without warning, at the moment."""
    command = [sys.executable, "-c", SLOW_EXPORT, str(space.folder), layout]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        end = time.monotonic() + KILL_SECONDS
        while not moment() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def part(space: Workspace, layout: str) -> Path:
    return space.folder / "exports" / f".killed.{layout}.part"


def noted(work: Path) -> int:
    """How many images the journal of an export under way knows."""
    if not (work / "journal.sqlite").exists():
        return 0
    with closing(sqlite3.connect(f"file:{work / 'journal.sqlite'}?mode=ro", uri=True)) as journal:
        try:
            return int(journal.execute("SELECT count(*) FROM images").fetchone()[0])
        except sqlite3.OperationalError:  # it has no table yet, or is being written
            return 0


@pytest.mark.parametrize("layout", ["folder", "zip"])
def test_killed_among_the_images(own_workspace: Workspace, layout: str) -> None:
    kill_when(own_workspace, layout, lambda: noted(part(own_workspace, layout)) >= 20)
    assert not [path for path in (own_workspace.folder / "exports").iterdir() if not path.name.startswith(".")]
    reader = CountingReader()
    made = take(own_workspace, "killed", originals=reader, layout=layout)
    assert len(reader.read_uris) <= 40  # twenty of sixty were in the journal
    assert_sound(made)
    assert contents(made.path) == contents(take(own_workspace, "undisturbed", layout=layout).path)


def test_killed_while_it_is_packed(own_workspace: Workspace) -> None:
    archive = part(own_workspace, "zip") / "bundle.zip"
    kill_when(own_workspace, "zip", lambda: archive.exists() and archive.stat().st_size > 0)
    assert not (own_workspace.folder / "exports" / "killed.zip").exists()
    reader = CountingReader()
    made = take(own_workspace, "killed", originals=reader, layout="zip")
    assert reader.read_uris == []
    assert_sound(made)
    assert made.path.read_bytes().count(b"PK\3\4") >= made.files
    assert contents(made.path) == contents(take(own_workspace, "undisturbed", layout="zip").path)


def stop_at(moment: int) -> Callable[[Progress], None]:
    """A report that stops the export when it is told of progress for this time."""
    told: list[Progress] = []

    def stop(progress: Progress) -> None:
        told.append(progress)
        if len(told) > moment:
            raise KilledError

    return stop


@pytest.mark.parametrize("images", ["original", "thumbnail", "none"])
def test_stopped_wherever_it_tells_of_progress(own_workspace: Workspace, images: str) -> None:
    what = {"images": images, "layout": "zip", "metadata": "parquet"}
    for moment in range(5):
        with pytest.raises(KilledError):
            take(own_workspace, "stopped", stop_at(moment), **what)
        assert not (own_workspace.folder / "exports" / "stopped.zip").exists()
    made = take(own_workspace, "stopped", **what)
    assert_sound(made)
    assert contents(made.path) == contents(take(own_workspace, "undisturbed", **what).path)


def test_what_was_damaged_meanwhile_is_made_again(own_workspace: Workspace) -> None:
    with pytest.raises(KilledError):
        take(own_workspace, "killed", stop_at(2))  # after fifty images
    images = part(own_workspace, "folder") / "bundle" / "images"
    same_size, shorter, gone = sorted(images.iterdir())[10:13]
    same_size.write_bytes(bytes(same_size.stat().st_size))
    shorter.write_bytes(b"half")
    gone.unlink()
    reader = CountingReader()
    made = take(own_workspace, "killed", originals=reader)
    read = {Path(uri).name for uri in reader.read_uris}
    assert {same_size.name, shorter.name, gone.name} < read
    assert len(read) == 13
    assert_sound(made)
    assert contents(made.path) == contents(take(own_workspace, "undisturbed").path)


def test_a_collection_that_changed_meanwhile(own_workspace: Workspace) -> None:
    with pytest.raises(KilledError):
        take(own_workspace, "killed", stop_at(2))
    ids = own_workspace.catalog("things").select("SELECT list(id) FROM images")[0][0]
    own_workspace.collection("things").delete([id for id in ids if id < "thing-030"], "d1", datetime(2026, 1, 2))
    reader = CountingReader()
    made = take(own_workspace, "killed", originals=reader)
    assert len(reader.read_uris) == 10
    files = assert_sound(made)
    assert made.rows == 60 - len([id for id in ids if id < "thing-030"]) == len(files) - 2
    assert contents(made.path) == contents(take(own_workspace, "undisturbed").path)


def test_another_request_of_the_same_name_begins_anew(own_workspace: Workspace) -> None:
    with pytest.raises(KilledError):
        take(own_workspace, "killed", stop_at(2))
    made = take(own_workspace, "killed", images="thumbnail", metadata="jsonl")
    files = assert_sound(made)
    assert "metadata.csv" not in files
    assert all(name.endswith(".webp") for name in files if name.startswith("images/"))


def test_killed_between_two_names(own_workspace: Workspace) -> None:
    made = take(own_workspace, "named")
    before = contents(made.path)
    os.replace(made.path, made.path.with_name(".named.folder.old"))
    assert contents(take(own_workspace, "named").path) == before


@pytest.mark.parametrize("damaged", ["journal.sqlite", "plan.json"])
def test_damaged_notes_cost_time_and_nothing_else(own_workspace: Workspace, damaged: str) -> None:
    with pytest.raises(KilledError):
        take(own_workspace, "killed", stop_at(2))
    (part(own_workspace, "folder") / damaged).write_bytes(b"{neither a database nor JSON" * 500)
    assert_sound(take(own_workspace, "killed"))


def test_a_plan_of_another_shape_is_made_anew(own_workspace: Workspace) -> None:
    with pytest.raises(KilledError):
        take(own_workspace, "killed", stop_at(2))
    plan = part(own_workspace, "folder") / "plan.json"
    held = json.loads(plan.read_text())
    plan.write_text(json.dumps({**held, "selection": {"chosen": held["selection"]}}))
    assert_sound(take(own_workspace, "killed"))


def test_an_image_that_is_back_is_taken(own_workspace: Workspace) -> None:
    path = Path(str(own_workspace.image("things", "thing-020").values["uri"]))
    aside = path.with_name(".aside")
    os.replace(path, aside)
    try:
        assert take(own_workspace, "back").failed == 1
    finally:
        os.replace(aside, path)
    made = take(own_workspace, "back")
    assert (made.failed, "failures.jsonl" in assert_sound(made)) == (0, False)


def test_the_journal_keeps_images_by_place(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    kept = [Kept(f"it's {place}", f"{place}.png", "c" * 64, place, "s" * 64) for place in range(3)]
    journal.place([(2, kept[0]), (0, kept[1])])
    assert list(journal.placed()) == [kept[1], kept[0]]
    journal.close()
    again = Journal(tmp_path / "journal.sqlite")
    assert list(again.placed()) == []
    assert again.of(["it's 0", "it's 2"]) == {"it's 0": kept[0]}
    again.place([(5, kept[0])])
    assert (again.is_placed("0.png"), again.is_placed("1.png")) == (True, False)
    again.close()


# --- a disk that is full -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["4k", "40k", "72k", "120k"])
@pytest.mark.parametrize("layout", ["folder", "zip"])
def test_a_full_disk_stops_an_export_that_goes_on_when_there_is_room(
    own_workspace: Workspace, tmp_path: Path, size: str, layout: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        (own_workspace.folder / "exports").symlink_to(disk)
        with pytest.raises(StorageError) as caught:
            take(own_workspace, "full", layout=layout)
        assert "full" in f"{caught.value.title} {caught.value.detail}"
        assert "goes on where it stopped" in caught.value.hint
        assert not [path for path in disk.iterdir() if not path.name.startswith(".")]
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        made = take(own_workspace, "full", layout=layout)
        assert_sound(made)
        assert contents(made.path) == contents(take(own_workspace, "undisturbed", layout=layout).path)
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
