"""Augmenting a result: every picture accounted for, resumable to the byte, failures told."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from PIL import Image

from core.augment.apply import apply
from core.augment.output import Output
from core.augment.pipeline import parse_pipeline
from core.batch.augment import STAGE, AugmentedSet
from core.batch.picture import Made, Maker, Order, file_stem
from core.batch.tables import column_names
from core.collection.tags import replace_tags
from core.errors import BusyError, InputError, QueryError, VitrineError
from core.ingest.pictures import Stored
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress
from core.query.recipe import Recipe, Words
from core.settings import ROOT
from core.workspace import Workspace
from tests.core.batch.setting import SLOWLY, digests, request, run, under_way

KILL_SECONDS = 60.0


def small_chunks(workspace: Workspace) -> Workspace:
    return Workspace.open(replace(workspace.settings, chunk_rows=7, batch_images=2, decode_threads=2))


def lines(made: AugmentedSet, name: str = "metadata.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (Path(made.path) / name).read_text(encoding="utf-8").splitlines()]


def test_every_image_of_the_result_gets_its_variants(own_workspace: Workspace) -> None:
    made = run(own_workspace, request(format="png"))
    assert (made.images, made.made, made.failed) == (60, 120, 0)
    rows, folder = lines(made), Path(made.path)
    order = own_workspace.catalog("things").select("SELECT id FROM images ORDER BY added_at, _rowid")
    assert [row["original_id"] for row in rows] == [id for (id,) in order for _ in range(2)]
    assert {row["file"] for row in rows} == {f"images/{path.name}" for path in (folder / "images").iterdir()}
    pipeline = parse_pipeline({"preset": "strong", "seed": 5})
    for row in rows[::17]:
        data = (folder / row["file"]).read_bytes()
        original = Image.open(own_workspace.image("things", row["original_id"]).values["uri"].removeprefix("file://"))
        own = apply(pipeline, original, row["variant"], row["original_id"])
        with Image.open(folder / row["file"]) as picture:
            assert picture.tobytes() == own.image.tobytes()
            assert picture.size == (row["width"], row["height"])
        assert row["drawn"] == own.drawn
        assert (row["sha256"], row["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert made.bytes == sum(row["bytes"] for row in rows)


def test_the_tables_hold_every_column_with_its_type(own_workspace: Workspace) -> None:
    collection = own_workspace.collection("things")
    replace_tags(collection, {"thing-020": ["seen", "kept"]}, lambda tag: False)
    made = run(own_workspace, request(variants=1))
    table = pq.read_table(Path(made.path) / "metadata.parquet")
    for field in collection.schema:
        if field.name in own_workspace.catalog("things").metadata:
            assert table.schema.field(field.name).type == field.type
    rows = {row["original_id"]: row for row in table.to_pylist()}
    for row in own_workspace.catalog("things").rows(list(rows)):
        held = {name: row.values[name] for name in own_workspace.catalog("things").metadata}
        assert {name: rows[row.id][name] for name in held} == held
    assert rows["thing-020"]["tags"] == ["seen", "kept"]
    told = lines(made)
    assert [row["file"] for row in told] == table["file"].to_pylist()
    assert [row["drawn"] for row in told] == [json.loads(text) for text in table["drawn"].to_pylist()]


def test_the_manifest_says_where_the_pictures_come_from(own_workspace: Workspace) -> None:
    asked = request(recipe={"where": '[["shape","in",["circle"]]]', "n": "3", "sort": "+price"}, whole=False)
    made = run(own_workspace, asked)
    manifest = json.loads((Path(made.path) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sentence"] == "Images whose shape is circle, by price from low to high" == made.sentence
    assert manifest["counts"] == {"images": 3, "made": 6, "failed": 0, "bytes": made.bytes}
    assert manifest["collection_version"] == own_workspace.collection("things").version == made.version
    assert (manifest["seed"], manifest["recipe"]) == (5, asked.recipe)
    assert parse_pipeline(manifest["pipeline"]) == parse_pipeline({"preset": "strong", "seed": 5})
    stated = {fact.pop("file"): fact for fact in manifest["files"]}
    assert set(stated) | {"manifest.json"} == set(digests(Path(made.path)))
    for name, fact in stated.items():
        data = (Path(made.path) / name).read_bytes()
        assert fact == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert not list(Path(made.path).rglob(".*"))


@pytest.mark.parametrize(("format", "kind"), [("webp", "WEBP"), ("jpeg", "JPEG"), ("png", "PNG")])
def test_pictures_have_the_format_asked_for(own_workspace: Workspace, format: str, kind: str) -> None:
    made = run(own_workspace, request(format=format, name=format, whole=False, recipe={"n": "2"}, quality=60))
    for row in lines(made):
        with Image.open(Path(made.path) / row["file"]) as picture:
            assert picture.format == kind


def test_a_search_by_likeness_keeps_its_limit_and_says_so(own_workspace: Workspace) -> None:
    made = run(own_workspace, request(recipe={"text": "red circle", "n": "4"}))
    assert (made.images, made.made, made.limited) == (4, 8, True)
    found = own_workspace.searcher("things").run(Recipe(terms=(Words("red circle"),), limit=4))
    assert [row["original_id"] for row in lines(made)][::2] == [hit.row.id for hit in found.hits]


def test_killed_on_the_way_it_ends_with_the_same_bytes(own_workspace: Workspace) -> None:
    asked = request(variants=3)
    whole = run(small_chunks(own_workspace), replace(asked, name="whole"))
    folder = own_workspace.folder / "augmented" / "mine"
    work = under_way(own_workspace)
    command = [sys.executable, "-c", SLOWLY, str(own_workspace.folder), json.dumps(asdict(asked)), "1"]
    for least in (9, 30):
        journal = work / "journal.jsonl"
        with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)) as process:
            end = time.monotonic() + KILL_SECONDS
            while process.poll() is None and time.monotonic() < end:
                if journal.exists() and journal.read_bytes().count(b"\n") >= least:
                    break
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert not folder.exists()
        with journal.open("ab") as file:
            file.write(b'["torn')
    replace_tags(own_workspace.collection("things"), {"thing-020": ["later"]}, lambda tag: False)
    seen: list[int] = []
    made = run(small_chunks(own_workspace), asked, lambda progress: seen.append(progress.done))
    assert min(done for done in seen if done) >= 30
    assert (made.made, made.version) == (180, whole.version)
    assert made.version < own_workspace.collection("things").version
    assert digests(folder) == digests(Path(whole.path))
    assert not work.exists()


def test_stopped_by_its_reporter_it_makes_nothing_twice(own_workspace: Workspace) -> None:
    space = small_chunks(own_workspace)

    def stop(progress: Progress) -> None:
        if progress.done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(space, request(), stop)
    work = under_way(space)
    before = {path.name: path.stat().st_mtime_ns for path in (work / "bundle" / "images").iterdir()}
    with (work / "journal.jsonl").open("rb") as journal:
        kept = [file.file for line in journal for file in Made.from_line(line).files]
    assert len(kept) == 64  # of the first chunk, two of each image
    made = run(space, request())
    assert all((Path(made.path) / "images" / name).stat().st_mtime_ns == before[name] for name in kept)


def test_a_picture_that_was_lost_meanwhile_is_made_again(own_workspace: Workspace) -> None:
    space = small_chunks(own_workspace)

    def stop(progress: Progress) -> None:
        if progress.done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(space, request(), stop)
    work = under_way(space)
    fifth = Made.from_line((work / "journal.jsonl").read_bytes().splitlines()[5])
    (work / "bundle" / "images" / fifth.files[0].file).unlink()
    made = run(space, request())
    pictures = (Path(made.path) / "images").iterdir()
    assert {row["file"] for row in lines(made)} == {f"images/{path.name}" for path in pictures}
    assert made.made == 120


def test_a_finished_set_is_given_back_and_another_may_not_take_its_name(own_workspace: Workspace) -> None:
    first = run(own_workspace, request())
    before = digests(Path(first.path))
    again = run(own_workspace, request())
    assert replace(again, seconds=first.seconds) == first
    for other in ({"variants": 3}, {"pipeline": {"preset": "strong", "seed": 6}}, {"recipe": {"n": "3"}}):
        with pytest.raises(InputError, match="is the set of another request"):
            run(own_workspace, request(**other))
    assert digests(Path(first.path)) == before


def test_a_folder_of_something_else_is_left_alone(own_workspace: Workspace) -> None:
    folder = own_workspace.folder / "augmented" / "mine"
    folder.mkdir(parents=True)
    (folder / "diary.txt").write_text("mine")
    with pytest.raises(InputError, match="already"):
        run(own_workspace, request())
    assert [path.name for path in folder.iterdir()] == ["diary.txt"]


def test_failures_are_told_with_their_reason(own_workspace: Workspace, small_source: Any, tmp_path: Path) -> None:
    source = small_source(tmp_path / "more", count=8, first=100)
    own_workspace.ingest(IngestRequest(str(source), "more"))
    files = sorted(path for path in source.iterdir() if path.suffix != ".csv")
    files[0].unlink()
    files[1].write_bytes(files[2].read_bytes())
    steps = [{"transform": "RandomCrop", "height": 66, "width": 10, "p": 0.6}]
    made = run(own_workspace, request(collection="more", pipeline={"steps": steps}, variants=4))
    told = {row["original_id"]: row["reason"] for row in lines(made, "failures.jsonl")}
    assert "another picture now" in told[files[1].stem]
    assert files[0].name in told[files[0].stem] or "not there" in told[files[0].stem]
    cropped = [reason for reason in told.values() if "cannot be applied" in reason]
    assert 0 < len(cropped) < 6
    assert len(told) == made.failed == 2 + len(cropped)
    assert made.made == 4 * (8 - made.failed) == len(lines(made))
    written = {f"images/{path.name}" for path in (Path(made.path) / "images").iterdir()}
    assert written == {row["file"] for row in lines(made)}


def test_a_collection_made_anew_under_its_name_is_another_one(
    own_workspace: Workspace, small_source: Any, tmp_path: Path
) -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == STAGE and progress.done:
            raise KeyboardInterrupt

    own_workspace.ingest(IngestRequest(str(small_source(tmp_path / "first", count=8, first=100)), "more"))
    with pytest.raises(KeyboardInterrupt):
        run(own_workspace, request(collection="more"), stop)
    before = own_workspace.catalog("more").version
    shutil.rmtree(own_workspace.collection("more").path)
    fresh = Workspace.open(own_workspace.settings)
    fresh.ingest(IngestRequest(str(small_source(tmp_path / "second", count=8, first=200)), "more"))
    assert fresh.catalog("more").version == before
    made = run(fresh, request(collection="more"))
    originals = {row["original_id"] for row in lines(made)}
    assert originals == {id for (id,) in fresh.catalog("more").select("SELECT id FROM images")}


def test_what_a_run_before_could_still_make_does_not_stay_where_it_fails_now(
    own_workspace: Workspace, tmp_path: Path
) -> None:
    order = Order(parse_pipeline("weak"), 3, Output(), tmp_path, own_workspace.settings)
    for variant in range(3):  # of a chunk that was cut off, and which no journal tells of
        (tmp_path / f"gone-{variant}.webp").write_bytes(b"before")
    made = Maker(order, own_workspace.originals).make(Stored("gone", str(tmp_path / "gone.png"), "0" * 64))
    assert made.failure
    assert not list(tmp_path.glob("gone*"))


def test_a_set_comes_back_as_a_collection(own_workspace: Workspace) -> None:
    made = run(own_workspace, request(variants=2, recipe={"n": "5"}, whole=False))
    asked = IngestRequest(made.path, "back", table="metadata.parquet", image_column="file", id_column="file")
    ledger = own_workspace.ingest(asked)
    assert ledger.counts.images_added == 10
    assert {"original_id", "variant", "shape"} <= set(own_workspace.catalog("back").metadata)


def test_two_runs_of_one_set_do_not_meet(own_workspace: Workspace) -> None:
    (own_workspace.folder / "augmented").mkdir()
    with FileLock(own_workspace.folder / "augmented" / ".mine.folder.lock"), pytest.raises(BusyError):
        run(own_workspace, request())


@pytest.mark.parametrize(
    "other",
    [{"name": "../out"}, {"name": ""}, {"name": "a/b"}, {"variants": 0}, {"variants": 101}, {"quality": 0},
     {"format": "tiff"}, {"format": "../x"}, {"pipeline": {"preset": "no such"}}, {"pipeline": {}},
     {"recipe": {"where": "{"}}, {"layout": "imagefolder"}, {"colour": "cmyk"}, {"metadata": "some"},
     {"destination": "here"}, {"destination": "s3://x"}, {"ids": ["a", "a"]}, {"ids": ["a"], "whole": True}],
)  # fmt: skip
def test_a_request_that_cannot_be_met_writes_nothing(own_workspace: Workspace, other: dict[str, Any]) -> None:
    with pytest.raises(VitrineError):
        run(own_workspace, request(**other))
    assert not (own_workspace.folder / "augmented").exists()


def test_an_unknown_column_is_the_recipes_own_error(own_workspace: Workspace) -> None:
    with pytest.raises(QueryError, match="no column “shap”"):
        run(own_workspace, request(recipe={"where": '[["shap","in",["circle"]]]'}))


def test_names_of_files_and_columns_never_meet() -> None:
    ids = ["a", "A", "a/b", "a_b", "a:b", "", ".", "..", "x" * 200, "x" * 201, "東京", "con", "a~b", "a\nb", "-a"]
    stems = [file_stem(id) for id in ids]
    assert len({stem.casefold() for stem in stems}) == len(ids)
    assert all(len(stem) < 100 and "/" not in stem and not stem.startswith(".") for stem in stems)
    names = column_names(["file", "shape", "original_file", "Variant", "original_id"])
    assert names == {
        "file": "original_original_file",
        "shape": "shape",
        "original_file": "original_file",
        "Variant": "original_Variant",
        "original_id": "original_original_id",
    }


def test_a_large_original_is_read_at_its_full_size(own_workspace: Workspace, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (900, 1300, 3), dtype=np.uint8)
    (tmp_path / "large").mkdir()
    Image.fromarray(pixels).save(tmp_path / "large" / "noise.png")
    own_workspace.ingest(IngestRequest(str(tmp_path / "large"), "large"))
    flip = {"transform": "HorizontalFlip", "p": 1}
    made = run(own_workspace, request(collection="large", pipeline=flip, format="png", variants=1))
    with Image.open(Path(made.path) / lines(made)[0]["file"]) as picture:
        assert (np.asarray(picture) == pixels[:, ::-1]).all()
