"""Sets of augmented pictures brought in as collections that know what each picture was made from."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from core.about import made_from
from core.augment.pipeline import parse_pipeline
from core.collection.lineage import pipelines_of
from core.errors import StorageError
from core.ingest.manifests import parse_manifest
from core.ingest.plan import IngestRequest
from core.workspace import Workspace
from tests.core.batch.setting import request, run

FEW = {"n": "5"}


def brought(space: Workspace, path: str, name: str):
    return space.ingest(IngestRequest(path, name))


@pytest.mark.parametrize("layout", ["folder", "zip", "webdataset"])
def test_one_plain_ingest_brings_a_set_back_linked_to_its_parents(own_workspace: Workspace, layout: str) -> None:
    pipeline = {"name": "mine", "seed": 7, "steps": [{"transform": "Rotate", "limit": 20, "p": 1}]}
    made = run(own_workspace, request(recipe=FEW, whole=False, layout=layout, pipeline=pipeline))
    ledger = brought(own_workspace, made.path, "back")
    assert (ledger.counts.images_added, ledger.counts.rows_matched, ledger.counts.unreadable) == (10, 10, 0)
    assert ledger.counts.images_without_row == ledger.counts.rows_without_image == 0
    catalog, parents = own_workspace.catalog("back"), own_workspace.catalog("things")
    own = ["original_id", "original_collection", "variant", "pipeline"]
    assert list(catalog.metadata) == [*own, *parents.metadata]
    labels = {name: column.label for name, column in parents.columns.items()}
    assert all(catalog.columns[name].label == labels[name] for name in parents.metadata)
    assert pipelines_of(catalog.dataset.schema) == {"mine": parse_pipeline(pipeline).to_dict()}
    for row in catalog.rows([id for (id,) in catalog.select("SELECT id FROM images")]):
        parent = made_from(own_workspace, catalog, row)
        assert parent is not None
        assert parent.is_there
        assert (parent.parent.collection, parent.parent.pipeline) == ("things", "mine")
        assert row.id.endswith(f"-{parent.parent.variant}")
        before = own_workspace.image("things", parent.parent.id)
        assert {name: row.values[name] for name in parents.metadata} == {
            name: before.values[name] for name in parents.metadata
        }
        assert parent.told() == (
            f"Made from image {parent.parent.id} of things, variant {parent.parent.variant}, by mine."
        )
    again = brought(own_workspace, made.path, "back")
    assert (again.counts.images_added, again.counts.images_unchanged) == (0, 10)
    assert pipelines_of(own_workspace.collection("back").schema).keys() == {"mine"}


def test_a_parent_that_is_gone_is_told(own_workspace: Workspace) -> None:
    made = run(own_workspace, request(recipe=FEW, whole=False))
    brought(own_workspace, made.path, "back")
    catalog = own_workspace.catalog("back")
    row = catalog.rows([catalog.select("SELECT id FROM images ORDER BY id LIMIT 1")[0][0]])[0]
    own_workspace.delete("things", [row.values["original_id"]])
    gone = made_from(own_workspace, catalog, row)
    assert gone is not None
    assert not gone.is_there
    assert gone.told().endswith("by strong. That image is no longer there.")
    shutil.rmtree(own_workspace.collection("things").path)
    gone = made_from(own_workspace, catalog, row)
    assert gone is not None
    assert not gone.is_there


def test_a_parents_collection_that_cannot_be_opened_takes_no_child_along(
    own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(own_workspace, request(recipe=FEW, whole=False, variants=1))
    brought(own_workspace, made.path, "back")
    catalog = own_workspace.catalog("back")
    row = catalog.rows([catalog.select("SELECT id FROM images LIMIT 1")[0][0]])[0]

    def damaged(name: str) -> None:
        raise StorageError(f"“{name}” cannot be read.")

    monkeypatch.setattr(own_workspace, "catalog", damaged)
    found = made_from(own_workspace, catalog, row)
    assert found is not None
    assert not found.is_there


def test_two_pipelines_of_one_name_are_told_apart(own_workspace: Workspace) -> None:
    steps = [[{"transform": "HorizontalFlip", "p": 1}], [{"transform": "VerticalFlip", "p": 1}]]
    for place, step in enumerate(steps):
        asked = request(name=f"set-{place}", recipe={"n": str(2 + place)}, whole=False, variants=1, format="png")
        made = run(own_workspace, type(asked)(**{**vars(asked), "pipeline": {"name": "flip", "steps": step}}))
        target = Path(made.path)
        if place:  # other ids, or the pictures would be those of the first set
            target = _renamed(target, "other-")
        brought(own_workspace, str(target), "both")
    found = own_workspace.catalog("both").select("SELECT pipeline, count(*) FROM images GROUP BY 1 ORDER BY 1")
    assert found == [("flip", 2), ("flip 2", 3)]
    known = pipelines_of(own_workspace.collection("both").schema)
    assert [known[name]["steps"] for name in ("flip", "flip 2")] == [
        parse_pipeline({"name": "flip", "steps": step}).to_dict()["steps"] for step in steps
    ]


def _renamed(folder: Path, before: str) -> Path:
    """The same set with other ids in its table."""
    import polars as pl

    table = pl.read_parquet(folder / "metadata.parquet")
    table.with_columns((pl.lit(before) + pl.col("id")).alias("id")).write_parquet(folder / "metadata.parquet")
    return folder


def test_a_set_of_a_set_leads_to_its_own_parent(own_workspace: Workspace) -> None:
    first = run(own_workspace, request(recipe=FEW, whole=False, variants=1))
    brought(own_workspace, first.path, "first")
    second = run(own_workspace, request(collection="first", name="second", variants=1))
    brought(own_workspace, second.path, "second")
    catalog = own_workspace.catalog("second")
    assert {"original_original_id", "original_variant"} <= set(catalog.metadata)
    row = catalog.rows([catalog.select("SELECT id FROM images LIMIT 1")[0][0]])[0]
    made = made_from(own_workspace, catalog, row)
    assert made is not None
    assert (made.parent.collection, made.is_there) == ("first", True)
    before = made_from(
        own_workspace, own_workspace.catalog("first"), own_workspace.image("first", made.parent.id)
    )  # fmt: skip
    assert before is not None
    assert (before.parent.collection, before.parent.id) == ("things", row.values["original_original_id"])


def test_an_image_that_came_in_as_it_is_has_no_parent(own_workspace: Workspace, tmp_path: Path) -> None:
    row = own_workspace.image("things", "thing-020")
    assert made_from(own_workspace, own_workspace.catalog("things"), row) is None
    made = run(own_workspace, request(recipe=FEW, whole=False, layout="zip"))
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(made.path) as whole, zipfile.ZipFile(damaged, "w") as target:
        for name in whole.namelist():
            data = whole.read(name)
            if name == "manifest.json":
                told = json.loads(data)
                del told["pipeline"]
                data = json.dumps(told).encode()
            target.writestr(name, data)
    ledger = brought(own_workspace, str(damaged), "damaged")
    assert any("does not tell by which pipeline" in note for note in ledger.notes)
    assert ledger.counts.images_added == 10


@pytest.mark.parametrize(
    "pipeline",
    [
        {"name": "x" * 81},
        {"name": " "},
        {"name": "half \ud800"},
        {"name": "large", "steps": "x" * 1_000_001},
        {},
        "weak",
    ],
)
def test_a_manifest_with_an_endless_or_broken_pipeline_is_none_of_a_set(pipeline: object) -> None:
    told = {
        "tool": "Vitrine", "layout": "folder", "images": "made", "metadata": "parquet",
        "columns": [{"header": "id", "column": "id", "type": "string"}], "pipeline": pipeline,
    }  # fmt: skip
    with pytest.raises(ValueError, match="pipeline"):
        parse_manifest(json.dumps(told).encode())
    assert parse_manifest(json.dumps({**told, "pipeline": {"name": "weak"}}).encode()).pipeline == {"name": "weak"}
