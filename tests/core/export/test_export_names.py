"""Names of images in a bundle: safe everywhere, and nobody else's."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.collection.catalog import Catalog
from core.export.names import ids_alike, image_name, suffix_for, suffix_in
from core.ingest.naming import is_hidden
from tests.core.export.exporting import assert_sound, take_made_up
from tests.made_up import fill

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200) | st.from_regex(
    r"\A[aA]{1,3}(\.jpg)?\Z"
)


def alike(ids: list[str]) -> set[str]:
    folded = [id.lower() for id in ids]
    return {id for id in folded if folded.count(id) > 1}


@given(st.lists(IDS, unique=True, max_size=8))
def test_names_are_safe_and_unique(ids: list[str]) -> None:
    names = [image_name(id, ".jpg", alike(ids)) for id in ids]
    assert len({name.lower() for name in names}) == len(ids)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,120}\.jpg", name)
        assert not is_hidden(name)


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("IMG_0042", r"IMG_0042\.png"),
        ("a.b-c", r"a\.b-c\.png"),
        ("../../etc/passwd", r"etc_passwd~[0-9a-f]{16}\.png"),
        ("con", r"con~[0-9a-f]{16}\.png"),
        ("Aux.1", r"Aux\.1~[0-9a-f]{16}\.png"),
        ("два", r"image~[0-9a-f]{16}\.png"),
        ("twin", r"twin~[0-9a-f]{16}\.png"),
    ],
)
def test_an_id_stays_readable(id: str, name: str) -> None:
    assert re.fullmatch(name, image_name(id, ".png", {"twin"}))


@pytest.mark.parametrize(
    ("uri", "suffix"),
    [
        ("/a/b.JPG", ".jpg"),
        ("zip:///a.zip!/in/b.webp", ".webp"),
        ("https://example.org/b.png?size=large.gif#c.bmp", ".png"),
        ("https://example.org/image", ""),
        ("https://[half/b.png", ""),
        ("/a/b.exe", ""),
    ],
)
def test_the_suffix_stays(uri: str, suffix: str) -> None:
    assert suffix_in(uri) == suffix


def test_a_suffix_is_found_where_the_address_has_none() -> None:
    assert suffix_for(b"\x89PNG\r\n\x1a\n" + bytes(60)) == ".png"
    assert suffix_for(b"neither") == ".bin"


def test_ids_that_only_case_sets_apart(tmp_path: Path) -> None:
    collection = fill(tmp_path, "case", {"n": pa.array([1, 2, 3])}, ["Dog", "dog", "cat"])
    assert ids_alike(Catalog(collection.dataset())) == {"dog"}
    files = assert_sound(take_made_up(tmp_path, collection, "case", images="thumbnail"))
    images = [name for name in files if name.startswith("images/")]
    assert len({name.lower() for name in images}) == 3
    assert "images/cat.webp" in images
