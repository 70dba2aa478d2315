"""From a source to a collection: what goes in, what changes on the next run, and that everything is accounted for."""

import dataclasses
import os
import shutil
import zipfile
from datetime import UTC, datetime

import numpy as np
import polars as pl

from core.collection.schema import label, metadata_fields
from core.collection.tags import replace_tags, scores_of
from core.errors import ImageError
from core.ingest.ledger import Counts, as_records, latest_ledger, load_ledgers
from core.ingest.pipeline import ledger_folder
from tests.core.ingest.bench import draw_into, drawing, miniature
from tests.made_up import mapped

NEEDED = {
    "rows_read",
    "rows_repaired",
    "images_added",
    "rows_without_image",
    "images_without_row",
    "unreadable",
    "duplicate_groups",
    "seconds",
    "images_per_second",
    "peak_rss_mb",
}


def outcomes(ledger, *wanted: str) -> list[tuple[str, str, str]]:
    return [(entry.outcome, entry.key, entry.id) for entry in ledger.entries if not wanted or entry.outcome in wanted]


def table(path, text: str):
    path.write_text(text)
    return path


def commits_of_rows(collection) -> list[str]:
    """What each version did, oldest first."""
    dataset = collection.dataset()
    return [type(dataset.read_transaction(version).operation).__name__ for version in range(1, dataset.version + 1)]


def tag(collection, id: str, *tags: str) -> None:
    dataset = collection.dataset()
    listed = ", ".join(f"'{text}'" for text in tags)
    dataset.update({"tags": f"[{listed}]"}, where=f"id = '{id}'")


# --- the miniature archive -----------------------------------------------------------------------------------------


def test_the_miniature_archive_goes_in_whole_and_the_ledger_says_so(bench, mini):
    ledger = bench.bring(mini.path)
    counts = ledger.counts
    assert (counts.rows_read, counts.rows_repaired) == (mini.rows, mini.repaired)
    assert (counts.images_added, counts.rows_without_image) == (mini.images, mini.imageless_rows)
    assert (counts.images_without_row, counts.unreadable, counts.duplicate_groups) == (0, 0, mini.groups)
    assert counts.duplicate_images == 5
    groups = [entry for entry in ledger.entries if entry.subject == "group"]
    assert [entry.key for entry in groups] == ["1002, 1003", "1005, 1006, 1007"]
    assert {key for _, key, _ in outcomes(ledger, "without-image")} == {str(line) for line in range(36, 42)}
    assert ledger.summary().keys() >= NEEDED

    rows = bench.rows()
    assert sorted(rows) == [str(1000 + place) for place in range(34)]
    assert rows["1004"]["productDisplayName"] == "Shirt, striped, blue"
    assert rows["1006"]["productDisplayName"] == 'Watch 12" dial'
    assert rows["1008"]["baseColour"] == "NA"
    assert rows["1009"]["year"] is None
    assert rows["1010"]["year"] == 2017
    assert rows["1011"]["usage"] is None
    assert all(row["tags"] == [] and row["source"] == str(mini.path) for row in rows.values())
    vectors = np.array([row["vector"] for row in rows.values()])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    fields = metadata_fields(bench.collection().schema)
    assert [label(field) for field in fields][:2] == ["gender", "masterCategory"]


def test_a_second_run_changes_nothing(bench, mini):
    bench.bring(mini.path)
    before, version = bench.rows(), bench.collection().version
    ledger = bench.bring(mini.path)
    assert bench.collection().version == version
    assert bench.rows() == before
    assert (ledger.counts.images_unchanged, ledger.counts.images_added, ledger.counts.metadata_updated) == (34, 0, 0)
    assert ledger.counts.duplicate_groups == mini.groups


def test_a_second_run_does_not_need_the_encoder_nor_change_an_indexed_collection(bench, tmp_path, monkeypatch):
    monkeypatch.setattr("core.collection.store.LEAST_INDEXED", 50)
    source = draw_into(tmp_path / "p", *(f"{number}.png" for number in range(60)))
    bench.bring(source)
    version = bench.collection().version
    assert "CreateIndex" in commits_of_rows(bench.collection())
    bench.encoder = None
    assert bench.bring(source).counts.images_unchanged == 60
    assert bench.collection().version == version


