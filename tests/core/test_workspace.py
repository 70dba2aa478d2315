"""The workspace: what it opens, keeps and gives back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.collection.catalog import Catalog
from core.collection.schema import EncoderFact
from core.collection.store import Collection
from core.encoders.protocol import Encoder
from core.errors import ImageError, NotFoundError, StorageError
from core.ingest.plan import IngestRequest
from core.query.recipe import All, Recipe, Words
from core.settings import Settings
from core.workspace import Workspace
from tests.made_up import recorded_as


def test_an_empty_workspace_is_made(tmp_path: Path) -> None:
    space = Workspace.open(Settings(workspace=tmp_path / "new" / "folder"))
    assert (tmp_path / "new" / "folder").is_dir()
    assert space.names() == []
    assert not space.encoder_is_loaded()
    with pytest.raises(NotFoundError, match="no collection “shoes”") as caught:
        space.collection("shoes")
    assert "vitrine ingest" in caught.value.hint


def test_a_workspace_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StorageError, match="cannot be used") as caught:
            Workspace.open(Settings(workspace=folder))
        assert "VITRINE_WORKSPACE" in caught.value.hint


def test_opened_again_it_holds_the_same(workspace: Workspace, encoder: Encoder) -> None:
    again = Workspace.open(workspace.settings, encoder)
    assert again.names() == ["things"]
    assert again.catalog("things").count_all == 60
    assert again.ledger("things") == workspace.ledger("things")
    assert len(again.ledgers("things")) == 1


def test_an_image_is_known_with_thumbnail_and_original(workspace: Workspace) -> None:
    row, thumbnail = workspace.thumbnail("things", "it's")
    assert row == workspace.image("things", "it's")
    assert thumbnail[:4] + thumbnail[8:12] == b"RIFFWEBP"
    assert workspace.original("things", "it's")[:2] == b"\xff\xd8"
    assert workspace.has_original("things", "it's")


@pytest.mark.parametrize("id", ["nothing", "", "../it's", "IT'S", "it's\n"])
def test_an_unknown_image_is_not_found(workspace: Workspace, id: str) -> None:
    for ask in (workspace.image, workspace.thumbnail, workspace.original):
        with pytest.raises(NotFoundError, match="There is no image"):
            ask("things", id)


def test_thumbnails_read_ahead_are_those_read_one_by_one(
    own_workspace: Workspace, tmp_path: Path, small_source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = own_workspace.catalog("things")
    ids = catalog.ids(All(), None, 20)
    one_by_one = [own_workspace.thumbnail("things", id) for id in ids]
    own_workspace.read_ahead("things", catalog, [row for row, _ in one_by_one])
    reads: list[Any] = []
    read = Collection.thumbnails
    monkeypatch.setattr(Collection, "thumbnails", lambda *asked: reads.append(asked) or read(*asked))
    assert [own_workspace.thumbnail("things", id) for id in ids] == one_by_one
    assert not reads
    own_workspace.delete("things", ids[:1])
    with pytest.raises(NotFoundError):
        own_workspace.thumbnail("things", ids[0])
    assert own_workspace.thumbnail("things", ids[1])[1] == one_by_one[1][1]
    assert len(reads) == 1


def test_an_original_that_is_gone_is_told(own_workspace: Workspace, tmp_path: Path, small_source: Any) -> None:
    source = small_source(tmp_path / "source", 3, first=200)
    own_workspace.ingest(IngestRequest(str(source), "few"))
    next(source.glob("thing-201.*")).unlink()
    assert not own_workspace.has_original("few", "thing-201")
    with pytest.raises(NotFoundError):
        own_workspace.original("few", "thing-201")
    assert own_workspace.thumbnail("few", "thing-201")[1][:4] == b"RIFF"


def test_a_deleted_image_stays_deleted_when_its_source_is_ingested_again(
    own_workspace: Workspace, tmp_path: Path, small_source: Any
) -> None:
    source = small_source(tmp_path / "source", 6, first=200)
    request = IngestRequest(str(source), "few")
    own_workspace.ingest(request)
    deletion = own_workspace.delete("few", ["thing-201", "thing-202"])
    ledger = own_workspace.ingest(request)
    assert ledger.counts.deleted_before == 2
    assert own_workspace.catalog("few").count_all == 4
    small_source(source, 8, first=200)
    own_workspace.ingest(request)
    assert own_workspace.catalog("few").count_all == 6
    assert own_workspace.undo_delete("few", deletion) == 2
    assert own_workspace.catalog("few").count_all == 8
    assert own_workspace.ingest(request).counts.images_unchanged == 8


def test_an_undo_after_an_ingest_that_brought_new_columns(
    own_workspace: Workspace, tmp_path: Path, small_source: Any
) -> None:
    deletion = own_workspace.delete("things", ["thing-020"])
    source = small_source(tmp_path / "source", 3, first=300)
    table = source / "things.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([f"{lines[0]},extra", *(f"{line},7" for line in lines[1:])]), encoding="utf-8")
    own_workspace.ingest(IngestRequest(str(source), "things"))
    assert own_workspace.undo_delete("things", deletion) == 1
    assert own_workspace.image("things", "thing-020").values["extra"] is None
    assert own_workspace.image("things", "thing-300").values["extra"] == 7


def test_deleting_what_is_not_there_is_told(own_workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="None of these images"):
        own_workspace.delete("things", ["nothing"])


def test_a_given_picture_must_be_one(workspace: Workspace) -> None:
    for data in (b"", b"no picture", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(ImageError):
            workspace.hold_upload(data)


def test_kept_originals_never_replace_each_other_and_stay_in_their_folder(own_workspace: Workspace) -> None:
    names = ["a.png", "a.png", "../../../escape.png", "/tmp/absolute.png", "..\\win.png", "..", "x" * 400 + ".png"]
    files = [(name, f"content {number}".encode()) for number, name in enumerate(names)]
    folder = own_workspace.keep_originals("things", files)
    own_workspace.keep_originals("things", files[:2])
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(kept.values()) == sorted(data for _, data in files)
    assert kept["a.png"] == b"content 0"
    assert {"escape.png", "absolute.png", "win.png"} <= set(kept)
    assert folder == own_workspace.folder / "originals" / "things"
    assert not (own_workspace.folder.parent / "escape.png").exists()


def test_many_threads_share_one_catalog(own_workspace: Workspace) -> None:
    def ask(place: int) -> Catalog:
        catalog = own_workspace.catalog("things")
        assert catalog.count(None) == 60
        assert own_workspace.image("things", f"thing-{10 + place:03}").id == f"thing-{10 + place:03}"
        return catalog

    with ThreadPoolExecutor(8) as pool:
        assert len({id(catalog) for catalog in pool.map(ask, range(40))}) == 1


def test_a_collection_is_searched_with_its_own_encoder_whatever_new_ones_get(workspace: Workspace) -> None:
    other = Workspace.open(replace(workspace.settings, encoder="/no/such/folder"))
    assert other.encoder_problem("things") is None
    assert other.searcher("things").run(Recipe(terms=(Words("red"),), limit=1)).hits


def test_an_encoder_that_is_gone_is_told_without_loading_one(own_workspace: Workspace) -> None:
    recorded_as(own_workspace.collection("things"), EncoderFact("/no/such/folder", 256, "0" * 12))
    problem = own_workspace.encoder_problem("things")
    assert problem is not None
    assert "made by “/no/such/folder”, which cannot be had" in problem.title
    assert "vitrine embed --collection things --encoder vitrine-clip" in problem.hint
    assert not Workspace.open(own_workspace.settings).encoder_is_loaded("things")


def test_other_weights_of_the_same_name_are_told(own_workspace: Workspace) -> None:
    recorded_as(own_workspace.collection("things"), EncoderFact("vitrine-clip", 256, "0" * 12))
    problem = own_workspace.encoder_problem("things")
    assert problem is not None
    assert "another version of “vitrine-clip”" in problem.title
    own_workspace.embed("things", "vitrine-clip")
    assert own_workspace.encoder_problem("things") is None
