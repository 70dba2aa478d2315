"""Making a collection's vectors anew: resumable, side by side until complete, nothing lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest
from safetensors.numpy import load_file, save_file

from core.collection.catalog import Catalog
from core.collection.embeddings import Embeddings
from core.collection.planner import plan
from core.collection.schema import EncoderFact, vector_column, vector_columns
from core.collection.vectorindex import vector_index
from core.embed import Embedded, embed
from core.encoders.listing import listed_encoders
from core.encoders.protocol import Encoder, Vectors
from core.encoders.registry import load_encoder
from core.errors import BusyError, EncoderError, QueryError, SourceError
from core.ingest.decode import decode
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress
from core.query.recipe import Accuracy, ImageId, Recipe, Upload, Words
from core.settings import ROOT
from core.workspace import Workspace
from tests.made_up import fill, unit_vectors

KILL_SECONDS = 60.0

LARGE = 10**6  # components: too many to be held in memory


@pytest.fixture(scope="module")
def half(half_encoder: Path) -> Encoder:
    return load_encoder(str(half_encoder))


def held(workspace: Workspace) -> dict[str, Vectors]:
    collection = workspace.collection("things")
    return collection.vectors(workspace.catalog("things").select("SELECT list(id) FROM images")[0][0])


def assert_all_by(workspace: Workspace, encoder: Encoder, every: int = 7) -> None:
    """Every image has the vector that this encoder makes of its original, and there are no others."""
    vectors = held(workspace)
    assert len(vectors) == workspace.catalog("things").count_all
    assert workspace.collection("things").encoder == EncoderFact(encoder.name, encoder.dimension, encoder.fingerprint)
    assert len(vector_columns(workspace.collection("things").schema)) == 1
    for id, vector in list(vectors.items())[::every]:
        image = decode(workspace.original("things", id), workspace.settings).image
        assert float(vector @ encoder.encode_images([image])[0]) == pytest.approx(1, abs=1e-4)


def everything_else(workspace: Workspace) -> dict[str, dict[str, object]]:
    table = workspace.collection("things").dataset().to_table()
    return {row["id"]: row for row in table.drop_columns(vector_columns(table.schema)).to_pylist()}


def run(workspace: Workspace, encoder: Encoder, report=lambda _: None, **how: bool) -> Embedded:
    collection = workspace.collection("things")
    return embed(workspace.folder, collection, encoder, workspace.originals, workspace.settings, report, **how)


class Turned:
    """The shipped encoder with its components in another order: as many of them, and not to be compared."""

    name, fingerprint = "turned", "b" * 12

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.dimension = encoder.dimension

    def encode_images(self, images) -> Vectors:
        return np.roll(self._encoder.encode_images(images), 7, axis=1)

    def encode_texts(self, texts) -> Vectors:
        return np.roll(self._encoder.encode_texts(texts), 7, axis=1)


def small_chunks(workspace: Workspace) -> Workspace:
    return Workspace.open(replace(workspace.settings, chunk_rows=8, batch_images=4))


def found(workspace: Workspace, *terms, limit: int = 5) -> list[str]:
    return [hit.row.id for hit in workspace.searcher("things").run(Recipe(terms=terms, limit=limit)).hits]


def test_a_collection_passes_to_another_encoder(own_workspace: Workspace, half: Encoder, half_encoder: Path) -> None:
    before = everything_else(own_workspace)
    made = own_workspace.embed("things", str(half_encoder))
    assert (made.encoder_before, made.encoder) == ("vitrine-clip", str(half_encoder))
    assert (made.images, made.encoded, made.from_thumbnails) == (60, 60, 0)
    assert_all_by(own_workspace, half)
    assert everything_else(own_workspace) == before
    assert not list((own_workspace.folder / "embeddings").glob("*.lance"))


def test_a_search_asks_the_encoder_that_made_the_vectors(own_workspace: Workspace, half_encoder: Path) -> None:
    red = found(own_workspace, Words("red circle"), limit=1)
    own_workspace.embed("things", str(half_encoder))
    fresh = Workspace.open(own_workspace.settings)
    assert fresh.settings.encoder == "vitrine-clip"
    assert fresh.encoder_problem("things") is None
    assert found(fresh, ImageId(red[0]), limit=60) != []
    digest = fresh.hold_upload(fresh.original("things", red[0]))
    assert found(fresh, Upload(digest), limit=1) == red
    assert len(found(fresh, Words("red circle"))) == 5


def test_it_passes_back_again(own_workspace: Workspace, encoder: Encoder, half: Encoder) -> None:
    before = held(own_workspace)
    run(own_workspace, half)
    run(own_workspace, encoder)
    assert_all_by(own_workspace, encoder)
    for id, vector in held(own_workspace).items():
        assert float(vector @ before[id]) == pytest.approx(1, abs=1e-4)


def test_until_all_are_made_the_old_vectors_answer(own_workspace: Workspace, half: Encoder) -> None:
    space = small_chunks(own_workspace)
    before = found(space, Words("red circle"))
    moments = []

    def meanwhile(progress: Progress) -> None:
        assert space.collection("things").encoder.name == "vitrine-clip"
        assert found(space, Words("red circle")) == before
        moments.append((progress.stage, progress.done, progress.total))

    run(space, half, meanwhile)
    assert moments[0] == ("Embedding images", 0, 60)
    assert ("Embedding images", 60, 60) in moments
    assert len(moments) > 10
    assert_all_by(space, half)


def test_stopped_on_the_way_it_goes_on_where_it_was(own_workspace: Workspace, half: Encoder) -> None:
    space = small_chunks(own_workspace)

    def stop(progress: Progress) -> None:
        if progress.done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(space, half, stop)
    assert space.collection("things").encoder.name == "vitrine-clip"
    made = run(space, half)
    assert made.encoded == 60 - 16  # two whole chunks of eight were written
    assert_all_by(space, half)


def test_killed_while_vectors_are_made_and_while_they_are_taken_over(
    own_workspace: Workspace, half: Encoder, half_encoder: Path
) -> None:
    before = everything_else(own_workspace)
    path = own_workspace.collection("things").path
    side = own_workspace.folder / "embeddings"
    version = own_workspace.collection("things").version
    command = [sys.executable, "-m", "cli.main", "embed", "-c", "things", "-e", str(half_encoder), "--json"]
    environment = os.environ | {
        "VITRINE_WORKSPACE": str(own_workspace.folder), "VITRINE_CHUNK_ROWS": "8", "VITRINE_BATCH_IMAGES": "4",
    }  # fmt: skip
    moments = (
        lambda: len(list(side.glob("*.lance/_versions/*.manifest"))) >= 4,
        lambda: lance.dataset(str(path)).version > version,
    )
    for moment in moments:
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
            end = time.monotonic() + KILL_SECONDS
            while not moment() and process.poll() is None and time.monotonic() < end:
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
    made = run(own_workspace, half)
    assert made.encoded < 60
    assert_all_by(own_workspace, half)
    assert everything_else(own_workspace) == before


def test_a_column_that_was_never_taken_over_does_no_harm(own_workspace: Workspace, half: Encoder) -> None:
    stray = pa.field(f"vector_{half.fingerprint}_{half.dimension}", pa.list_(pa.float32(), 3))
    lance.dataset(str(own_workspace.collection("things").path)).add_columns(pa.schema([stray]))
    assert len(found(own_workspace, Words("red"))) == 5
    assert stray.name not in own_workspace.catalog("things").metadata
    run(own_workspace, half)
    assert_all_by(own_workspace, half)


def test_images_that_come_in_meanwhile_get_their_vector_too(
    own_workspace: Workspace, half: Encoder, small_source, tmp_path: Path
) -> None:
    space = small_chunks(own_workspace)
    more = small_source(tmp_path / "more", count=6, first=100)
    came: list[int] = []

    def bring_more(progress: Progress) -> None:
        if progress.done >= 20 and not came:
            came.append(0)
            came[0] = space.ingest(IngestRequest(str(more), "things")).counts.images_added

    made = run(space, half, bring_more)
    assert came == [6]
    assert made.images == made.encoded == 66
    assert_all_by(space, half)


def test_an_ingest_goes_on_with_the_collections_encoder(
    own_workspace: Workspace, half: Encoder, small_source, tmp_path: Path
) -> None:
    run(own_workspace, half)
    own_workspace.ingest(IngestRequest(str(small_source(tmp_path / "more", count=6, first=100)), "things"))
    assert own_workspace.catalog("things").count_all == 66
    assert_all_by(own_workspace, half)


def test_without_its_original_an_image_is_embedded_from_its_thumbnail(own_workspace: Workspace, half: Encoder) -> None:
    source = Path(own_workspace.image("things", "thing-020").values["source"])
    kept = [path for path in source.iterdir() if path.stem in ("thing-020", "thing-021")]
    contents = [path.read_bytes() for path in kept]
    try:
        kept[0].unlink()
        kept[1].write_bytes(b"not an image any more")
        made = run(own_workspace, half)
        assert (made.encoded, made.from_thumbnails) == (60, 2)
        assert len(held(own_workspace)) == 60
    finally:
        for path, content in zip(kept, contents, strict=True):
            path.write_bytes(content)


def test_what_comes_back_from_the_trash_afterwards_can_be_completed(own_workspace: Workspace, half: Encoder) -> None:
    deletion = own_workspace.delete("things", ["thing-020", "thing-021"])
    run(own_workspace, half)
    own_workspace.undo_delete("things", deletion)
    collection = own_workspace.collection("things")
    assert collection.count_without_vector(collection.dataset()) == 2
    assert len(found(own_workspace, ImageId("thing-030"), limit=100)) == 57
    with pytest.raises(QueryError, match="no vector yet") as caught:
        found(own_workspace, ImageId("thing-020"))
    assert "vitrine embed --collection things" in caught.value.hint
    again = own_workspace.delete("things", ["thing-020", "thing-022"])
    own_workspace.undo_delete("things", again)
    made = run(own_workspace, half)
    assert made.encoded == 2
    assert collection.count_without_vector(collection.dataset()) == 0
    assert_all_by(own_workspace, half)


def test_where_all_is_made_nothing_is_written(own_workspace: Workspace, encoder: Encoder) -> None:
    version = own_workspace.collection("things").version
    assert run(own_workspace, encoder).encoded == 0
    assert own_workspace.collection("things").version == version


def test_two_at_once_are_refused(own_workspace: Workspace, half: Encoder) -> None:
    refused = []

    def again(progress: Progress) -> None:
        with pytest.raises(BusyError) as caught:
            run(own_workspace, half)
        refused.append(caught.value)

    run(own_workspace, half, again)
    assert "what it has made is kept" in refused[0].hint


def test_many_vectors_are_indexed_before_they_count(tmp_path: Path) -> None:
    ids = [f"it's {place}" for place in range(5_000)]
    collection = fill(tmp_path, "many", {}, ids)
    collection.build_indexes([], [])
    vectors = dict(zip(ids, unit_vectors(5_000, 24, seed=9), strict=True))
    vectors.pop("it's 7")
    kind = pa.list_(pa.float32(), 24)
    collection.pass_to(
        EncoderFact("another", 24, "a" * 12),
        lambda wanted, _: pa.array([vectors[id].tolist() if id in vectors else None for id in wanted], kind),
    )
    dataset = collection.dataset()
    assert vector_index(dataset) == "IVF_FLAT"
    assert collection.count_without_vector(dataset) == 1
    catalog, how = Catalog(dataset), plan("IVF_FLAT", 5_000, 5_000, Accuracy.AUTO, LARGE)
    for place in (0, 1_234, 4_999):
        nearest = collection.nearest(vectors[ids[place]], 3, None, dataset, how)
        assert catalog.rows_at(nearest.rowids)[0].id == ids[place]
    best = collection.nearest(vectors[ids[3]], 4_999, None, dataset, how)
    true = sorted(vectors, key=lambda id: -float(vectors[id] @ vectors[ids[3]]))
    assert [row.id for row in catalog.rows_at(best.rowids)][:50] == true[:50]
    assert np.isfinite(best.scores).all()
    version = collection.version
    collection.build_indexes([], [])
    assert collection.version == version
    assert vector_column(dataset.schema) == f"vector_{'a' * 12}_24"


def test_it_runs_as_a_job(own_workspace: Workspace, half: Encoder, half_encoder: Path, monkeypatch) -> None:
    job = own_workspace.start_embed("things", str(half_encoder))
    end = time.monotonic() + KILL_SECONDS
    while not own_workspace.jobs.get(job.id).ended and time.monotonic() < end:
        time.sleep(0.1)
    ended = own_workspace.jobs.get(job.id)
    assert ended.error is None
    assert ended.result is not None
    assert (ended.result["encoded"], ended.result["images"]) == (60, 60)
    assert_all_by(own_workspace, half)
    assert own_workspace.embed("things", str(half_encoder)).encoded == 0


def test_an_encoder_that_cannot_be_had_changes_nothing(own_workspace: Workspace) -> None:
    version = own_workspace.collection("things").version
    with pytest.raises(EncoderError):
        own_workspace.embed("things", "/no/such/folder")
    assert own_workspace.collection("things").version == version


def change(workspace: Workspace, id: str, picture: bytes) -> None:
    """Let an image's original become another picture, and bring that in."""
    row = workspace.image("things", id)
    Path(row.values["uri"].removeprefix("file://")).write_bytes(picture)
    ledger = workspace.ingest(IngestRequest(str(row.values["source"]), "things"))
    assert ledger.counts.images_updated == 1


