"""Tagging a result: only one's own tags are touched, nothing is written twice, a killed run goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa
import pytest
from PIL import Image

from core.batch.mark import Done, Mark
from core.batch.tag import Tagged, TagRequest, check_request, tag
from core.collection.schema import SCORES
from core.collection.store import Collection
from core.collection.tags import MOST_GONE, replace_tags, scores_of, tags_of
from core.encoders.protocol import Encoder
from core.encoders.registry import load_encoder
from core.errors import BusyError, EncoderError, InputError, NotFoundError, VitrineError
from core.ingest.lock import only_writer
from core.ingest.progress import Progress
from core.models.pixels import vocabulary
from core.models.run import run_model
from core.query.recipe import Recipe, Words
from core.settings import ROOT
from core.workspace import Workspace
from tests.made_up import fill

KILL_SECONDS = 60.0
LABELS = ["red", "green", "blue", "yellow"]
SLOWLY = """
import json, sys, time
from pathlib import Path
from core.batch.tag import TagRequest, tag
from core.settings import Settings
from core.workspace import Workspace
space = Workspace.open(Settings(workspace=Path(sys.argv[1])))
name = "things"
tag(space.folder, space.collection(name), space.catalog(name), space.searcher(name), space.encoder,
    TagRequest(**json.loads(sys.argv[2])), lambda progress: time.sleep(0.05), chunk_rows=4)