def test_a_chunk_is_one_commit_and_the_first_one_brings_the_columns(bench, mini):
    bench.bring(mini.path)
    assert commits_of_rows(bench.collection()) == ["Overwrite", "Append", "Append", "Append"]


def test_a_slow_source_commits_before_a_batch_is_full(bench, tmp_path, monkeypatch):
    monkeypatch.setattr("core.ingest.run.LONGEST_CHUNK_SECONDS", 0.0)
    bench.bring(draw_into(tmp_path / "p", "a.png", "b.png", "c.png"))
    assert commits_of_rows(bench.collection()) == ["Overwrite", "Append", "Append"]


def test_ledgers_are_kept_and_read_back(bench, mini):
    first, second = bench.bring(mini.path), bench.bring(mini.path)
    folder = ledger_folder(bench.folder, "c")
    assert latest_ledger(folder, "c").run == second.run
    kept = load_ledgers(folder)
    assert [item.run for item in kept] == [second.run, first.run]
    assert kept[1].counts == first.counts
    assert kept[1].entries == first.entries
    assert as_records(kept[1].entries)[0].keys() == {"subject", "outcome", "key", "id", "reason"}


def test_counts_that_do_not_add_up_are_told():
    assert Counts(rows_read=2, rows_matched=1, files_found=1).problems() == [
        "2 rows were read and 1 are accounted for",
        "1 files were found and 0 are accounted for",
    ]


# --- later runs ----------------------------------------------------------------------------------------------------


