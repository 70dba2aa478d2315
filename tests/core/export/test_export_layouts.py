"""Bundles that other tools read as they are: WebDataset shards, imagefolders and COCO JSON."""

import csv
import io
import json
import tarfile
from pathlib import Path

import pytest
from PIL import Image

from core.errors import InputError, NotFoundError, QueryError
from core.export import shards
from core.export.names import class_name, sample_name
from core.export.shards import Dealer
from core.query.recipe import ImageId, Recipe
from core.query.url import to_parameters
from core.workspace import Workspace
from tests.core.export.exporting import CountingReader, KilledError, assert_sound, contents, manifest_of, take


def samples(data: bytes) -> dict[str, dict[str, bytes]]:
    """A shard as WebDataset reads it: what follows the first dot, by key, neighbours in the archive."""
    found: dict[str, dict[str, bytes]] = {}
    last = ""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            assert (member.mtime, member.uid, member.gid, member.uname) == (0, 0, 0, "")
            key, _, suffix = member.name.partition(".")
            assert key == last or key not in found
            last = key
            found.setdefault(key, {})[suffix] = archive.extractfile(member).read()
    return found


def rows(files: dict[str, bytes], name: str = "metadata.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode(), newline="")))


def test_shards_hold_every_image_with_what_is_known(own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MOST_IMAGES", 25)
    files = assert_sound(take(own_workspace, "web", layout="webdataset"))
    assert sorted(files) == [
        "manifest.json", "metadata.csv", "shards/000000.tar", "shards/000001.tar", "shards/000002.tar",
    ]  # fmt: skip
    read = {name: samples(data) for name, data in files.items() if name.startswith("shards/")}
    assert [len(found) for found in read.values()] == [25, 25, 10]
    for row in rows(files):
        shard, _, name = row["file"].partition("!/")
        key, _, suffix = name.partition(".")
        sample = read[shard][key]
        known = json.loads(sample["json"])
        assert sorted(sample) == sorted([suffix, "json"])
        assert sample[suffix] == own_workspace.original("things", row["id"])
        assert (known["id"], known["shape"] or "") == (row["id"], row["shape"])
        assert "file" not in known
    again = take(own_workspace, "again", layout="webdataset")
    assert {name: data for name, data in contents(again.path).items() if name.startswith("shards/")} == {
        name: data for name, data in files.items() if name.startswith("shards/")
    }


@pytest.mark.parametrize("moment", range(6))
def test_a_killed_export_of_shards_reads_nothing_twice(own_workspace: Workspace, moment: int) -> None:
    told = []

    def stop(progress):
        told.append(progress)
        if len(told) > moment or progress.stage == "Packing the shards":
            raise KilledError

    with pytest.raises(KilledError):
        take(own_workspace, "killed", stop, layout="webdataset")
    reader = CountingReader()
    made = take(own_workspace, "killed", originals=reader, layout="webdataset")
    assert len(reader.read_uris) <= 60 - 50 * (moment > 2)
    assert_sound(made)
    assert contents(made.path) == contents(take(own_workspace, "undisturbed", layout="webdataset").path)


def test_shards_fill_up_by_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MOST_BYTES", 100)
    dealer = Dealer()
    dealt = [dealer.deal(size) for size in (60, 40, 1, 500, 1)]
    assert [name[7:13] for name in dealt] == ["000000", "000000", "000001", "000002", "000003"]


@pytest.mark.parametrize("metadata", ["csv", "jsonl"])
def test_an_imagefolder_sorted_by_class(own_workspace: Workspace, metadata: str) -> None:
    what = {"layout": "imagefolder", "label_column": "shape", "metadata": metadata}
    files = assert_sound(take(own_workspace, "hub", **what))
    table = f"train/metadata.{metadata}"
    listed = (
        rows(files, table) if metadata == "csv" else [json.loads(line) for line in files[table].decode().splitlines()]
    )
    assert len(listed) == 60
    for row in listed:
        assert files[f"train/{row['file_name']}"] == own_workspace.original("things", row["id"])
        assert row["file_name"].startswith(f"{row['shape'] or 'unlabelled'}/")
    card = files["README.md"].decode()
    assert card.startswith('---\npretty_name: "hub"\n')
    assert "All images" in card
    assert "images: 60 (original), of 60 that match" in card


def test_an_imagefolder_lists_no_image_that_is_not_there(own_workspace: Workspace) -> None:
    gone = Path(str(own_workspace.image("things", "thing-020").values["uri"]))
    aside = gone.with_name(".aside")
    gone.rename(aside)
    try:
        made = take(own_workspace, "hub", layout="imagefolder")
    finally:
        aside.rename(gone)
    files = assert_sound(made)
    assert (made.exported, made.failed) == (59, 1)
    assert "thing-020" not in {row["id"] for row in rows(files, "train/metadata.csv")}
    assert json.loads(files["failures.jsonl"])["id"] == "thing-020"
    assert "could not be had: 1;" in files["README.md"].decode()


def test_an_image_that_changed_its_class_moves(own_workspace: Workspace) -> None:
    told = []

    def stop(progress):
        told.append(progress)
        if len(told) > 3:
            raise KilledError

    with pytest.raises(KilledError):
        take(own_workspace, "hub", stop, layout="imagefolder", label_column="shape")
    stray = own_workspace.folder / "exports/.hub.folder.part/bundle/train/gone/stray.png"
    stray.parent.mkdir()
    stray.write_bytes(b"stray")
    files = assert_sound(take(own_workspace, "hub", layout="imagefolder", label_column="shape"))
    assert not any("gone" in name for name in files)
    assert not (own_workspace.folder / "exports/hub/train/gone").exists()


@pytest.mark.parametrize("layout", ["folder", "imagefolder"])
@pytest.mark.parametrize("images", ["original", "thumbnail"])
def test_coco_tells_of_every_image(own_workspace: Workspace, layout: str, images: str) -> None:
    what = {"images": images, "annotations": "coco", "label_column": "masterColour"}
    files = assert_sound(take(own_workspace, "coco", layout=layout, **what))
    told = json.loads(files["annotations.coco.json"])
    assert [item["name"] for item in told["categories"]] == ["blue", "green", "red", "yellow"]
    assert [item["id"] for item in told["images"]] == list(range(1, 61))
    names = {item["id"]: item["name"] for item in told["categories"]}
    marked = {item["image_id"]: item for item in told["annotations"]}
    assert [item["id"] for item in told["annotations"]] == list(range(1, len(marked) + 1))
    for item in told["images"]:
        known = own_workspace.image("things", item["vitrine_id"])
        with Image.open(io.BytesIO(files[item["file_name"]])) as image:
            assert image.size == (item["width"], item["height"])
        if known.values["masterColour"] is None:
            assert item["id"] not in marked
        else:
            note = marked[item["id"]]
            assert names[note["category_id"]] == known.values["masterColour"]
            assert note["bbox"] == [0, 0, item["width"], item["height"]]
            assert (note["area"], note["iscrowd"]) == (item["width"] * item["height"], 0)


def test_coco_of_nothing_and_without_labels_is_json(own_workspace: Workspace) -> None:
    none = to_parameters(Recipe(terms=(ImageId("thing-031"),), threshold=1.0))
    for name, recipe in (("empty", none), ("bare", {})):
        files = assert_sound(take(own_workspace, name, recipe=recipe, annotations="coco", layout="webdataset"))
        told = json.loads(files["annotations.coco.json"])
        assert (told["categories"], told["annotations"]) == ([], [])
        assert len(told["images"]) == (60 if name == "bare" else 0)


def test_chosen_images_in_the_order_given(own_workspace: Workspace) -> None:
    ids = ("thing-031", "it's", "thing-010")
    made = take(own_workspace, "chosen", whole=False, ids=ids, images="none")
    assert [row["id"] for row in rows(assert_sound(made))] == list(ids)
    manifest = manifest_of(made.path)
    assert manifest["chosen"]["images"] == 3
    assert manifest["sentence"] == "3 images chosen from: All images"
    with pytest.raises(InputError, match="another request"):
        take(own_workspace, "chosen", whole=False, ids=ids[:2], images="none")
    with pytest.raises(InputError, match="another request"):
        take(own_workspace, "chosen", whole=False, images="none")


@pytest.mark.parametrize(
    ("what", "kind", "title"),
    [
        ({"layout": "webdataset", "images": "none"}, InputError, "is one of images"),
        ({"layout": "imagefolder", "metadata": "xlsx"}, InputError, "takes no xlsx"),
        ({"annotations": "coco", "images": "none"}, InputError, "images in the bundle"),
        ({"annotations": "voc"}, InputError, "no kind of annotations “voc”"),
        ({"embeddings": "csv"}, InputError, "no format of embeddings “csv”"),
        ({"label_column": "shape"}, InputError, "Nothing in this export is sorted"),
        ({"label_column": "colour", "annotations": "coco"}, QueryError, "no column “colour”"),
        ({"label_column": "width", "annotations": "coco"}, QueryError, "holds no labels"),
        ({"ids": ["a", "a"], "whole": False}, InputError, "chosen twice"),
        ({"ids": ["a"]}, InputError, "not the whole result"),
        ({"ids": [1], "whole": False}, InputError, "not all text"),
        ({"ids": ["it's", "nobody"], "whole": False}, NotFoundError, "no image “nobody”"),
        ({"destination": "exports"}, InputError, "is no place for an export"),
        ({"destination": "s3://b/../x"}, InputError, "is no place in a bucket"),
        ({"destination": "s3://A b"}, InputError, "is no place in a bucket"),
    ],
)
def test_what_does_not_go_together_is_refused(own_workspace: Workspace, what: dict, kind: type, title: str) -> None:
    with pytest.raises(kind, match=title):
        take(own_workspace, "refused", **what)
    assert not (own_workspace.folder / "exports" / "refused").exists()


def test_keys_have_no_dot_and_classes_no_file_s_name() -> None:
    assert sample_name("plain-1", ".jpg", ()) == "plain-1.jpg"
    assert sample_name("a.b", ".jpg", ()).partition(".")[0].startswith("a_b~")
    assert sample_name("a.b", ".jpg", ()) != sample_name("a_b", ".jpg", ())
    assert class_name("metadata.csv", ()).startswith("metadata_csv~")
    assert class_name("../up", ()).startswith("up~")
    assert class_name("Cat", {"cat"}) != class_name("cat", {"cat"})
    assert class_name(None, ()) == "unlabelled"


def test_another_folder_as_the_destination(own_workspace: Workspace, tmp_path: Path) -> None:
    made = take(own_workspace, "away", destination=str(tmp_path / "new" / "folder"), layout="zip")
    assert made.path == tmp_path / "new" / "folder" / "away.zip"
    assert made.summary()["path"] == str(made.path)
    assert_sound(made)
    assert not (own_workspace.folder / "exports").exists()
