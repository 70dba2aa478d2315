"""Sets as folder, zip and shards: the same bytes again, whoever made them and however often they were killed."""

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from core.batch.augment import STAGE, AugmentRequest
from core.collection.tags import replace_tags
from core.errors import InputError, NotFoundError, StorageError
from core.export import shards
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress
from core.outputs import AUGMENTED, Outputs
from core.settings import ROOT
from core.timing import collect, together
from core.workspace import Workspace
from tests.core.batch.setting import SLOWLY, digests, held, request, rows_in, run, under_way

LAYOUTS = ("folder", "zip", "webdataset")
KILL_SECONDS = 300.0  # on a machine with much else to do


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several shards, and processes of their own however few pictures there are."""
    monkeypatch.setattr(shards, "MOST_IMAGES", 50)
    monkeypatch.setattr("core.batch.augment.LEAST_PICTURES", 1)
    monkeypatch.setattr("core.batch.augment.CHUNK_IMAGES", 7)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_holds_every_picture_as_its_tables_and_manifest_say(
    own_workspace: Workspace, few: None, layout: str
) -> None:
    made = run(own_workspace, request(layout=layout, format="jpeg", quality=70))
    assert made.path == str(own_workspace.folder / "augmented" / ("mine.zip" if layout == "zip" else "mine"))
    assert (made.images, made.made, made.layout) == (60, 120, layout)
    files = held(Path(made.path))
    rows = rows_in(files)
    assert len(rows) == 120 == len({row["id"] for row in rows})
    for row in rows:
        data = files[row["file"]]
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (row["sha256"], row["bytes"])
        with Image.open(io.BytesIO(data)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (row["width"], row["height"]))
        assert (row["original_collection"], row["pipeline"], row["seed"]) == ("things", "strong", 5)
    table = pq.read_table(io.BytesIO(files["metadata.parquet"])).to_pylist()
    assert [{**row, "drawn": json.loads(row["drawn"])}["drawn"] for row in table] == [row["drawn"] for row in rows]
    manifest = json.loads(files["manifest.json"])
    assert manifest["output"] == {"format": "jpeg", "quality": 70, "colour": "srgb", "metadata": "strip"}
    for fact in manifest["files"]:
        if not fact["file"].endswith(".tar"):
            assert hashlib.sha256(files[fact["file"]]).hexdigest() == fact["sha256"]
    if layout == "webdataset":
        assert [fact["file"] for fact in manifest["files"]][2:] == [f"shards/{n:06}.tar" for n in range(3)]
        keys = [name.rpartition("/")[2] for name in files if name.startswith("shards")]
        assert keys[::2] == [f"{row['id']}.jpg" for row in rows]
        told = [json.loads(files[name]) for name in files if name.startswith("shards") and name.endswith(".json")]
        assert told == [{name: value for name, value in row.items() if name != "file"} for row in rows]
    assert not list(Path(made.path).parent.glob("*.part"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_number_of_processes_makes_the_same_bytes(own_workspace: Workspace, few: None, layout: str) -> None:
    one = run(own_workspace, request(layout=layout, name="one", format="jpeg"), augment_processes=1)
    two = run(own_workspace, request(layout=layout, name="two", format="jpeg"), augment_processes=2)
    assert digests(Path(one.path)) == digests(Path(two.path))


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_killed_and_started_again_it_is_as_if_nobody_had_disturbed_it(
    own_workspace: Workspace, layout: str, processes: int
) -> None:
    asked = request(layout=layout, pipeline={"preset": "weak"}, format="jpeg")
    whole = run(own_workspace, replace(asked, name="whole"), augment_processes=1)
    work = under_way(own_workspace, "zip" if layout == "zip" else "folder")
    killed(own_workspace, asked, work, processes)
    seen: list[Progress] = []
    made = run(own_workspace, asked, seen.append, augment_processes=processes)
    assert next(progress.done for progress in seen if progress.stage == STAGE) >= 9
    assert digests(Path(made.path)) == digests(Path(whole.path))
    assert not work.exists()


@pytest.mark.parametrize("processes", [1, 2])
def test_what_a_set_took_is_told_step_by_step_whoever_made_it(
    own_workspace: Workspace, few: None, processes: int
) -> None:
    with collect() as timings:
        run(own_workspace, request(format="jpeg"), augment_processes=processes)
    steps = {(*step.inside, step.name): step for step in together(timings.steps)}
    assert (steps["make",].rows_in, steps["make",].rows_out) == (60, 60)
    inner = {path[-1]: step.rows_out for path, step in steps.items() if path[:-1] == ("make",) and path[-1] != "sql"}
    assert inner == {"read": 60, "decode": 60, "augment": 120, "encode": 120, "write": 120}
    spent = sum(steps["make", name].milliseconds for name in inner)
    assert 0 < spent <= steps["make",].milliseconds * max(2, own_workspace.settings.decode_threads)


def killed(space: Workspace, asked: AugmentRequest, work: Path, processes: int) -> None:
    """Kill a run when nine images are done; none of its processes may outlive it."""
    command = [sys.executable, "-c", SLOWLY, str(space.folder), json.dumps(asdict(asked)), str(processes)]
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)) as process:
        end = time.monotonic() + KILL_SECONDS
        while process.poll() is None and time.monotonic() < end:
            if (work / "journal.jsonl").exists() and (work / "journal.jsonl").read_bytes().count(b"\n") >= 9:
                break
            time.sleep(0.001)
        children = [int(pid) for pid in _children(process.pid)]
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    end = time.monotonic() + KILL_SECONDS
    while time.monotonic() < end and any(_lives(pid) for pid in children):
        time.sleep(0.01)
    assert not any(_lives(pid) for pid in children)


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_killed_as_it_packed_it_ends_the_same(own_workspace: Workspace) -> None:
    for layout in ("zip", "webdataset"):
        whole = run(own_workspace, request(layout=layout, name=f"whole-{layout}", variants=1))

        def stop(progress: Progress) -> None:
            if progress.stage.startswith("Packing") and progress.done > 3:
                raise KeyboardInterrupt

        asked = request(layout=layout, variants=1)
        with pytest.raises(KeyboardInterrupt):
            run(own_workspace, asked, stop)
        made = run(own_workspace, asked)
        assert digests(Path(made.path)) == digests(Path(whole.path))


def test_a_process_that_dies_is_an_error_that_can_be_gone_on_from(
    own_workspace: Workspace, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(StorageError, match="process that makes pictures died"):
        run(own_workspace, request(), augment_processes=2)
    monkeypatch.undo()
    assert run(own_workspace, request()).made == 120


def test_a_process_ends_with_its_parent_whatever_it_is_at() -> None:
    busy = (
        "import threading, time; from core.batch import crew\n"
        "threading.Thread(target=crew._end_with_parent, daemon=True).start()\n"
        "print('up', flush=True); time.sleep(300)"
    )
    command = [sys.executable, "-c", busy]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(60) == 0


def test_chosen_images_come_in_their_order(own_workspace: Workspace) -> None:
    ids = ("thing-030", "thing-010", "thing-020")
    made = run(own_workspace, request(ids=ids, whole=False, layout="zip"))
    rows = rows_in(held(Path(made.path)))
    assert [row["original_id"] for row in rows] == [id for id in ids for _ in range(2)]
    assert made.sentence.startswith("3 images chosen from")
    with pytest.raises(NotFoundError, match="There is no image “nobody”"):
        run(own_workspace, request(ids=("nobody",), whole=False, name="other"))


def test_a_set_goes_to_another_folder_and_nothing_there_is_written_over(
    own_workspace: Workspace, tmp_path: Path
) -> None:
    here = run(own_workspace, request())
    there = run(own_workspace, request(destination=str(tmp_path / "out")))
    assert there.path == str(tmp_path / "out" / "mine")
    assert digests(Path(there.path)) == digests(Path(here.path))
    (tmp_path / "out" / "notes").mkdir()
    with pytest.raises(InputError, match="is not a set"):
        run(own_workspace, request(name="notes", destination=str(tmp_path / "out")))


def test_without_steps_it_only_converts(own_workspace: Workspace, tmp_path: Path) -> None:
    source = tmp_path / "photos"
    source.mkdir()
    pixels = np.random.default_rng(3).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[271] = "A camera"
    Image.fromarray(pixels).save(source / "one.png", exif=exif)
    own_workspace.ingest(IngestRequest(str(source), "photos"))
    plain = {"name": "as it is", "steps": []}
    for metadata, colour in (("keep", "srgb"), ("strip", "grey")):
        asked = request(collection="photos", pipeline=plain, variants=1, format="png", name=metadata)
        made = run(own_workspace, replace(asked, metadata=metadata, colour=colour))
        files = held(Path(made.path))
        with Image.open(io.BytesIO(files[rows_in(files)[0]["file"]])) as picture:
            assert picture.mode == ("RGB" if colour == "srgb" else "L")
            assert picture.getexif().get(271) == ("A camera" if metadata == "keep" else None)
            if colour == "srgb":
                assert (np.asarray(picture) == pixels).all()


def test_finished_sets_are_listed_with_what_they_are(own_workspace: Workspace) -> None:
    replace_tags(own_workspace.collection("things"), {"thing-020": ["seen"]}, lambda tag: False)
    for layout in LAYOUTS:
        run(own_workspace, request(layout=layout, name=layout, recipe={"n": "3"}, whole=False, format="jpeg"))
    (own_workspace.folder / "augmented" / "stray").mkdir()
    (own_workspace.folder / "augmented" / "stray" / "manifest.json").write_text("[]")
    outputs = Outputs(own_workspace.folder)
    assert {(one.name, one.layout, one.made, one.images, one.pipeline) for one in outputs.sets()} == {
        (layout, layout, 6, 3, "strong") for layout in LAYOUTS
    }
    assert outputs.free_name("zip", AUGMENTED) == "zip-2"
    for one in outputs.sets():
        assert outputs.place(one).exists()
        outputs.remove(one.name, is_archive=one.is_archive, kind=AUGMENTED)
        assert not outputs.place(one).exists()
    assert outputs.sets() == []
