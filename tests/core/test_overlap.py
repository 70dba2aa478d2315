"""Two ranked lists held against each other: the measures by hand, the lists by running each question alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL.Image import Image

from core.collection.schema import EncoderFact
from core.encoders.protocol import Vectors
from core.errors import NotFoundError, QueryError
from core.overlap import BY_CONTENT, BY_ID, Asked, Overlap, carried, overlap, told_overlap
from core.query.recipe import All, ImageId, OneOf, Recipe, Upload, Words
from core.ranking import at_depths, rank_biased_overlap
from core.settings import Settings
from core.workspace import Workspace
from tests.made_up import fill, recorded_as, unit_vectors

CIRCLES = All((OneOf("shape", ("circle",)),))


def test_rank_biased_overlap_by_hand() -> None:
    # Agreement 1, 1/2, 1 at depths 1, 2, 3: 0.9^3 + 0.1 / 0.9 * (0.9 + 0.5 * 0.81 + 0.729)
    assert rank_biased_overlap("abc", "acb") == pytest.approx(0.955)
    assert rank_biased_overlap("abc", "xyz") == 0
    assert rank_biased_overlap("abc", "") == 0
    assert rank_biased_overlap("", "") is None
    assert rank_biased_overlap("ab", "abcdef") == pytest.approx(1)  # goes on as it began
    # Nothing in common at depth 1, one of two at depth 2: 1 / 2 * 0.5^2, and (1 - 0) / 2 * 0.5^2 for what lies beyond
    assert rank_biased_overlap("a", "ba", 0.5) == pytest.approx(0.25)


def test_rank_biased_overlap_is_symmetric_bounded_and_weighs_the_top_most() -> None:
    chance = np.random.default_rng(3)
    for _ in range(200):
        first = chance.permutation(30)[: chance.integers(1, 30)].tolist()
        second = chance.permutation(30)[: chance.integers(1, 30)].tolist()
        value = rank_biased_overlap(first, second)
        assert value is not None
        assert 0 <= value <= 1
        assert value == pytest.approx(rank_biased_overlap(second, first))
    assert rank_biased_overlap(first, first) == pytest.approx(1)
    base = list(range(50))
    top, bottom = [99, *base[1:]], [*base[:-1], 99]
    assert rank_biased_overlap(base, top) < rank_biased_overlap(base, bottom)  # type: ignore[operator]


def test_what_is_shared_at_each_depth() -> None:
    found = at_depths(list(range(12)), list(range(6, 18)), (5, 10, 25))
    assert [(item.depth, item.common) for item in found] == [(5, 0), (10, 4), (12, 6)]
    assert found[1].share == 0.4
    assert found[1].jaccard == pytest.approx(4 / 16)
    assert [(item.depth, item.common, item.share) for item in at_depths("abc", "a", (1, 2))] == [
        (1, 1, 1.0),
        (2, 1, 0.5),
        (3, 1, pytest.approx(1 / 3)),
    ]
    assert at_depths("", "", (10,)) == ()


def test_two_questions_to_a_collection(workspace: Workspace) -> None:
    first, second = Recipe(terms=(Words("a red circle"),)), Recipe(CIRCLES, (Words("something red"),))
    found = overlap(workspace, Asked("things", first), Asked("things", second), 15)
    searcher = workspace.searcher("things")
    lists = [
        [hit.row.id for hit in searcher.run(Recipe(asked.where, asked.terms, limit=15)).hits]
        for asked in (first, second)
    ]
    assert [[image.row.id for image in side.images] for side in (found.a, found.b)] == lists
    common = set(lists[0]) & set(lists[1])
    assert 0 < found.both == len(common) < 15
    for side, other in ((found.a, lists[1]), (found.b, lists[0])):
        assert [image.rank for image in side.images] == list(range(1, len(side.images) + 1))
        for image in side.images:
            assert image.other == (other.index(image.row.id) + 1 if image.row.id in other else None)
        assert {image.row.id for image in side.only} == {image.row.id for image in side.images} - common
    assert [item.depth for item in found.depths] == [10, 15]
    assert found.rbo == pytest.approx(rank_biased_overlap(*lists))
    assert (found.matched_by, found.a.unknown, found.b.unknown) == (BY_ID, 0, 0)
    assert found.b.english.startswith("Images whose shape is circle")


def test_the_same_question_twice_agrees_wholly(workspace: Workspace) -> None:
    asked = Asked("things", Recipe(terms=(Words("blue"),), limit=3))
    found = overlap(workspace, asked, asked, 50)
    assert (found.both, found.rbo) == (50, pytest.approx(1))
    assert [(item.depth, item.share, item.jaccard) for item in found.depths] == [(10, 1, 1), (25, 1, 1), (50, 1, 1)]
    assert all(image.rank == image.other for image in found.a.images)


def test_a_side_may_be_empty_or_short(workspace: Workspace) -> None:
    nothing = Asked("things", Recipe(All((OneOf("shape", ("none",)),)), (Words("blue"),)))
    found = overlap(workspace, nothing, nothing)
    assert (found.both, found.rbo, found.depths) == (0, None, ())
    found = overlap(workspace, nothing, Asked("things", Recipe(terms=(Words("blue"),))))
    assert (found.both, found.rbo, len(found.b.only)) == (0, 0, 60)
    with pytest.raises(QueryError, match="cannot be compared"):
        overlap(workspace, nothing, nothing, 0)


@dataclass(frozen=True)
class Axes:
    """Reads "x" and "y" as two directions."""

    name: str
    fingerprint: str
    dimension: int = 16

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        raise AssertionError("Nobody gives a picture here.")

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        return np.stack([unit_vectors(1, 16, 40 + ord(text[0]))[0] for text in texts])


def two_collections(folder: Path, ids: Sequence[str], hashes: Sequence[str | None]) -> Workspace:
    """ "here" holds 40 images i0 to i39 with hashes h0 to h39; "there" those given, with other vectors."""
    space = Workspace.open(Settings(workspace=folder, encoder="/made-up"), Axes("/made-up", "0" * 12))
    own = {"content_hash": pa.array([f"h{place}" for place in range(40)]), "letter": pa.array(["a", "b"] * 20)}
    fill(folder, "here", own, [f"i{place}" for place in range(40)], unit_vectors(40, seed=1))
    other = fill(folder, "there", {"content_hash": pa.array(hashes, pa.string())}, ids, unit_vectors(len(ids), seed=2))
    recorded_as(other, EncoderFact("/made-up", 16, "0" * 12))
    return space


def asked_of_both(space: Workspace, recipe: Recipe, depth: int = 40) -> Overlap:
    return overlap(space, Asked("here", recipe), Asked("there", carried(space, recipe, "here", "there")), depth)


WORDS = Recipe(terms=(Words("x"),))


def test_the_same_images_under_the_same_ids(tmp_path: Path) -> None:
    space = two_collections(tmp_path, [f"i{place}" for place in range(40)], [f"h{place}" for place in range(40)])
    found = asked_of_both(space, WORDS)
    assert (found.both, found.matched_by, found.a.unknown) == (40, BY_ID, 0)
    ranks = {image.row.id: image.rank for image in found.b.images}
    assert all(image.other == ranks[image.row.id] for image in found.a.images)
    assert found.rbo is not None
    assert found.rbo < 0.9  # other vectors, so another order


def test_a_few_changed_pictures_do_not_make_ids_void_and_missing_hashes_do_neither(tmp_path: Path) -> None:
    hashes = [None if place % 2 else f"h{place}" if place > 4 else f"changed{place}" for place in range(40)]
    space = two_collections(tmp_path, [f"i{place}" for place in range(40)], hashes)
    found = asked_of_both(space, WORDS)
    assert (found.both, found.matched_by) == (40, BY_ID)


def test_images_under_other_ids_are_known_by_their_content(tmp_path: Path) -> None:
    space = two_collections(tmp_path, [f"other {place}" for place in range(30)], [f"h{place}" for place in range(30)])
    found = asked_of_both(space, WORDS)
    assert (found.both, found.matched_by, found.a.unknown, found.b.unknown) == (30, BY_CONTENT, 10, 0)
    assert not found.ids_differ  # no id is in both
    ranks = {image.row.id: image.rank for image in found.b.images}
    for image in found.a.images:
        place = int(image.row.id[1:])
        assert image.other == (ranks[f"other {place}"] if place < 30 else None)


def test_ids_that_name_other_pictures_do_not_count(tmp_path: Path) -> None:
    ids = [f"i{place}" for place in range(40)]
    space = two_collections(tmp_path, ids, [f"h{(place + 7) % 80}" for place in range(40)])
    found = asked_of_both(space, WORDS)
    assert (found.matched_by, found.ids_differ) == (BY_CONTENT, True)
    assert found.both == 33
    assert found.a.unknown == 7


@pytest.mark.parametrize("prefix", ["i", "other "])
def test_ids_that_cannot_be_held_against_content_are_not_said_to_differ(tmp_path: Path, prefix: str) -> None:
    space = two_collections(tmp_path, [f"{prefix}{place}" for place in range(40)], [None] * 40)
    found = asked_of_both(space, WORDS)
    assert (found.both, found.matched_by, found.ids_differ) == (40 if prefix == "i" else 0, BY_ID, False)


def test_copies_are_matched_one_to_one(tmp_path: Path) -> None:
    hashes = ["h0", "h0", "h0", *[f"z{place}" for place in range(17)]]
    found = asked_of_both(two_collections(tmp_path, [f"o{place}" for place in range(20)], hashes), WORDS)
    assert (found.both, len(found.a.only), len(found.b.only)) == (1, 39, 19)


def test_an_image_that_is_searched_by_is_found_in_the_other_collection_or_told(tmp_path: Path) -> None:
    space = two_collections(tmp_path, ["a", "i3", "i5", "i4"], ["h0", "h3", None, "not 4"])
    for here, there in (("i0", "a"), ("i3", "i3"), ("i5", "i5")):
        recipe = Recipe(terms=(ImageId(here, -0.5), Words("x")))
        assert carried(space, recipe, "here", "there").terms == (ImageId(there, -0.5), Words("x"))
    assert carried(space, Recipe(terms=(Upload("d"),)), "here", "there").terms == (Upload("d"),)
    assert asked_of_both(space, Recipe(terms=(ImageId("i0"),))).b.images
    for id in ("i1", "i4"):
        with pytest.raises(NotFoundError, match=f"“there” does not hold the image “{id}”"):
            carried(space, Recipe(terms=(ImageId(id),)), "here", "there")
    with pytest.raises(NotFoundError, match="no image “gone”"):
        carried(space, Recipe(terms=(ImageId("gone"),)), "here", "there")


def test_the_collection_that_cannot_answer_is_named(tmp_path: Path) -> None:
    space = two_collections(tmp_path, ["a", "b"], ["h0", "h1"])
    with pytest.raises(QueryError, match=r"“there” cannot answer this\. There is no column “letter”"):
        asked_of_both(space, Recipe(All((OneOf("letter", ("a",)),)), (Words("x"),)))


def test_json_tells_both_lists(workspace: Workspace) -> None:
    found = overlap(workspace, Asked("things", Recipe(terms=(Words("red"),))), Asked("things", Recipe()), 5)
    told = told_overlap(found)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["both"], told["only_a"]) == (found.both, 5 - found.both)
    assert told["a"]["encoder"] == "vitrine-clip"
    assert [image["rank"] for image in told["b"]["images"]] == [1, 2, 3, 4, 5]
    assert "score" in told["a"]["images"][0]
    assert "score" not in told["b"]["images"][0]
