"""What cannot be ingested: each case says what, why and what next, and leaves no empty collection behind."""

import dataclasses
import os
import signal
import subprocess
import sys
import weakref
import zipfile
from pathlib import Path

import pytest

from core.collection.schema import EncoderFact
from core.collection.store import Collection, open_collections
from core.encoders.registry import load_encoder
from core.errors import BusyError, EncoderError, InputError, NotFoundError, SourceError, StorageError, TableError
from core.ingest.decode import decode
from core.ingest.lock import only_writer
from core.ingest.pipeline import ingest
from core.ingest.plan import IngestRequest
from core.settings import ROOT
from tests.core.ingest.bench import draw_into, drawing


def refused(bench, source: Path, error: type[Exception], *words: str, **request) -> None:
    with pytest.raises(error) as caught:
        bench.bring(source, **request)
    told = caught.value
    assert told.title
    assert told.detail or told.hint
    said = f"{told.title} {told.detail} {told.hint}"
    for word in words:
        assert word in said
    assert open_collections(bench.folder) == []


def test_a_path_that_is_not_there(bench, tmp_path):
    draw_into(tmp_path / "photos", "a.png")
    refused(bench, tmp_path / "fotos", SourceError, "nothing at", "photos")


def test_an_empty_folder(bench, tmp_path):
    (tmp_path / "p").mkdir()
    refused(bench, tmp_path / "p", SourceError, "holds no images", "empty")


def test_an_archive_with_a_password(bench, tmp_path):
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", drawing(1))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    refused(bench, path, SourceError, "password", "Unpack it")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"colour,size\nred,1\nblue,2\n", ("identifies the images", "--id-column")),
        (b"", ("is empty",)),
        (b"id,x\n", ("no rows",)),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), ("not a text table",)),
    ],
)
def test_a_table_that_cannot_be_used(bench, tmp_path, text, words):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    (source / "metadata.csv").write_bytes(text)
    refused(bench, source, TableError, *words)
    assert bench.bring(source, use_table=False).counts.images_added == 2


def test_a_table_or_column_that_is_not_there(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png")
    (source / "metadata.csv").write_text("id,x\na,1\n")
    refused(bench, source, NotFoundError, "no table", table=str(source / "metdata.csv"))
    refused(bench, source, TableError, "no column “ident”", id_column="ident")


def test_a_ragged_table_that_is_not_utf8_goes_in_with_every_line_accounted_for(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png", "c.png")
    (source / "metadata.csv").write_bytes("id,name,n\na,Größe,1\nb,Maß\nc,x,y,3\nb,again,2\n,,\n".encode("cp1252"))
    ledger = bench.bring(source)
    counts = ledger.counts
    assert (counts.rows_matched, counts.rows_repaired, counts.rows_rejected) == (3, 2, 2)
    assert any("Windows-1252" in note for note in ledger.notes)
    assert (bench.rows()["a"]["name"], bench.rows()["b"]["name"]) == ("Größe", "Maß")


@pytest.mark.parametrize("name", ["", "../up", "a/b", "-x", "a b", "x" * 65])
def test_a_name_that_cannot_be_a_collections(bench, tmp_path, name):
    refused(bench, draw_into(tmp_path / "p", "a.png"), InputError, "cannot name a collection", name=name)


def test_an_encoder_that_cannot_be_had_leaves_nothing_behind(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png")
    with pytest.raises(EncoderError) as caught:
        ingest(bench.folder, IngestRequest(str(source), "c"), lambda: load_encoder("/no/such"), bench.settings)
    assert "by its folder" in caught.value.detail
    assert open_collections(bench.folder) == []


def test_an_encoder_that_fails_on_the_first_pictures_leaves_nothing_behind(bench, tmp_path):
    class Broken:
        name, fingerprint, dimension = "broken", "0" * 12, 4

        def encode_images(self, images):
            raise RuntimeError("out of order")

    source = draw_into(tmp_path / "p", "a.png")
    with pytest.raises(RuntimeError, match="out of order"):
        ingest(bench.folder, IngestRequest(str(source), "c"), Broken, bench.settings)
    assert open_collections(bench.folder) == []


def test_a_collection_of_another_encoder_is_refused_before_anything_is_written(bench, tmp_path):
    collection = Collection(bench.folder, "c")
    collection.create(EncoderFact("another", 8, "f" * 12))
    version = collection.version
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    (source / "metadata.csv").write_text("id,x\na,1\nb,2\n")
    with pytest.raises(EncoderError) as caught:
        bench.bring(source)
    assert "vitrine embed --collection c --encoder vitrine-clip" in caught.value.hint
    assert collection.version == version


def test_a_second_ingest_at_the_same_time_is_refused_and_the_first_unharmed(bench, tmp_path):
    source = draw_into(tmp_path / "p", *(f"{number}.png" for number in range(25)))
    refusals = []

    def meanwhile(progress) -> None:
        with pytest.raises(BusyError) as caught:
            bench.bring(source)
        refusals.append(caught.value)

    assert bench.bring(source, report=meanwhile).counts.images_added == 25
    assert len(refusals) > 3
    assert "Wait until it has finished" in refusals[0].hint
    assert len(bench.rows()) == 25
    other = draw_into(tmp_path / "q", "x.png")
    assert bench.bring(other, name="another").counts.images_added == 1


def test_a_killed_writer_frees_the_collection(bench, tmp_path):
    holding = (
        "import sys, time; from pathlib import Path; from core.ingest.lock import only_writer\n"
        "with only_writer(Path(sys.argv[1]), 'c'): print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", holding, str(bench.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(BusyError), only_writer(bench.folder, "c"):
            pass
        process.send_signal(signal.SIGKILL)
    assert bench.bring(draw_into(tmp_path / "p", "a.png")).counts.images_added == 1


def test_a_workspace_that_may_not_be_written(bench, tmp_path, monkeypatch):
    source = draw_into(tmp_path / "p", "a.png")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13), str(bench.folder))

    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(StorageError) as caught:
        bench.bring(source)
    assert "VITRINE_WORKSPACE" in caught.value.hint


def test_large_pictures_are_let_go_once_they_are_encoded(bench, tmp_path, monkeypatch):
    """A chunk holds thumbnails and vectors; of pixels only what is ahead of the encoder."""
    pictures: list[weakref.ref] = []
    held = []

    def watched(*args, **kwargs):
        found = decode(*args, **kwargs)
        pictures.append(weakref.ref(found.image))
        return found

    monkeypatch.setattr("core.ingest.stream.decode", watched)
    bench.settings = dataclasses.replace(bench.settings, chunk_rows=1_000, batch_images=2, decode_threads=2)
    source = draw_into(tmp_path / "p", *(f"{number}.png" for number in range(60)))
    bench.bring(source, report=lambda _: held.append(sum(picture() is not None for picture in pictures)))
    assert len(pictures) == 60
    assert max(held) <= 12
