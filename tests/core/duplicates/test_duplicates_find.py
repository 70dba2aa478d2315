"""Groups of identical and nearly identical images of a collection, and how they are written down."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.collection.catalog import Catalog
from core.duplicates.find import find_duplicates
from core.duplicates.found import Group, groups, kept_ids, other_ids
from core.duplicates.request import Keep, duplicates_request, read_duplicates_request
from core.duplicates.told import COLUMNS, headline, to_csv, to_json, told
from core.errors import InputError, QueryError
from core.ingest.plan import IngestRequest
from core.query.recipe import All, Not, OneOf
from core.workspace import Workspace
from tests.twins import ALONE, IDENTICAL, LARGER, NAME, SAVED


@pytest.fixture(scope="module")
def held(twins_space: Workspace) -> Catalog:
    return twins_space.catalog(NAME)


def found(catalog: Catalog, **asked: Any) -> tuple[Group, ...]:
    return groups(catalog, find_duplicates(catalog, duplicates_request(**asked)))


def ids(group: Group) -> list[str]:
    return [member.row.id for member in group.members]


def test_identical_groups_are_those_of_an_independent_count(held: Catalog) -> None:
    counted = held.select("SELECT list(id) FROM images GROUP BY content_hash HAVING count(*) > 1")
    assert {frozenset(ids(group)) for group in found(held)} == {frozenset(row[0]) for row in counted}
    assert [len(group.members) for group in found(held)] == [3, 2]
    assert {group.contents for group in found(held)} == {1}
    answer = find_duplicates(held, duplicates_request())
    assert (answer.groups, answer.images, answer.others, answer.compared) == (2, 5, 3, 11)
    assert headline(answer) == "2 groups of identical images"


@pytest.mark.parametrize(("how", "threshold"), [("phash", 4), ("dhash", 4), ("vector", 0.97)])
def test_near_groups_hold_different_files_and_say_which_are_copies(held: Catalog, how: str, threshold: float) -> None:
    first, second = found(held, how=how, threshold=threshold)
    assert ids(first)[0] == LARGER, "the one with most pixels is kept"
    assert set(ids(first)) == {LARGER, "a", *IDENTICAL["a"]}
    assert (first.size, first.contents) == (4, 2)
    assert [member.copy for member in first.members] == [False, False, True, True]
    assert set(ids(second)) == {"c", SAVED}
    grouped = {id for group in (first, second) for id in ids(group)}
    assert grouped.isdisjoint(IDENTICAL["b"]), "identical to the byte is no near group"
    assert grouped.isdisjoint(ALONE)
    distances = [member.distance for member in first.members]
    assert distances[0] == 0
    assert distances == sorted(distances)
    assert max(distances) <= (threshold if how != "vector" else 1 - threshold + 1e-6)


def test_who_is_kept_can_be_chosen(held: Catalog) -> None:
    order = held.ids(All(), None, 100)
    for keep, wanted in (("first", min), ("last", max)):
        for group in found(held, how="phash", threshold=4, keep=keep):
            assert ids(group)[0] == wanted(ids(group), key=order.index)
    for group in found(held, keep="last"):
        assert ids(group)[0] == max(ids(group), key=order.index)


@pytest.mark.parametrize("keep", list(Keep))
@pytest.mark.parametrize(("how", "threshold"), [("identical", None), ("phash", 4), ("vector", 0.97)])
def test_delete_and_undo_change_neither_who_is_kept_nor_any_order(
    own_twins: Workspace, how: str, threshold: float | None, keep: Keep
) -> None:
    two_of_two = All((Not(OneOf("id", ("a3",))),))  # so that group order is not told by size
    for where in (All(), two_of_two):
        asked = {"how": how, "threshold": threshold, "keep": keep, "where": where}
        before = [ids(group) for group in found(own_twins.catalog(NAME), **asked)]
        for gone in (["a", "c"], ["a2", "b", LARGER]):
            own_twins.undo_delete(NAME, own_twins.delete(NAME, gone))
            assert [ids(group) for group in found(own_twins.catalog(NAME), **asked)] == before


def test_of_one_batch_the_lowest_id_comes_first_wherever_it_is_in_the_table(own_twins: Workspace) -> None:
    own_twins.undo_delete(NAME, own_twins.delete(NAME, ["a"]))
    own_twins.undo_delete(NAME, own_twins.delete(NAME, ["a2"]))
    catalog = own_twins.catalog(NAME)
    assert catalog.ids(All(), None, 100)[-2:] == ["a", "a2"], "Explore shows them last"
    assert ids(found(catalog, keep="first")[0]) == ["a", "a2", "a3"]
    assert ids(found(catalog, keep="last")[0]) == ["a3", "a2", "a"]


def test_an_earlier_batch_comes_before_a_lower_id(own_twins: Workspace, tmp_path: Path) -> None:
    source = tmp_path / "later"
    source.mkdir()
    shutil.copy(own_twins.catalog(NAME).rows(["b"])[0].values["uri"], source / "0.png")
    own_twins.ingest(IngestRequest(str(source), NAME))
    assert [ids(group) for group in found(own_twins.catalog(NAME), keep="first")] == [
        ["a", "a2", "a3"],
        ["b", "b2", "0"],
    ]


def test_only_images_that_pass_the_filter_count(held: Catalog) -> None:
    where = All((OneOf("letter", ("b", "c")),))
    (group,) = found(held, where=where)
    assert ids(group) == ["b", "b2"]
    without = All((Not(OneOf("id", ("b2",))),))
    assert "b" not in {id for group in found(held, where=without) for id in ids(group)}
    nothing = find_duplicates(held, duplicates_request("phash", where=All((OneOf("letter", ("z",)),))))
    assert (nothing.groups, nothing.images, nothing.compared) == (0, 0, 0)
    assert groups(held, nothing) == ()


def test_the_same_question_is_answered_from_memory_and_another_anew(held: Catalog) -> None:
    asked = duplicates_request("phash", 2)
    assert find_duplicates(held, asked) is find_duplicates(held, duplicates_request("phash", 2))
    assert find_duplicates(held, asked) is not find_duplicates(held, duplicates_request("phash", 4))


def test_a_page_of_groups_and_their_ids(held: Catalog) -> None:
    answer = find_duplicates(held, duplicates_request())
    (second,) = groups(held, answer, 1, 5)
    assert (second.number, ids(second)) == (2, ["b", "b2"])
    (first,) = groups(held, answer, 0, 1, most=2)
    assert (first.size, len(first.members)) == (3, 2)
    assert set(kept_ids(held, answer)).isdisjoint(other_ids(held, answer))
    assert other_ids(held, answer, [1]) == ["b2"]


@pytest.mark.parametrize(
    ("how", "threshold"), [("phash", 17), ("phash", 1.5), ("dhash", -1), ("vector", 0.1), ("vector", float("nan"))]
)
def test_a_threshold_that_makes_no_sense_is_refused(how: str, threshold: float) -> None:
    with pytest.raises(InputError, match="no threshold"):
        duplicates_request(how, threshold)


def test_a_request_is_read_with_its_filter_as_typed_or_as_in_a_link(held: Catalog) -> None:
    where = All((OneOf("letter", ("b",)),))
    wanted = duplicates_request("phash", 4, "last", where)
    assert read_duplicates_request(held, "phash", 4, "last", "letter=b") == wanted
    assert read_duplicates_request(held, "phash", 4, "last", '[["letter","in",["b"]]]') == wanted
    for nothing in ("", None):
        assert read_duplicates_request(held, "dhash", None, "first", nothing) == duplicates_request(
            "dhash", keep="first"
        )
    with pytest.raises(QueryError):
        read_duplicates_request(held, "identical", None, "first", "nothing=1")


def test_unknown_words_are_refused() -> None:
    with pytest.raises(InputError, match="compared"):
        duplicates_request("magic")
    with pytest.raises(InputError, match="kept"):
        duplicates_request(keep="best")


def test_too_many_vectors_are_refused_with_a_way_on(held: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.duplicates.find.MOST_PRODUCTS", 100)
    with pytest.raises(QueryError, match="different images pass the filter") as refused:
        find_duplicates(held, duplicates_request("vector", 0.93))
    assert "by hash" in refused.value.hint


def test_csv_and_json_tell_the_same(held: Catalog) -> None:
    answer = find_duplicates(held, duplicates_request("phash", 4))
    lines = list(csv.DictReader(io.StringIO(to_csv(held, answer))))
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == answer.images
    assert lines[0]["kept"] == "yes"
    assert lines[0]["id"] == LARGER
    held_json = json.loads(to_json(held, answer))
    assert {name: held_json[name] for name in ("how", "threshold", "groups", "images")} == {
        "how": "phash", "threshold": 4, "groups": 2, "images": 6,
    }  # fmt: skip
    listed = [(group["group"], image["id"]) for group in held_json["listed"] for image in group["images"]]
    assert listed == [(int(line["group"]), line["id"]) for line in lines]
    assert told(held, answer)["others"] == 4
