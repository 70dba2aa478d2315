"""Making a collection's vectors anew: resumable, side by side until complete, nothing lost."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest

from core.collection.schema import EncoderFact, vector_column, vector_columns
from core.collection.store import vector_index
from core.embed import Embedded, embed
from core.encoders.protocol import Encoder, Vectors
from core.encoders.registry import load_encoder
from core.errors import BusyError, EncoderError, QueryError
from core.ingest.plan import IngestRequest
from core.ingest.progress import Progress
from core.query.recipe import ImageId, Recipe, Upload, Words
from core.settings import ROOT
from core.worker import run_job
from core.workspace import Workspace
from tests.made_up import fill, unit_vectors

KILL_SECONDS = 60.0


@pytest.fixture(scope="module")
def half(half_encoder: Path) -> Encoder:
    return load_encoder(str(half_encoder))


def held(workspace: Workspace) -> dict[str, Vectors]:
    collection = workspace.collection("things")
    return collection.vectors(workspace.catalog("things").select("SELECT list(id) FROM images")[0][0])


def assert_all_by(workspace: Workspace, encoder: Encoder) -> None:
    """Every image has the vector that this encoder makes of its original, and there are no others."""
    vectors = held(workspace)
    assert len(vectors) == workspace.catalog("things").count_all
    assert workspace.collection("things").encoder == EncoderFact(encoder.name, encoder.dimension, encoder.fingerprint)
    assert len(vector_columns(workspace.collection("things").schema)) == 1
    from core.ingest.decode import decode

    for id, vector in list(vectors.items())[::7]:
        image = decode(workspace.original("things", id), workspace.settings).image
        assert float(vector @ encoder.encode_images([image])[0]) == pytest.approx(1, abs=1e-4)


def everything_else(workspace: Workspace) -> dict[str, dict[str, object]]:
    table = workspace.collection("things").dataset().to_table()
    return {row["id"]: row for row in table.drop_columns(vector_columns(table.schema)).to_pylist()}


def run(workspace: Workspace, encoder: Encoder, report=lambda _: None) -> Embedded:
    return embed(
        workspace.folder, workspace.collection("things"), encoder, workspace.originals, workspace.settings, report
    )


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
    digest = fresh.keep_upload(fresh.original("things", red[0]))
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
    made = run(own_workspace, half)
    assert made.encoded < 60
    assert_all_by(own_workspace, half)
    assert everything_else(own_workspace) == before


def test_a_column_that_was_never_taken_over_does_no_harm(own_workspace: Workspace, half: Encoder) -> None:
    stray = pa.field(f"vector_{half.fingerprint}", pa.list_(pa.float32(), 3))
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
        lambda wanted: pa.array([vectors[id].tolist() if id in vectors else None for id in wanted], kind),
    )
    dataset = collection.dataset()
    assert vector_index(dataset) == "IVF_FLAT"
    assert collection.count_without_vector(dataset) == 1
    for place in (0, 1_234, 4_999):
        nearest, exact = collection.nearest(vectors[ids[place]], 3, None, dataset)
        assert exact
        assert nearest["id"][0].as_py() == ids[place]
    best, _ = collection.nearest(vectors[ids[3]], 4_999, None, dataset)
    true = sorted(vectors, key=lambda id: -float(vectors[id] @ vectors[ids[3]]))
    assert best["id"].to_pylist()[:50] == true[:50]
    assert np.isfinite(best["_distance"].to_numpy()).all()
    version = collection.version
    collection.build_indexes([], [])
    assert collection.version == version
    assert vector_column(dataset.schema) == f"vector_{'a' * 12}"


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
    assert run_job(own_workspace, job.id).result["encoded"] == 0


def test_an_encoder_that_cannot_be_had_changes_nothing(own_workspace: Workspace) -> None:
    version = own_workspace.collection("things").version
    with pytest.raises(EncoderError):
        own_workspace.embed("things", "/no/such/folder")
    assert own_workspace.collection("things").version == version