@pytest.fixture
def moved_source(own_workspace: Workspace, small_source, tmp_path: Path) -> Workspace:
    """The workspace with a collection "things" whose originals the test may change."""
    folder = small_source(tmp_path / "changing", count=60)
    space = Workspace.open(replace(own_workspace.settings, workspace=tmp_path / "own", chunk_rows=8, batch_images=4))
    space.ingest(IngestRequest(str(folder), "things"))
    return space


def test_a_picture_that_changed_twice_has_the_vector_of_what_it_shows(moved_source: Workspace, half: Encoder) -> None:
    first = moved_source.original("things", "thing-020")

    def stop_late(progress: Progress) -> None:
        if progress.done >= 48:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(moved_source, half, stop_late)
    change(moved_source, "thing-020", moved_source.original("things", "thing-021"))
    with pytest.raises(KeyboardInterrupt):
        run(moved_source, half, stop_late)
    change(moved_source, "thing-020", first)
    run(moved_source, half)
    assert_all_by(moved_source, half, every=1)


def test_what_an_interrupted_change_over_left_behind_is_not_taken_again(
    moved_source: Workspace, half: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Embeddings, "drop", lambda self: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            run(moved_source, half)
    assert moved_source.collection("things").encoder.dimension == half.dimension
    change(moved_source, "thing-020", moved_source.original("things", "thing-021"))
    version = moved_source.collection("things").version
    made = run(moved_source, half)
    assert (made.encoded, made.passed) == (0, False)
    assert moved_source.collection("things").version == version
    assert_all_by(moved_source, half, every=1)


def test_a_search_that_began_before_the_change_over_keeps_to_the_old_vectors(
    own_workspace: Workspace, encoder: Encoder
) -> None:
    recipe = Recipe(terms=(ImageId("thing-030"),), limit=9)
    searcher = own_workspace.searcher("things")
    before = searcher.run(recipe)
    run(own_workspace, Turned(encoder))
    assert [(hit.row.id, hit.score) for hit in searcher.run(recipe).hits] == [
        (hit.row.id, pytest.approx(hit.score, abs=1e-4)) for hit in before.hits
    ]
    assert found(own_workspace, ImageId("thing-030"), limit=9) == [hit.row.id for hit in before.hits]


def test_the_same_weights_under_another_name_are_not_made_again(own_workspace: Workspace, half_encoder: Path) -> None:
    own_workspace.embed("things", str(half_encoder))
    shutil.copytree(half_encoder, own_workspace.folder / "encoders" / "half")
    made = own_workspace.embed("things", "half")
    assert (made.encoder, made.encoded) == ("half", 0)
    assert own_workspace.collection("things").encoder.name == "half"
    assert len(found(own_workspace, Words("red"))) == 5


def test_a_running_server_sees_that_an_encoders_weights_were_replaced(
    own_workspace: Workspace, half_encoder: Path
) -> None:
    folder = own_workspace.folder / "encoders" / "mine"
    shutil.copytree(half_encoder, folder)
    own_workspace.embed("things", "mine")
    assert len(found(own_workspace, Words("red"))) == 5
    weights = load_file(folder / "model.safetensors")
    name = "visual_projection.weight"
    save_file({**weights, name: -weights[name]}, folder / "model.safetensors", {"format": "pt"})
    problem = own_workspace.encoder_problem("things")
    assert problem is not None
    assert "another version" in problem.title
    made = Workspace.open(own_workspace.settings).embed("things", "mine")
    assert (made.passed, made.encoded) == (True, 60)
    assert own_workspace.encoder_problem("things") is None
    assert len(found(own_workspace, Words("red"))) == 5


def test_a_deletion_in_the_middle_of_the_change_over_does_no_harm(own_workspace: Workspace, half: Encoder) -> None:
    collection = own_workspace.collection("things")
    deleted = []

    def vectors(ids, hashes) -> pa.Array:
        if not deleted:
            deleted.append("thing-020")
            with ThreadPoolExecutor(1) as pool:
                pool.submit(own_workspace.delete, "things", deleted).result()
        return pa.array([[1.0] * half.dimension] * len(ids), pa.list_(pa.float32(), half.dimension))

    collection.pass_to(EncoderFact(half.name, half.dimension, half.fingerprint), vectors)
    assert collection.count() == 59
    assert collection.encoder.fingerprint == half.fingerprint
    assert collection.count_without_vector(collection.dataset()) == 0


def test_images_deleted_meanwhile_are_passed_over(moved_source: Workspace, half: Encoder) -> None:
    for path in Path(moved_source.image("things", "thing-020").values["source"]).iterdir():
        if path.suffix != ".csv":
            path.unlink()
    deleted = []

    def delete(progress: Progress) -> None:
        if not deleted and progress.done:
            deleted.append("thing-059")
            moved_source.delete("things", deleted)

    made = run(moved_source, half, delete, thumbnails=True)
    assert (made.images, made.from_thumbnails, made.without_vector) == (59, 59, 0)


def test_without_any_original_it_asks_before_thumbnails_are_taken(moved_source: Workspace, half: Encoder) -> None:
    source = Path(moved_source.image("things", "thing-020").values["source"])
    source.rename(source.with_name("unplugged"))
    with pytest.raises(SourceError, match="originals of “things” cannot be read") as caught:
        run(moved_source, half)
    assert "--thumbnails" in caught.value.hint
    assert moved_source.collection("things").encoder.name == "vitrine-clip"
    source.with_name("unplugged").rename(source)
    assert run(moved_source, half).from_thumbnails < 50


def test_an_encoder_whose_texts_and_pictures_differ_is_refused(own_workspace: Workspace, encoder: Encoder) -> None:
    odd = Turned(encoder)
    odd.dimension = 100
    with pytest.raises(EncoderError, match="cannot be used"):
        run(own_workspace, odd)
    assert own_workspace.collection("things").encoder.name == "vitrine-clip"


@pytest.mark.parametrize("harm", ["cut short", "dangling"])
def test_a_damaged_encoder_is_told(own_workspace: Workspace, half_encoder: Path, harm: str) -> None:
    folder = own_workspace.folder / "encoders" / "damaged"
    shutil.copytree(half_encoder, folder)
    weights = folder / "model.safetensors"
    if harm == "cut short":
        weights.write_bytes(weights.read_bytes()[:100_000])
    else:
        weights.unlink()
        weights.symlink_to("/no/such/blob")
    with pytest.raises(EncoderError):
        own_workspace.embed("things", "damaged")
    assert "damaged" in [item.facts.name for item in listed_encoders("vitrine-clip", own_workspace.folder, {})]
