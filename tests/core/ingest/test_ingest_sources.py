"""Folders, archives and lists of images: what is found, under which key, and what is refused with which words."""

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from core.errors import ImageError, NotFoundError, SourceError, TableError
from core.ingest import tarred
from core.ingest.sources import OriginalReader, open_source, read_original

HOSTILE = ["it's.jpg", 'quo"te.jpg', "new\nline.jpg", "<script>alert(1)<script>.jpg", "靴 und Schuh.jpg", "50%!#?.jpg"]


def keys(source) -> list[str]:
    return [item.key for item in source.items()]


def opened(request: pytest.FixtureRequest, location, settings, **options):
    source = open_source(str(location), settings, **options)
    request.addfinalizer(source.close)
    return source


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred_bytes(members: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", **options) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_600_000_000
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def refused(location, settings, *words: str, error: type[Exception] = SourceError, **options) -> None:
    with pytest.raises(error) as caught:
        open_source(str(location), settings, **options)
    said = str(caught.value)
    for word in words:
        assert word in said


def code_of(source, key: str) -> str:
    item = next(item for item in source.items() if item.key == key)
    with pytest.raises(ImageError) as caught:
        source.read(item)
    assert caught.value.title
    return caught.value.code


# --- folders -------------------------------------------------------------------------------------------------------


@pytest.fixture
def photos(tmp_path, picture) -> Path:
    folder = tmp_path / "shop" / "photos"
    (folder / "sub" / "deep").mkdir(parents=True)
    for name in ("b.jpg", "a.JPG", "sub/c.png", "sub/deep/d.webp"):
        (folder / name).write_bytes(picture())
    return folder


def test_a_folder_lists_its_images_in_order(request, photos, settings):
    source = opened(request, photos, settings)
    assert (source.name, source.location) == ("photos", str(photos.resolve()))
    items = list(source.items())
    assert [item.key for item in items] == ["a.JPG", "b.jpg", "sub/c.png", "sub/deep/d.webp"]
    assert [item.id for item in items] == ["a", "b", "c", "d"]
    assert list(source.items()) == items
    for item in items:
        assert item.uri == str(photos.resolve() / item.key)
        assert item.size == os.path.getsize(item.uri)
        assert source.read(item) == Path(item.uri).read_bytes() == read_original(item.uri, settings)


def test_other_files_are_counted_and_hidden_ones_are_not(request, photos, settings, picture):
    (photos / "notes.txt").write_text("x")
    (photos / "sub" / "model.pdf").write_text("x")
    (photos / "suffixless").write_bytes(picture("PNG"))
    (photos / "README").write_text("x")
    for hidden in (".DS_Store", "Thumbs.db", ".git", "__MACOSX"):
        (photos / hidden).mkdir() if hidden in (".git", "__MACOSX") else (photos / hidden).write_text("x")
    (photos / ".git" / "x.jpg").write_bytes(picture())
    (photos / "__MACOSX" / "._a.jpg").write_bytes(b"x")
    source = opened(request, photos, settings)
    assert source.others() == ("README", "notes.txt", "sub/model.pdf")
    assert "suffixless" in keys(source)
    assert len(keys(source)) == 5


def test_a_changed_file_changes_its_signature(request, photos, settings, picture):
    source = opened(request, photos, settings)
    before = {item.key: item.signature for item in source.items()}
    os.utime(photos / "b.jpg", ns=(1, 1))
    (photos / "sub" / "c.png").write_bytes(picture("PNG"))
    changed = {item.key for item in source.items() if item.signature != before[item.key]}
    assert changed == {"b.jpg", "sub/c.png"}


def test_links_that_go_round_in_circles_end(request, photos, settings, tmp_path, picture):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "e.jpg").write_bytes(picture())
    (outside / "back").symlink_to(photos)
    (outside / "again").symlink_to(outside)
    (photos / "aaa").symlink_to(photos / "sub")
    (photos / "loop").symlink_to(photos)
    (photos / "up").symlink_to(tmp_path)
    (photos / "other").symlink_to(outside)
    (photos / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    source = opened(request, photos, settings)
    assert keys(source) == ["a.JPG", "b.jpg", "gone.jpg", "other/e.jpg", "sub/c.png", "sub/deep/d.webp"]
    assert code_of(source, "gone.jpg") == "missing"


def test_a_folder_that_may_not_be_read_is_noted(request, photos, settings, monkeypatch):
    real = os.scandir

    def guarded(path):
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", guarded)
    source = opened(request, photos, settings)
    assert keys(source) == ["a.JPG", "b.jpg", "sub/c.png"]
    assert source.notes() == ("The folder “sub/deep” cannot be read: Permission denied.",)


def test_names_are_kept_whatever_they_hold(request, tmp_path, settings, picture):
    for name in HOSTILE:
        (tmp_path / name).write_bytes(picture())
    source = opened(request, tmp_path, settings)
    assert sorted(keys(source)) == sorted(HOSTILE)
    assert {read_original(item.uri, settings) for item in source.items()} == {picture()}


def test_a_name_that_is_not_unicode_can_be_stored_and_read_again(request, tmp_path, settings, picture):
    folder = os.fsencode(tmp_path)
    with open(os.path.join(folder, b"caf\xe9.jpg"), "wb") as file:
        file.write(picture())
    source = opened(request, tmp_path, settings)
    item = next(source.items())
    assert item.key == "caf\\xe9.jpg"
    item.uri.encode()
    assert source.read(item) == read_original(item.uri, settings) == picture()


def test_files_that_cannot_be_used_have_a_code(request, photos, settings, picture):
    os.mkfifo(photos / "pipe.jpg")
    (photos / "big.jpg").write_bytes(bytes(5000))
    source = opened(request, photos, replace(settings, max_bytes=2000))
    assert code_of(source, "big.jpg") == "too-large"
    assert code_of(source, "pipe.jpg") == "unreadable"
    items = {item.key: item for item in source.items()}
    (photos / "b.jpg").unlink()
    with pytest.raises(ImageError) as caught:
        source.read(items["b.jpg"])
    assert caught.value.code == "missing"
    with pytest.raises(NotFoundError):
        read_original(items["b.jpg"].uri, settings)


def test_tables_in_and_beside_a_folder_best_first(request, photos, settings):
    (photos / "zebra.csv").write_text("id,name\na,1\n" * 9)
    (photos / "list.tsv").write_text("id\tname\na\t1\n")
    (photos / "sub" / "metadata.csv").write_text("id,name\na,1\n")
    (photos.parent / "photos.csv").write_text("id,name\na,1\n")
    (photos.parent / "unrelated.csv").write_text("id,name\na,1\n")
    (photos / "readme.txt").write_text("x")
    source = opened(request, photos, settings)
    assert source.tables() == ("sub/metadata.csv", "../photos.csv", "zebra.csv", "list.tsv")
    assert source.read_table("../photos.csv").name == "photos.csv"
    assert source.read_table("list.tsv", text_columns=["name"]).frame["name"].to_list() == ["1"]
    assert source.read_table(str(photos.parent / "unrelated.csv")).rows_read == 1
    assert source.others() == ("readme.txt",)
    with pytest.raises(NotFoundError, match=r"zebra\.csv"):
        source.read_table("zebar.csv")
    with pytest.raises(TableError, match="folder"):
        source.read_table(str(photos))


def test_the_only_table_beside_a_folder_is_a_candidate(request, photos, settings):
    (photos.parent / "styles.csv").write_text("id,name\na,1\n")
    assert opened(request, photos, settings).tables() == ("../styles.csv",)
    (photos.parent / "second.csv").write_text("id,name\na,1\n")
    assert opened(request, photos, settings).tables() == ()


def test_what_is_no_folder_of_images_is_refused(tmp_path, photos, settings, picture):
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(empty, settings, "“empty” holds no images.", "It is empty.", ".jpg")
    (empty / "list.csv").write_text("url\nhttp://x.example/1.jpg\n")
    refused(empty, settings, "Files of other kinds in it: 1.", str(empty / "list.csv"))
    refused(photos.parent / "photo", settings, "There is nothing at", "Did you mean “photos”?")
    refused(tmp_path / "none" / "none", settings, "not there")
    refused("", settings, "No source is given")
    refused("bad\0path", settings, "There is nothing at")
    refused("~nobody-of-that-name/x", settings, "cannot be used")
    refused("https://example.org/photos.zip", settings, "web address")
    refused(photos / "b.jpg", settings, "single image", str(photos))
    os.mkfifo(tmp_path / "pipe.zip")
    refused(tmp_path / "pipe.zip", settings, "neither a file nor a folder")


# --- archives ------------------------------------------------------------------------------------------------------


def packed(tmp_path: Path, kind: str, members: dict[str, bytes]) -> Path:
    path = tmp_path / f"collection.{kind}"
    if kind == "zip":
        return zipped(path, members)
    pack = {
        "tar": bytes,
        "tar.gz": gzip.compress,
        "tgz": gzip.compress,
        "tar.xz": lzma.compress,
        "tar.bz2": bz2.compress,
    }
    path.write_bytes(pack[kind](tarred_bytes(members)))
    return path


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tgz", "tar.xz", "tar.bz2"])
def test_an_archive_lists_and_reads_its_images(request, tmp_path, settings, picture, kind):
    members = {
        "images/b.jpg": picture(color=(1, 2, 3)),
        "images/a.jpg": picture(color=(90, 2, 3)),
        "__MACOSX/images/._a.jpg": b"x",
        "images/Thumbs.db": b"x",
        "images/plain": picture("PNG"),
        "images/notes.txt": b"x",
        "styles.csv": b"id,name\na,Shirt\n",
        "../../escape.jpg": picture(),
        **{f"odd/{name}": picture() for name in HOSTILE},
    }
    path = packed(tmp_path, kind, members)
    source = opened(request, path, settings)
    assert (source.name, source.location) == (path.name, str(path))
    odd = [f"odd/{name}" for name in HOSTILE]
    assert keys(source) == ["images/b.jpg", "images/a.jpg", "images/plain", "../../escape.jpg", *odd]
    assert source.others() == ("images/notes.txt",)
    assert source.tables() == ("styles.csv",)
    assert source.read_table("styles.csv").frame["name"].to_list() == ["Shirt"]
    assert source.notes() == ()
    reader = OriginalReader(settings)
    request.addfinalizer(reader.close)
    for item in source.items():
        assert item.size == len(members[item.key])
        assert source.read(item) == members[item.key] == reader.read(item.uri)
        assert item.uri.startswith("zip://" if kind == "zip" else "tar://")
        assert item.uri.count("!/") == 1
    assert not (tmp_path.parent / "escape.jpg").exists()


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_many_threads_read_one_archive(request, tmp_path, settings, kind):
    members = {f"{number}.jpg": os.urandom(3000 + number) for number in range(60)}
    source = opened(request, packed(tmp_path, kind, members), settings)
    items, wrong = list(source.items()), []

    def work(start: int) -> None:
        for number in range(120):
            item = items[(start * 7 + number) % len(items)]
            if source.read(item) != members[item.key]:
                wrong.append(item.key)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_signatures_in_archives_follow_the_content(request, tmp_path, settings, picture):
    first = opened(request, zipped(tmp_path / "1.zip", {"a.jpg": b"x" * 10, "b.jpg": b"y"}), settings)
    second = opened(request, zipped(tmp_path / "2.zip", {"a.jpg": b"z" * 10, "b.jpg": b"y"}), settings)
    before, after = ([item.signature for item in source.items()] for source in (first, second))
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_a_table_beside_an_archive_is_a_candidate(request, tmp_path, settings, picture):
    zipped(tmp_path / "shoes.zip", {"a.jpg": picture()})
    (tmp_path / "shoes.csv").write_text("id,name\na,1\n")
    (tmp_path / "bags.csv").write_text("id,name\na,1\n")
    source = opened(request, tmp_path / "shoes.zip", settings)
    assert source.tables() == ("../shoes.csv",)
    assert source.read_table("../shoes.csv").rows_read == 1


def encrypt(path: Path, names: set[str]) -> None:
    """Set the flag that says a member needs a password, in both of its headers."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.start_dir
        for info in archive.infolist():
            if info.filename in names:
                data[info.header_offset + 6] |= 1
                data[at + 8] |= 1
            at += 46 + sum(struct.unpack("<HHH", data[at + 28 : at + 34]))
    path.write_bytes(data)


def test_a_protected_zip_says_so(request, tmp_path, settings, picture):
    path = zipped(tmp_path / "secret.zip", {"a.jpg": picture(), "b.jpg": picture(), "t.csv": b"id,x\n1,2\n"})
    encrypt(path, {"a.jpg", "t.csv"})
    source = opened(request, path, settings)
    assert code_of(source, "a.jpg") == "encrypted"
    assert source.read(list(source.items())[1]) == picture()
    with pytest.raises(TableError, match="password"):
        source.read_table("t.csv")
    encrypt(path, {"a.jpg", "b.jpg"})
    refused(path, settings, "“secret.zip” is protected by a password.", "Unpack it")


def test_a_zip_bomb_is_cut(request, tmp_path, settings):
    path = zipped(tmp_path / "bomb.zip", {"a.jpg": bytes(5_000_000), "b.jpg": bytes(100)})
    source = opened(request, path, replace(settings, max_bytes=1_000_000))
    assert code_of(source, "a.jpg") == "too-large"
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.start_dir
    data[at + 24 : at + 28] = struct.pack("<I", 500)
    path.write_bytes(data)
    lying = opened(request, path, replace(settings, max_bytes=1_000_000))
    assert next(lying.items()).size == 500
    assert code_of(lying, "a.jpg") == "unreadable"


def test_methods_without_a_bound_on_memory_are_refused(request, tmp_path, settings, picture):
    path = zipped(tmp_path / "slow.zip", {"a.jpg": picture()}, zipfile.ZIP_BZIP2)
    assert code_of(opened(request, path, settings), "a.jpg") == "unreadable"


def test_damage_inside_a_zip_costs_one_file(request, tmp_path, settings, picture):
    path = zipped(tmp_path / "d.zip", {"a.jpg": os.urandom(3000), "b.jpg": picture()})
    data = bytearray(path.read_bytes())
    data[500:520] = bytes(20)
    path.write_bytes(data)
    source = opened(request, path, settings)
    assert code_of(source, "a.jpg") == "unreadable"
    assert source.read(list(source.items())[1]) == picture()


def test_names_of_a_zip_made_elsewhere(request, tmp_path, settings, picture):
    path = zipped(tmp_path / "n.zip", {"images\\größe.jpg": picture(), "images/x.jpg": b"1", "images/y.jpg": b"2"})
    data = path.read_bytes().replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00")
    path.write_bytes(data)
    source = opened(request, path, settings)
    assert keys(source)[0] == "images/größe.jpg"
    item = next(source.items())
    assert item.id == "größe"
    assert read_original(item.uri, settings) == picture()


def test_a_damaged_archive_is_refused_or_read_as_far_as_it_goes(request, tmp_path, settings, picture):
    members = {f"{number}.jpg": os.urandom(20_000) for number in range(10)}
    cut = tmp_path / "cut.zip"
    cut.write_bytes(packed(tmp_path, "zip", members).read_bytes()[:50_000])
    refused(cut, settings, "damaged zip archive", "Fetch it again")
    for kind in ("tar", "tar.gz"):
        path = tmp_path / f"cut.{kind}"
        path.write_bytes(packed(tmp_path, kind, members).read_bytes()[:90_000])
        source = opened(request, path, settings)
        assert 3 <= len(keys(source)) <= 5
        assert "damaged and ends early" in source.notes()[0]
        first = next(source.items())
        assert source.read(first) == members[first.key]
    assert code_of(opened(request, tmp_path / "cut.tar", settings), keys(source)[-1]) == "unreadable"
    for kind in ("tar", "tar.gz", "tar.xz", "tar.bz2"):
        path = tmp_path / f"bad.{kind}"
        path.write_bytes(packed(tmp_path, kind, {"a.jpg": picture()}).read_bytes()[:40] + b"\xff" * 600)
        refused(path, settings, "not an archive that can be read, or it is damaged")


def test_what_is_no_archive_is_refused(tmp_path, settings, picture):
    def written(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    refused(written("text.zip", b"hello" * 200), settings, "not a zip archive", ".tar.gz")
    refused(written("text.tar", b"hello" * 400), settings, "not an archive")
    refused(written("r.zip", b"Rar!\x1a\x07\0" + bytes(100)), settings, "RAR archive", ".zip")
    refused(written("a.rar", b"Rar!\x1a\x07\0" + bytes(100)), settings, "“a.rar”", ".zip")
    refused(written("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100)), settings, "“a.7z”", ".zip")
    refused(written("book.xlsx", b"PK\3\4"), settings, "“book.xlsx”", ".csv")
    refused(written("empty.zip", b"PK\5\6" + bytes(18)), settings, "holds no images", "It is empty")
    refused(zipped(tmp_path / "t.zip", {"a.txt": b"x", "b.csv": b"x"}), settings, "Files of other kinds in it: 2.")


def test_tar_links_and_names(request, tmp_path, settings, picture):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", encoding="latin-1", format=tarfile.GNU_FORMAT) as archive:
        for name in ("./a.jpg", "caf\xe9.jpg"):
            info = tarfile.TarInfo(name)
            info.size = len(picture())
            archive.addfile(info, io.BytesIO(picture()))
        hard, soft = tarfile.TarInfo("same.jpg"), tarfile.TarInfo("soft.jpg")
        hard.type, hard.linkname, soft.type, soft.linkname = tarfile.LNKTYPE, "./a.jpg", tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(hard)
        archive.addfile(soft)
    path = tmp_path / "links.tar"
    path.write_bytes(buffer.getvalue())
    source = opened(request, path, settings)
    assert keys(source) == ["a.jpg", "café.jpg", "same.jpg"]
    assert {source.read(item) for item in source.items()} == {picture()}


def test_a_compressed_tar_that_does_not_fit_is_refused(tmp_path, settings, monkeypatch):
    path = packed(tmp_path, "tar.gz", {"a.jpg": bytes(10_000_000)})
    free = tarred.SPARE_BYTES + 1_000_000
    monkeypatch.setattr(tarred.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    refused(path, settings, "too large to be unpacked", "give the folder")


# --- originals -----------------------------------------------------------------------------------------------------


def test_originals_that_are_gone_are_not_found(request, tmp_path, settings, picture):
    path = zipped(tmp_path / "a!b c.zip", {"x/a.jpg": picture(), "b.jpg": picture()})
    source = opened(request, path, settings)
    uri = next(source.items()).uri
    reader = OriginalReader(settings)
    request.addfinalizer(reader.close)
    assert reader.read(uri) == picture()
    zipped(path, {"b.jpg": picture(color=(0, 0, 0))})
    with pytest.raises(NotFoundError, match=r"x/a\.jpg"):
        reader.read(uri)
    path.unlink()
    with pytest.raises(NotFoundError, match="not there"):
        reader.read(uri)
    path.write_bytes(b"no archive any more")
    with pytest.raises(ImageError):
        reader.read(uri)
    with pytest.raises(NotFoundError):
        reader.read(str(tmp_path / "never.jpg"))


def test_many_archives_are_read_with_a_few_open(request, tmp_path, settings):
    uris = {}
    for number in range(9):
        path = zipped(tmp_path / f"{number}.zip", {"a.jpg": bytes([number])})
        source = open_source(str(path), settings)
        uris[next(source.items()).uri] = bytes([number])
        source.close()
    reader = OriginalReader(settings)
    request.addfinalizer(reader.close)
    wrong = []

    def work() -> None:
        wrong.extend(uri for _ in range(5) for uri, data in uris.items() if reader.read(uri) != data)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "ftp://x.example/a.jpg", "data:image/png;base64,AAAA"])
def test_originals_are_not_read_through_other_schemes(uri, settings):
    with pytest.raises(ImageError) as caught:
        read_original(uri, settings)
    assert caught.value.code == "refused-address"


# --- tables that list images ---------------------------------------------------------------------------------------


def test_a_table_of_paths(request, photos, settings, picture):
    table = photos.parent / "list.csv"
    absolute = photos / "sub" / "c.png"
    lines = [
        "id,picture,name",
        "007,photos/a.JPG,x",
        f"8,{absolute},y",
        ",photos\\b.jpg,z",
        "9,photos/none.jpg,n",
        "10,,m",
    ]
    table.write_text("\n".join([*lines, "11,photos/a.JPG,again"]))
    source = opened(request, table, settings)
    assert (source.name, source.location) == ("list.csv", str(table))
    items = list(source.items())
    assert [item.key for item in items] == [
        "photos/a.JPG",
        str(absolute),
        "photos\\b.jpg",
        "photos/none.jpg",
        "photos/a.JPG#7",
    ]
    assert [item.id for item in items] == ["007", "8", "b", "9", "11"]
    assert [source.read(item) for item in items[:3]] == [picture()] * 3
    assert items[0].uri == str(photos / "a.JPG")
    assert read_original(items[2].uri, settings) == picture()
    assert code_of(source, "photos/none.jpg") == "missing"
    assert source.tables() == ("list.csv",)
    assert source.read_table("list.csv").frame["name"].to_list() == ["x", "y", "z", "n", "m", "again"]
    assert source.others() == ()
    assert source.notes() == ("Rows without a value in “picture”, which name no image: 1.",)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "FTP://x.example/a.jpg", "data:image/png;base64,AA", "s3://b/a.jpg"]
)
def test_odd_schemes_in_a_table_are_refused(request, tmp_path, settings, address):
    (tmp_path / "list.csv").write_text(f"id,image\n1,{address}\n2,b.jpg\n")
    source = opened(request, tmp_path / "list.csv", settings, image_column="image")
    assert code_of(source, address) == "refused-address"
    assert code_of(source, "b.jpg") == "missing"


def test_device_files_and_folders_in_a_table_are_not_read(request, tmp_path, settings):
    (tmp_path / "list.csv").write_text("id,image\n1,/dev/zero\n2,/etc\n3,x.jpg\n")
    source = opened(request, tmp_path / "list.csv", settings, image_column="image")
    assert code_of(source, "/dev/zero") == "unreadable"
    assert code_of(source, "/etc") == "unreadable"


def test_columns_can_be_named_by_either_name_and_keep_their_text(request, tmp_path, settings, picture):
    (tmp_path / "1.50").write_bytes(picture())
    (tmp_path / "list.csv").write_text("Item No,The File\n1.10,1.50\n")
    source = opened(request, tmp_path / "list.csv", settings, image_column="the file", id_column="Item_No")
    item = next(source.items())
    assert (item.key, item.id) == ("1.50", "1.10")
    assert source.read(item) == picture()


def test_ids_fall_back_to_the_stem(request, tmp_path, settings):
    (tmp_path / "list.csv").write_text("image,price\nhttps://x.example/a/b%20c.jpg?w=1,1\nd/e.png,2\n")
    assert [item.id for item in opened(request, tmp_path / "list.csv", settings).items()] == ["b c", "e"]


def test_a_table_that_names_no_images_is_refused(tmp_path, settings):
    table = tmp_path / "list.csv"
    table.write_text("id,Base Colour\n1,Red\n")
    refused(table, settings, "“id”, “Base Colour”", "--image-column", error=TableError)
    refused(table, settings, "Did you mean “Base Colour”", error=TableError, image_column="base color")
    refused(table, settings, "--id-column", error=TableError, image_column="id", id_column="nummer")
    table.write_text("id,image\n1,\n2,\n")
    refused(table, settings, "names no images", image_column="image")


def test_a_listed_parquet_with_hostile_text_stays_text(request, tmp_path, settings):
    names = ["'; DROP TABLE x; --.jpg", "../../../../etc/passwd", "a\0b.jpg", "x" * 5000 + ".jpg"]
    pl.DataFrame({"id": HOSTILE[:4], "image": names}).write_parquet(tmp_path / "list.parquet")
    source = opened(request, tmp_path / "list.parquet", settings, image_column="image")
    assert [item.id for item in source.items()] == HOSTILE[:4]
    for name in (names[0], names[2], names[3]):
        assert code_of(source, name) in {"missing", "unreadable"}