"""


def request(**other: Any) -> TagRequest:
    values: dict[str, Any] = {"collection": "things", "whole": True, "parameters": {"labels": LABELS}}
    return TagRequest(**{**values, **other})


def run(
    workspace: Workspace, asked: TagRequest, report: Callable[[Progress], None] = lambda _: None, **how: int
) -> Tagged:
    name = asked.collection
    parts = workspace.collection(name), workspace.catalog(name), workspace.searcher(name)
    return tag(workspace.folder, *parts, workspace.encoder, asked, report, **how)


def held(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    dataset = workspace.collection("things").dataset()
    return tags_of(dataset, dataset.to_table(columns=["id"])["id"].to_pylist())


def everything_else(workspace: Workspace) -> dict[str, dict[str, object]]:
    table = workspace.collection("things").dataset().to_table()
    table = table.drop_columns([name for name in table.column_names if name in ("tags", SCORES)])
    return {row["id"]: row for row in table.to_pylist()}


def test_zero_shot_tags_are_those_of_the_stored_vectors(own_workspace: Workspace, encoder: Encoder) -> None:
    before = everything_else(own_workspace)
    made = run(own_workspace, request())
    tags = held(own_workspace)
    vectors = own_workspace.collection("things").vectors(list(tags))
    words = encoder.encode_texts(LABELS)
    for id, found in tags.items():
        assert found == (f"zero-shot:{LABELS[int((words @ vectors[id]).argmax())]}",)
    assert (made.images, made.tagged, made.changed, made.without_vector) == (60, 60, 60, 0)
    assert dict(made.tags) == Counter(found[0] for found in tags.values())
    assert everything_else(own_workspace) == before
    right = [row.id for row in own_workspace.catalog("things").rows(list(tags)) if row.values["masterColour"]]
    colours = {row.id: row.values["masterColour"] for row in own_workspace.catalog("things").rows(right)}
    assert sum(tags[id] == (f"zero-shot:{colours[id]}",) for id in right) > 0.6 * len(right)


def test_no_picture_is_read_for_zero_shot(own_workspace: Workspace) -> None:
    for path in Path(own_workspace.image("things", "thing-020").values["source"]).iterdir():
        assert path.is_file()
    own_workspace.originals.read = None  # type: ignore[method-assign, assignment]
    own_workspace.collection("things").thumbnails = None  # type: ignore[method-assign, assignment]
    assert run(own_workspace, request()).tagged == 60


def test_running_it_again_writes_nothing(own_workspace: Workspace) -> None:
    run(own_workspace, request())
    version = own_workspace.collection("things").version
    again = run(own_workspace, request())
    assert (again.tagged, again.changed, again.version) == (60, 0, version)


def test_other_tags_stay_and_the_models_own_are_replaced(own_workspace: Workspace) -> None:
    replace_tags(own_workspace.collection("things"), {"thing-020": ["mine", "zero-shotty", "x:red"]}, lambda tag: False)
    run(own_workspace, request())
    run(own_workspace, request(prefix="colour", parameters={"labels": ["red thing", "blue thing"]}))
    run(own_workspace, request(parameters={"labels": ["circle", "square", "triangle"]}))
    for id, tags in held(own_workspace).items():
        assert Counter(item.split(":")[0] for item in tags if ":" in item and item != "x:red") == {
            "zero-shot": 1, "colour": 1,
        }  # fmt: skip
        assert any(item in tags for item in ("zero-shot:circle", "zero-shot:square", "zero-shot:triangle"))
        assert tags[:3] == ("mine", "zero-shotty", "x:red") if id == "thing-020" else len(tags) == 2


def test_only_the_result_is_tagged(own_workspace: Workspace) -> None:
    made = run(own_workspace, request(recipe={"where": '[["shape","in",["circle"]]]', "n": "1"}))
    circles = {row[0] for row in own_workspace.catalog("things").select("SELECT id FROM images WHERE shape = 'circle'")}
    assert {id for id, tags in held(own_workspace).items() if tags} == circles
    assert (made.images, made.sentence) == (len(circles), "Images whose shape is circle")
    liked = run(own_workspace, request(recipe={"text": "red", "n": "3"}, prefix="liked"))
    hits = own_workspace.searcher("things").run(Recipe(terms=(Words("red"),), limit=3)).hits
    tagged = {id for id, tags in held(own_workspace).items() if any(item.startswith("liked:") for item in tags)}
    assert tagged == {hit.row.id for hit in hits}
    assert (liked.images, liked.limited) == (3, True)


def test_a_least_score_leaves_some_untagged_and_multi_gives_several(own_workspace: Workspace) -> None:
    alike = ["red", "crimson", "dark red", "blue", "navy blue", "light blue", "green", "yellow"]
    sure = run(own_workspace, request(parameters={"labels": alike, "least": 0.9}))
    assert 0 < sure.tagged < 60
    several = run(own_workspace, request(parameters={"labels": alike, "multi": True, "least": 0.05}))
    assert max(len(tags) for tags in held(own_workspace).values()) > 1
    assert sum(several.tags.values()) == sum(len(tags) for tags in held(own_workspace).values())
    with pytest.raises(InputError, match="least"):
        run(own_workspace, request(parameters={"labels": LABELS, "multi": True}))


def test_statistics_are_those_of_the_thumbnails(own_workspace: Workspace) -> None:
    replace_tags(own_workspace.collection("things"), {"thing-020": ["sharpness:lovely"]}, lambda tag: False)
    made = run(own_workspace, request(model="picture-statistics", parameters={"bright": 0.7}), chunk_rows=7)
    tags = held(own_workspace)
    assert made.tagged == 60
    assert tags["thing-020"][0] == "sharpness:lovely"
    names = Counter(item for found in tags.values() for item in found)
    assert set(names) <= vocabulary() | {"sharpness:lovely"}
    assert {"colour:red", "colour:blue", "colour:green", "colour:yellow"} <= set(names)
    colours = {row.id: row.values["masterColour"] for row in own_workspace.catalog("things").rows(list(tags))}
    known = [id for id, colour in colours.items() if colour]
    assert all(f"colour:{colours[id]}" in tags[id] for id in known)
    run(own_workspace, request(model="picture-statistics", parameters={}, prefix="qc"))
    assert {item.split(":")[0] for item in held(own_workspace)["thing-021"]} >= {"qc", "colour"}


def test_killed_on_the_way_it_goes_on(own_workspace: Workspace, tmp_path: Path) -> None:
    for model, parameters in (("zero-shot", {"labels": LABELS}), ("picture-statistics", {})):
        asked = request(model=model, parameters=parameters)
        version = own_workspace.collection("things").version
        command = [sys.executable, "-c", SLOWLY, str(own_workspace.folder), json.dumps(asdict(asked))]
        with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)) as process:
            end = time.monotonic() + KILL_SECONDS
            while process.poll() is None and time.monotonic() < end:
                if own_workspace.collection("things").version >= version + 5:  # the first of scores adds their column
                    break
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        seen: list[int] = []
        made = run(own_workspace, asked, lambda progress: seen.append(progress.done), chunk_rows=4)  # noqa: B023
        assert next(done for done in seen if done) >= 12
        assert (made.images, made.tagged) == (60, 60)
        assert not list((own_workspace.folder / "tagging").iterdir())
    killed = held(own_workspace)
    replace_tags(own_workspace.collection("things"), dict.fromkeys(killed, ()), lambda tag: True)
    run(own_workspace, request())
    run(own_workspace, request(model="picture-statistics", parameters={}))
    assert held(own_workspace) == killed


def test_images_that_changed_meanwhile_are_looked_at_again(own_workspace: Workspace) -> None:
    def stop(progress: Progress) -> None:
        if progress.done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(own_workspace, request(), stop, chunk_rows=4)
    collection = own_workspace.collection("things")
    red = collection.vectors(["thing-020"])["thing-020"]
    first = own_workspace.catalog("things").select("SELECT id FROM images ORDER BY added_at, _rowid")[0][0]
    vectors = pa.array([(-red).tolist()], pa.list_(pa.float32(), len(red)))
    collection.update(pa.table({"id": [first], "content_hash": ["f" * 64], "vector": vectors}))
    seen: list[int] = []
    run(own_workspace, request(), lambda progress: seen.append(progress.done), chunk_rows=4)
    assert next(done for done in seen if done) == 4


def test_images_without_a_vector_are_counted_and_left_alone(own_workspace: Workspace, encoder: Encoder) -> None:
    collection = own_workspace.collection("things")
    replace_tags(collection, {"thing-020": ["zero-shot:old"]}, lambda tag: False)
    collection.update(pa.table({"id": ["thing-020"], "vector": pa.nulls(1, pa.list_(pa.float32(), encoder.dimension))}))
    made = run(own_workspace, request())
    assert (made.tagged, made.without_vector) == (59, 1)
    assert held(own_workspace)["thing-020"] == ("zero-shot:old",)


def test_another_encoder_is_refused(own_workspace: Workspace, half_encoder: Path) -> None:
    parts = (own_workspace.collection("things"), own_workspace.catalog("things"), own_workspace.searcher("things"))
    with pytest.raises(EncoderError):
        tag(own_workspace.folder, *parts, lambda: load_encoder(str(half_encoder)), request())


def test_nobody_else_writes_meanwhile(own_workspace: Workspace) -> None:
    with only_writer(own_workspace.folder, "things"), pytest.raises(BusyError):
        run(own_workspace, request())


@pytest.mark.parametrize(
    "other",
    [{"prefix": "a:b"}, {"prefix": " "}, {"prefix": "x" * 41}, {"parameters": {}}, {"parameters": {"labels": ["one"]}},
     {"model": "no-such"}, {"recipe": {"where": "{"}}, {"collection": "others"}],
)  # fmt: skip
def test_a_request_that_cannot_be_met_changes_nothing(own_workspace: Workspace, other: dict[str, Any]) -> None:
    version = own_workspace.collection("things").version
    with pytest.raises(VitrineError):
        run(own_workspace, request(**other))
    assert own_workspace.collection("things").version == version


def test_labels_that_every_image_would_be_given_are_refused_before_a_job_starts() -> None:
    every = {"labels": LABELS, "multi": True, "most": len(LABELS)}
    with pytest.raises(InputError, match="least score"):
        check_request(request(parameters=every), "things")
    for enough in ({"similarity": 0.3}, {"least": 0.2}, {"most": len(LABELS) - 1}):
        assert check_request(request(parameters={**every, **enough}), "things")


def test_an_unknown_model_tells_the_near_ones(own_workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="zero-shot"):
        run(own_workspace, request(model="zeroshot"))


def test_a_tag_that_comes_in_between_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = fill(tmp_path, "x", {"c": pa.array(["a"] * 20)}, [f"it's {place}" for place in range(20)])
    opened, between = lance.dataset, [True]

    def dataset(path: str, **others: Any) -> Any:
        found = opened(path, **others)
        if between.pop() if between else False:
            replace_tags(Collection(tmp_path, "x"), {"it's 3": ["theirs"]}, lambda tag: False)
        return found

    monkeypatch.setattr("core.collection.tags.lance.dataset", dataset)
    changed = replace_tags(collection, {f"it's {place}": ["m:own"] for place in range(20)}, lambda tag: False)
    assert changed == 20
    assert tags_of(collection.dataset(), ["it's 3", "it's 4", "gone"]) == {
        "it's 3": ("theirs", "m:own"), "it's 4": ("m:own",),
    }  # fmt: skip


def test_tagging_moves_no_image_and_leaves_the_indices_whole(tmp_path: Path) -> None:
    for count in (40, 1_200):
        ids = [f"image {place}" for place in range(count)]
        collection = fill(tmp_path / str(count), "x", {"c": pa.array(["a", "b"] * (count // 2))}, ids)
        collection.build_indexes(["c"], [])
        collection._table().delete("id = 'image 5'")
        before = collection.dataset().to_table(with_row_id=True).drop_columns(["tags"])
        wanted = {id: [f"t:{id}"] for id in ids[3 : count // 2]}
        assert replace_tags(collection, wanted, lambda tag: True) == len(wanted) - 1
        assert replace_tags(collection, wanted, lambda tag: True) == 0
        assert collection.dataset().to_table(with_row_id=True).drop_columns(["tags"]) == before
        held = tags_of(collection.dataset(), ids)
        assert held == {id: tuple(wanted.get(id, ())) for id in ids if id != "image 5"}
        table = collection._table()
        stale = [item.columns for item in table.list_indices() if table.index_stats(item.name).num_unindexed_rows]
        assert stale == ([["tags"]] if count > 40 else [])
        collection.index_tags()
        table = collection._table()
        assert all(table.index_stats(item.name).num_unindexed_rows == 0 for item in table.list_indices())


def test_very_many_scores_of_an_image_settle(tmp_path: Path) -> None:
    collection = fill(tmp_path, "x", {"c": pa.array(["a"] * 4)}, ["1", "2", "3", "4"])

    def write(name: str) -> int:
        scores = {f"{name}:{place}": place / 1_000 for place in range(150)}
        return replace_tags(collection, {"2": list(scores)}, lambda tag: tag.startswith(f"{name}:"), {"2": scores})

    assert [write("m"), write("m"), write("other"), write("other")] == [1, 0, 1, 0]
    assert len(scores_of(collection.dataset(), ["2"])["2"]) == 300
    for name in ("m", "other"):
        replace_tags(collection, {"2": []}, lambda tag, own=f"{name}:": tag.startswith(own))  # type: ignore[misc]
    replace_tags(collection, {"2": ["m:1"]}, lambda tag: False, {"2": {"m:1": 0.5}})
    held = collection.dataset().to_table(columns=[SCORES], filter="id = '2'")[SCORES].to_pylist()[0]
    assert (len(held), held[0]["tag"]) == (MOST_GONE + 1, "m:1")


def test_missing_tags_are_none(tmp_path: Path) -> None:
    collection = fill(tmp_path, "x", {"c": pa.array(["a"] * 4)}, ["1", "2", "3", "4"])
    collection.update(pa.table({"id": ["2"], "tags": pa.nulls(1, pa.list_(pa.string()))}))
    version = collection.version
    assert tags_of(collection.dataset(), ["2"]) == {"2": ()}
    assert replace_tags(collection, {"2": [], "none": ["x"]}, lambda tag: True) == 0
    assert collection.version == version
    assert replace_tags(collection, {"2": ["y"]}, lambda tag: True) == 1
    assert tags_of(collection.dataset(), ["1", "2"]) == {"1": (), "2": ("y",)}


def test_others_who_always_come_between_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = fill(tmp_path, "x", {"c": pa.array(["a"] * 4)}, ["1", "2", "3", "4"])
    opened = lance.dataset

    def dataset(path: str, **others: Any) -> Any:
        found = opened(path, **others)
        Collection(tmp_path, "x").update(pa.table({"id": ["2"], "c": ["b"]}))
        return found

    monkeypatch.setattr("core.collection.tags.lance.dataset", dataset)
    with pytest.raises(BusyError):
        replace_tags(collection, {"2": ["y"]}, lambda tag: True)


def test_one_off_and_batch_agree(own_workspace: Workspace, encoder: Encoder) -> None:
    run(own_workspace, request())
    ids = [f"thing-{place:03}" for place in range(20, 40)]
    images = [Image.open(str(own_workspace.image("things", id).values["uri"]).removeprefix("file://")) for id in ids]
    told = run_model("zero-shot", {"labels": LABELS}, [image.convert("RGB") for image in images], encoder)
    tags = held(own_workspace)
    assert sum(tags[id] == (f"zero-shot:{item['label']}",) for id, item in zip(ids, told, strict=True)) >= 19


def test_what_an_attempt_left_that_was_killed_as_it_wrote_goes(tmp_path: Path) -> None:
    mark = Mark(tmp_path, "things", ["a request"])
    mark.write(Done(images=4))
    (file,) = (tmp_path / "tagging").iterdir()
    file.with_name(f".{file.stem}.part").write_text("{")
    assert mark.read().images == 4
    mark.remove()
    assert not list((tmp_path / "tagging").iterdir())
