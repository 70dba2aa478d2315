"""Ids: the stem where it is enough, never the same one twice, and the same ones in every later run."""

import random
from dataclasses import replace

import pytest

from core.ingest.ids import distinct_ids, listed_ids
from core.ingest.items import Item
from core.ingest.naming import stem


def items(*keys: str, place: str = "/photos") -> list[Item]:
    return [Item(key, stem(key), f"{place}/{key}", 1, "1") for key in keys]


def listed(*pairs: tuple[str, str]) -> list[Item]:
    return [
        Item(key if at == 0 else f"{key}#{at}", id, f"/photos/{key}", 1, "1", at + 2)
        for at, (id, key) in enumerate(pairs)
    ]


def ids(found: list[Item]) -> list[str]:
    return [item.id for item in found]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["a.jpg", "sub/b.jpg"], ["a", "b"]),
        (["train/0001.jpg", "test/0001.jpg"], ["train/0001", "test/0001"]),
        (["0001.jpg", "test/0001.jpg"], ["0001", "test/0001"]),
        (["x/a.jpg", "x/a.png"], ["x/a.jpg", "x/a.png"]),
        (["a.jpg", "a.png", "a.jpg.png"], ["a.jpg#2", "a.png", "a.jpg"]),
    ],
)
def test_what_is_shared_is_lengthened_and_nothing_else(keys, expected):
    assert listed_ids(items(*keys)) == expected


def test_the_first_row_of_an_id_keeps_it_in_a_table_that_lists_images():
    assert listed_ids(listed(("7", "a.jpg"), ("7", "b.jpg"), ("8", "c.jpg"))) == ["7", "b", "8"]
    assert listed_ids(listed((" ", "a.jpg"))) == ["a"]


def test_an_image_keeps_its_id_when_another_of_its_stem_comes():
    found = distinct_ids(items("test/1.jpg", "train/1.jpg"), {"/photos/train/1.jpg": ["1"]})
    assert ids(found) == ["test/1", "1"]
    found = distinct_ids(items("1.jpg", "train/1.jpg"), {"/photos/train/1.jpg": ["1"]})
    assert ids(found) == ["1.jpg", "1"]


def test_an_address_that_is_listed_twice_keeps_both_ids():
    twice = [Item("a.jpg", "1", "/p/a.jpg", 1, "1", 2), Item("a.jpg#3", "2", "/p/a.jpg", 1, "1", 3)]
    assert ids(distinct_ids(twice, {"/p/a.jpg": ["2", "1"]})) == ["1", "2"]
    assert ids(distinct_ids(twice, {"/p/a.jpg": ["2"]})) == ["1", "2"]


def test_a_file_that_moved_inside_its_source_goes_by_its_stem_again():
    assert ids(distinct_ids(items("new/1.jpg"), {"/photos/old/1.jpg": ["1"]})) == ["1"]


def test_a_source_that_moved_keeps_the_ids_it_had():
    moved = {"train/1.jpg": "1", "test/1.jpg": "test/1"}
    assert ids(distinct_ids(items("test/1.jpg", "train/1.jpg", place="/elsewhere"), {}, moved)) == ["test/1", "1"]


@pytest.mark.parametrize("seed", range(30))
def test_ids_differ_and_do_not_depend_on_how_much_is_in_already(seed):
    chance = random.Random(seed)
    folders, suffixes = ["", "a/", "b/", "a/b/"], [".jpg", ".png", ".jpg.png", ""]
    keys = sorted({chance.choice(folders) + chance.choice("xyz") + chance.choice(suffixes) for _ in range(30)})
    listing = items(*keys)
    before = {item.uri: [item.id] for item in distinct_ids(listing[::3], {})}
    whole = distinct_ids(listing, before)
    assert len(set(ids(whole))) == len(whole)
    for cut in range(0, len(whole), 4):
        known = before | {item.uri: [item.id] for item in whole[:cut]}
        assert distinct_ids(listing, known) == whole
    assert distinct_ids([replace(item) for item in listing], {item.uri: [item.id] for item in whole}) == whole