def test_new_files_and_rows_are_added_and_changed_rows_updated(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    table(source / "styles.csv", "id,colour\na,red\nb,blue\nc,green\n")
    bench.bring(source)
    draw_into(source, "c.png", "d.png", first=10)
    table(source / "styles.csv", "id,colour\na,red\nb,violet\nc,green\n")
    counts = bench.bring(source).counts
    assert (counts.images_added, counts.images_unchanged, counts.metadata_updated) == (2, 2, 1)
    assert counts.images_without_row == 1
    assert {id: row["colour"] for id, row in bench.rows().items()} == {
        "a": "red",
        "b": "violet",
        "c": "green",
        "d": None,
    }


def test_a_row_that_goes_leaves_its_values(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    table(source / "styles.csv", "id,colour\na,red\nb,blue\n")
    bench.bring(source)
    table(source / "styles.csv", "id,colour\na,red\n")
    assert bench.bring(source).counts.metadata_updated == 0
    assert bench.rows()["b"]["colour"] == "blue"


def test_a_value_that_goes_missing_is_updated(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    table(source / "styles.csv", "id,colour,price\na,red,1.5\nb,blue,2\n")
    bench.bring(source)
    table(source / "styles.csv", "id,colour,price\na,,\nb,blue,2\n")
    assert bench.bring(source).counts.metadata_updated == 1
    assert (bench.rows()["a"]["colour"], bench.rows()["a"]["price"]) == (None, None)


def test_a_changed_file_keeps_tags_age_and_the_metadata_of_other_tables(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    bench.bring(source, table=str(table(tmp_path / "one.csv", "id,colour\na,red\nb,blue\n")))
    bench.bring(source, table=str(table(tmp_path / "two.csv", "id,price\na,1\nb,2\n")))
    tag(bench.collection(), "a", "good", "kept")
    before = bench.rows()["a"]
    (source / "a.png").write_bytes(drawing(99))
    counts = bench.bring(source, table=str(tmp_path / "two.csv")).counts
    assert (counts.images_updated, counts.images_unchanged, counts.images_added) == (1, 1, 0)
    after = bench.rows()["a"]
    for name in ("tags", "added_at", "colour", "price", "uri"):
        assert after[name] == before[name]
    for name in ("content_hash", "signature", "thumbnail", "vector", "phash"):
        assert after[name] != before[name]


def test_a_changed_file_loses_the_scores_that_a_model_gave_what_it_showed(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    bench.bring(source)
    scores = {"a": {"m:red": 0.5}, "b": {"m:red": 0.25}}
    replace_tags(bench.collection(), scores, lambda tag: False, scores)
    (source / "a.png").write_bytes(drawing(99))
    assert bench.bring(source).counts.images_updated == 1
    assert bench.rows()["a"]["tags"] == ["m:red"]
    assert scores_of(bench.collection().dataset(), ["a", "b"]) == {"b": {"m:red": 0.25}}


def test_a_changed_file_loses_its_place_on_the_map(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    bench.bring(source)
    mapped(bench.collection(), {"a": (0.0, 1.0), "b": (2.0, 3.0)})
    (source / "a.png").write_bytes(drawing(99))
    assert bench.bring(source).counts.images_updated == 1
    table = bench.collection().dataset().to_table(columns=["id", "map_x", "map_cluster"]).to_pylist()
    held = {row["id"]: (row["map_x"], row["map_cluster"]) for row in table}
    assert held == {"a": (None, None), "b": (2.0, "Cluster 2")}


def test_a_touched_file_only_gets_its_new_signature(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    bench.bring(source)
    before = bench.rows()
    os.utime(source / "a.png", (1, 1))
    bench.encoder = None
    assert bench.bring(source).counts.images_unchanged == 2
    after = bench.rows()
    assert after["a"].pop("signature") != before["a"].pop("signature")
    assert after == before
    version = bench.collection().version
    bench.bring(source)
    assert bench.collection().version == version


def test_a_known_file_that_breaks_is_quarantined_and_its_image_kept(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png")
    bench.bring(source)
    before = bench.rows()
    (source / "a.png").write_bytes(b"no picture any more")
    ledger = bench.bring(source)
    assert (ledger.counts.unreadable, ledger.counts.images_unchanged) == (1, 1)
    assert bench.rows() == before


def test_what_was_deleted_here_stays_away_until_it_is_undone(bench, tmp_path):
    source = draw_into(tmp_path / "p", "a.png", "b.png", "c.png")
    table(source / "styles.csv", "id,n\na,1\nb,2\nc,3\n")
    bench.bring(source)
    bench.collection().delete(["b"], "first", datetime.now(UTC).replace(tzinfo=None))
    ledger = bench.bring(source)
    assert (ledger.counts.deleted_before, ledger.counts.images_unchanged) == (1, 2)
    assert outcomes(ledger, "deleted-before") == [("deleted-before", "b.png", "b")]
    assert sorted(bench.rows()) == ["a", "c"]
    bench.collection().undo_delete("first")
    assert bench.bring(source).counts.images_unchanged == 3


# --- several sources -----------------------------------------------------------------------------------------------


def test_an_id_of_another_source_is_never_overwritten(bench, tmp_path):
    bench.bring(draw_into(tmp_path / "one", "a.png", "b.png"))
    before = bench.rows()
    other = draw_into(tmp_path / "two", "b.png", "c.png", first=50)
    table(other / "styles.csv", "id,n\nb,1\nc,2\n")
    for _ in range(2):
        ledger = bench.bring(other)
        assert ledger.counts.ids_taken == 1
        assert outcomes(ledger, "id-taken") == [("id-taken", "b.png", "b")]
    rows = bench.rows("c", "n")
    assert {id: rows[id] for id in before} == before
    assert sorted(rows) == ["a", "b", "c"]
    assert bench.rows()["b"]["n"] is None


def test_the_same_picture_from_a_second_source_is_in_already_and_gets_its_row(bench, tmp_path):
    source = draw_into(tmp_path / "one", "a.png", "b.png")
    bench.bring(source)
    listing = table(tmp_path / "listing.csv", "id,file,colour\na,one/a.png,red\nb,one/b.png,blue\n")
    ledger = bench.bring(listing)
    assert (ledger.counts.images_unchanged, ledger.counts.metadata_updated) == (2, 2)
    assert {row["source"] for row in bench.rows().values()} == {str(source)}
    assert bench.rows()["a"]["colour"] == "red"


def test_a_source_that_moved_takes_its_images_along(bench, tmp_path):
    old = draw_into(tmp_path / "old", "train/1.png", "2.png")
    bench.bring(old)
    draw_into(old, "test/1.png", first=30)
    bench.bring(old)
    assert sorted(bench.rows()) == ["1", "2", "test/1"]
    tag(bench.collection(), "1", "kept")
    before = bench.rows()
    new = shutil.move(old, tmp_path / "new")
    bench.encoder = None
    counts = bench.bring(new).counts
    assert (counts.images_unchanged, counts.images_added, counts.ids_taken) == (3, 0, 0)
    after = bench.rows()
    assert {row["source"] for row in after.values()} == {str(new)}
    assert after["test/1"]["uri"] == str(new / "test/1.png")
    changing = {"uri", "source", "signature", "folder"}
    for id, row in before.items():
        assert {name: after[id][name] for name in row if name not in changing} == {
            name: value for name, value in row.items() if name not in changing
        }


def test_an_archive_that_moved_takes_its_images_along(bench, mini, tmp_path):
    bench.bring(mini.path)
    moved = shutil.move(mini.path, tmp_path / "moved.zip")
    assert bench.bring(moved).counts.images_unchanged == 34
    assert {row["source"] for row in bench.rows().values()} == {str(moved)}


def test_a_second_archive_joins_the_first(bench, mini, tmp_path):
    bench.bring(mini.path)
    counts = bench.bring(miniature(tmp_path / "more.zip", first=1030).path).counts
    assert (counts.ids_taken, counts.images_added) == (4, 30)
    assert len(bench.rows()) == 64


# --- ids and folders -----------------------------------------------------------------------------------------------


def test_files_of_one_stem_lose_nothing_and_keep_their_ids(bench, tmp_path):
    source = draw_into(tmp_path / "p", "train/0001.png", "test/0001.png", "test/0002.png")
    bench.bring(source)
    assert sorted(bench.rows()) == ["0002", "test/0001", "train/0001"]
    draw_into(source, "train/0002.png", "0001.png", first=20)
    counts = bench.bring(source).counts
    assert (counts.images_added, counts.images_unchanged) == (2, 3)
    assert sorted(bench.rows()) == ["0001", "0002", "test/0001", "train/0001", "train/0002"]


def test_without_a_table_the_folder_is_what_is_known(bench, tmp_path):
    source = draw_into(tmp_path / "p", "cats/a.png", "dogs/b.png", "dogs/small/c.png", "d.png")
    bench.bring(source)
    folders = {id: row["folder"] for id, row in bench.rows().items()}
    assert folders == {"a": "cats", "b": "dogs", "c": "dogs/small", "d": None}


def test_a_folder_that_is_renamed_inside_the_source_doubles_nothing(bench, tmp_path):
    source = draw_into(tmp_path / "p", "cats/a.png", "dogs/b.png")
    bench.bring(source)
    (source / "cats").rename(source / "lions")
    counts = bench.bring(source).counts
    assert (counts.images_unchanged, counts.images_added, counts.metadata_updated) == (2, 0, 1)
    assert bench.rows()["a"]["folder"] == "lions"


ODD = [
    "it's.png",
    'a "b".png',
    "<script>alert(1)<script>.png",
    "two\nlines.png",
    "`tick`.png",
    "50%.png",
    "靴 🙂.png",
    "a;--.png",
]


def test_ids_with_odd_characters(bench, tmp_path):
    source = draw_into(tmp_path / "p", *ODD)
    bench.bring(source)
    wanted = sorted(name.removesuffix(".png") for name in ODD)
    assert sorted(bench.rows()) == wanted
    rows = [{"id": id, "n": place} for place, id in enumerate(wanted)]
    pl.DataFrame(rows).write_ndjson(tmp_path / "rows.jsonl")
    assert bench.bring(source, table=str(tmp_path / "rows.jsonl")).counts.metadata_updated == len(ODD)
    assert {id: row["n"] for id, row in bench.rows().items()} == {row["id"]: row["n"] for row in rows}
    bench.collection().delete([wanted[0], wanted[-1]], "odd", datetime.now(UTC).replace(tzinfo=None))
    assert bench.bring(source).counts.deleted_before == 2


def test_a_table_that_lists_images_joins_every_row_to_its_own(bench, tmp_path):
    draw_into(tmp_path / "p", "a.png", "b.png", "c.png")
    listing = table(
        tmp_path / "list.csv",
        "id,file,n\n1,p/a.png,10\n1,p/b.png,20\n,p/c.png,30\n4,,40\n5,p/gone.png,50\n6,p/a.png,60\n",
    )
    for run in range(2):
        ledger = bench.bring(listing)
        counts = ledger.counts
        assert (counts.rows_read, counts.rows_matched, counts.rows_without_image, counts.rows_rejected) == (6, 5, 1, 0)
        assert (counts.files_found, counts.unreadable, counts.images_in) == (5, 1, 4)
        assert counts.images_added == (4 if run == 0 else 0)
        assert outcomes(ledger, "missing") == [("missing", "p/gone.png", "5")]
        assert outcomes(ledger, "without-image") == [("without-image", "5", "")]
    assert {id: row["n"] for id, row in bench.rows().items()} == {"1": 10, "p/b": 20, "c": 30, "6": 60}


def test_images_from_addresses_are_downloaded_once(bench, tmp_path, web):
    web.at("/x/a.png", drawing(1))
    web.at("/x/b.png", drawing(2))
    listing = table(tmp_path / "list.csv", f"url,n\n{web.base}/x/a.png,1\n{web.base}/x/b.png,2\n{web.base}/x/c.png,3\n")
    bench.settings = dataclasses.replace(bench.settings, allow_private_urls=True)
    ledger = bench.bring(listing)
    assert (ledger.counts.images_added, ledger.counts.unreadable) == (2, 1)
    bench.bring(listing)
    assert web.count("/x/a.png") == 1
    assert {id: row["n"] for id, row in bench.rows().items()} == {"a": 1, "b": 2}


# --- files that cannot go in ---------------------------------------------------------------------------------------


def test_bad_files_are_quarantined_with_their_reason_and_the_rest_goes_in(bench, tmp_path, picture):
    source = draw_into(tmp_path / "p", "good.png", "sub/good2.png")
    (source / "empty.jpg").write_bytes(b"")
    (source / "cut.jpg").write_bytes(picture(size=(200, 200))[:700])
    (source / "liar.jpg").write_bytes(b"%PDF-1.7 nothing to see")
    (source / "bomb.png").write_bytes(picture("PNG", (400, 400)))
    (source / "large.bmp").write_bytes(picture("BMP", (300, 90)))
    (source / "really-a-png.jpg").write_bytes(drawing(77))
    (source / "notes.txt").write_text("not an image")
    bench.settings = dataclasses.replace(bench.settings, max_pixels=100_000, max_bytes=60_000)
    ledger = bench.bring(source)
    assert (ledger.counts.unreadable, ledger.counts.images_added, ledger.counts.ignored_files) == (5, 3, 1)
    reasons = {
        key: (outcome, entry) for outcome, key, _ in outcomes(ledger) for entry in ledger.entries if entry.key == key
    }
    assert {key: outcome for key, (outcome, _) in reasons.items()} == {
        "notes.txt": "ignored",
        "bomb.png": "too-large",
        "cut.jpg": "truncated",
        "empty.jpg": "empty",
        "large.bmp": "too-large",
        "liar.jpg": "not-an-image",
    }
    assert "VITRINE_MAX_PIXELS" in reasons["bomb.png"][1].reason
    again = bench.bring(source)
    assert (again.counts.unreadable, again.counts.images_unchanged) == (5, 3)


def test_a_source_with_nothing_but_bad_files_leaves_a_ledger_that_says_so(bench, tmp_path):
    source = tmp_path / "p"
    source.mkdir()
    (source / "a.jpg").write_bytes(b"no")
    ledger = bench.bring(source)
    assert (ledger.counts.unreadable, ledger.counts.images_in) == (1, 0)
    assert bench.rows() == {}
    draw_into(source, "b.png")
    assert bench.bring(source).counts.images_added == 1


def test_protected_members_of_an_archive_are_quarantined(bench, tmp_path):
    path = tmp_path / "half.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for place in range(3):
            archive.writestr(f"{place}.png", drawing(place))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\1\2")
    data[at + 8] |= 1
    path.write_bytes(data)
    ledger = bench.bring(path)
    assert outcomes(ledger, "encrypted") == [("encrypted", "2.png", "2")]
    assert ledger.counts.images_added == 2


def test_a_failing_read_of_one_file_is_no_reason_to_stop(bench, tmp_path, monkeypatch):
    from core.ingest.folder import FolderSource

    source = draw_into(tmp_path / "p", *(f"{number}.png" for number in range(12)))
    whole = FolderSource.read

    def read(self, item):
        if item.id == "5":
            raise ImageError("It cannot be read.", "Input/output error")
        return whole(self, item)

    monkeypatch.setattr(FolderSource, "read", read)
    ledger = bench.bring(source)
    assert (ledger.counts.images_added, ledger.counts.unreadable) == (11, 1)
