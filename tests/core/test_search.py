"""A recipe's answer: which images, how alike, how many, and whether that is exact."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.collection import planner
from core.collection.catalog import Catalog
from core.collection.compact import Compact
from core.collection.schema import EncoderFact
from core.encoders.protocol import Encoder, Vectors
from core.errors import EncoderError, NotFoundError, QueryError
from core.query.recipe import All, Between, Box, ImageId, Not, OneOf, Order, Recipe, Term, Upload, Words
from core.search import Result
from core.workspace import Workspace
from tests.made_up import recorded_as

ONE, TWO = "it's", "thing-031"
SQUARES = All((OneOf("shape", ("square",)),))


def picture(colour: tuple[int, int, int] = (220, 40, 40)) -> bytes:
    buffer = io.BytesIO()
    image = Image.new("RGB", (64, 64), (250, 250, 250))
    image.paste(colour, (10, 10, 50, 50))
    image.save(buffer, "PNG")
    return buffer.getvalue()


def ids(result: Result) -> list[str]:
    return [hit.row.id for hit in result.hits]


def ask(workspace: Workspace, *terms: Term, **others: Any) -> Result:
    return workspace.searcher("things").run(Recipe(terms=terms, **others))


def ranking(workspace: Workspace, vector: Vectors, keep: list[str] | None = None) -> list[tuple[str, float]]:
    """Every image with its cosine similarity to a vector, most alike first."""
    collection = workspace.collection("things")
    held = collection.vectors(keep if keep is not None else collection.read(["id"])["id"].to_pylist())
    unit = vector / np.linalg.norm(vector)
    return sorted(((id, float(own @ unit)) for id, own in held.items()), key=lambda pair: -pair[1])


def check(result: Result, wanted: list[tuple[str, float]]) -> None:
    assert result.exact
    np.testing.assert_allclose([hit.score for hit in result.hits], [score for _, score in wanted], atol=1e-5)
    scores = dict(wanted)
    assert all(hit.score == pytest.approx(scores[hit.row.id], abs=1e-5) for hit in result.hits)


def test_words_find_the_images_whose_vectors_are_nearest(workspace: Workspace, encoder: Encoder) -> None:
    result = ask(workspace, Words("a red square"), limit=7)
    check(result, ranking(workspace, encoder.encode_texts(["a red square"])[0])[:7])
    assert (len(result.hits), result.matching, result.summary) == (7, 60, "7 of 60, exact")
    assert result.sentence == "All images, most like “a red square”"


def test_an_image_finds_others_like_it_and_never_itself(workspace: Workspace) -> None:
    vector = workspace.collection("things").vectors([ONE])[ONE]
    result = ask(workspace, ImageId(ONE), limit=5)
    check(result, ranking(workspace, vector)[1:6])
    assert ONE not in ids(result)
    everything = ask(workspace, ImageId(ONE), limit=1_000)
    assert len(everything.hits) == 59


def test_a_given_picture_finds_the_images_most_like_it(workspace: Workspace, encoder: Encoder) -> None:
    digest = workspace.hold_upload(picture())
    vector = encoder.encode_images([Image.open(io.BytesIO(picture()))])[0]
    check(ask(workspace, Upload(digest), limit=5), ranking(workspace, vector)[:5])
    assert ids(ask(workspace, Upload(digest), limit=5)) == ids(ask(workspace, Upload(digest), limit=5))


def test_a_picture_of_the_collection_finds_itself(workspace: Workspace) -> None:
    result = ask(workspace, Upload(workspace.hold_upload(workspace.original("things", TWO))), limit=1)
    assert ids(result) == [TWO]
    assert result.hits[0].score == pytest.approx(1.0, abs=1e-4)


def test_terms_are_added_by_weight_and_subtracted_by_a_negative_one(workspace: Workspace, encoder: Encoder) -> None:
    held = workspace.collection("things").vectors([ONE, TWO])
    words = encoder.encode_texts(["a blue circle"])[0]
    terms = (Words("a blue circle", 2.0), ImageId(ONE, -0.5), ImageId(TWO, 0.25))
    wanted = ranking(workspace, 2.0 * words - 0.5 * held[ONE] + 0.25 * held[TWO])
    check(ask(workspace, *terms, limit=9), [pair for pair in wanted if pair[0] not in (ONE, TWO)][:9])
    opposite = ids(ask(workspace, ImageId(ONE, -1.0), limit=59))
    assert set(opposite[:5]).isdisjoint(ids(ask(workspace, ImageId(ONE), limit=5)))


def test_the_parts_of_a_score_are_the_terms_and_sum_to_it(workspace: Workspace, encoder: Encoder) -> None:
    held = workspace.collection("things").vectors(workspace.catalog("things").ids(All(), None, 100))
    words = encoder.encode_texts(["a blue circle"])[0]
    result = ask(workspace, Words("a blue circle", 2.0), ImageId(ONE, -0.5), limit=59)
    length = np.linalg.norm(2.0 * words - 0.5 * held[ONE])
    for hit in result.hits:
        wanted = [2.0 * words @ held[hit.row.id] / length, -0.5 * held[ONE] @ held[hit.row.id] / length]
        np.testing.assert_allclose(hit.parts, wanted, atol=1e-5)
        assert sum(hit.parts) == pytest.approx(hit.score, abs=1e-5)
    assert {hit.parts for hit in ask(workspace, Words("red"), limit=3).hits} == {()}


def two_pictures() -> bytes:
    """A red square on the left, and on the right what one image of the collection shows."""
    buffer = io.BytesIO()
    image = Image.new("RGB", (128, 64), (250, 250, 250))
    image.paste((220, 40, 40), (10, 10, 50, 50))
    image.paste((30, 60, 200), (80, 16, 112, 48))
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_part_of_a_given_picture_is_searched_by_as_if_it_were_cut_out(workspace: Workspace, encoder: Encoder) -> None:
    digest = workspace.hold_upload(two_pictures())
    whole = Image.open(io.BytesIO(two_pictures())).convert("RGB")
    for box, edges in ((Box(0, 0, 0.5, 1), (0, 0, 64, 64)), (Box(0.5, 0, 1, 1), (64, 0, 128, 64))):
        vector = encoder.encode_images([whole.crop(edges)])[0]
        check(ask(workspace, Upload(digest, 1.0, box), limit=5), ranking(workspace, vector)[:5])


def test_a_part_of_an_image_finds_others_than_the_whole_and_not_itself(workspace: Workspace, encoder: Encoder) -> None:
    original = Image.open(io.BytesIO(workspace.original("things", TWO))).convert("RGB")
    part = original.crop((0, 0, -(-original.width // 2), -(-original.height // 2)))
    result = ask(workspace, ImageId(TWO, 1.0, Box(0, 0, 0.5, 0.5)), limit=5)
    vector = encoder.encode_images([part])[0]
    check(result, [pair for pair in ranking(workspace, vector) if pair[0] != TWO][:5])
    assert result.sentence == f"All images, most like part of image {TWO}"


def test_a_part_of_an_image_whose_original_is_gone_is_cut_from_its_thumbnail(
    own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(uri: str) -> bytes:
        raise NotFoundError("It is gone.")

    monkeypatch.setattr(own_workspace.originals, "read", gone)
    assert len(ask(own_workspace, ImageId(TWO, 1.0, Box(0, 0, 1e-9, 1e-9)), limit=4).hits) == 4


@pytest.mark.parametrize("limit", [1, 3, 1_000])
def test_in_memory_and_through_the_table_the_same_is_found(
    workspace: Workspace, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in (All(), SQUARES, All((OneOf("id", (ONE, TWO)),)), All((OneOf("shape", ("none",)),))):
        for threshold in (None, 0.6):
            recipe = Recipe(where, (ImageId(ONE), Words("a blue circle", -0.3)), threshold, limit=limit)
            pages = []
            for bytes_held, compact in ((planner.MOST_HELD_BYTES, False), (0, False), (0, True)):
                monkeypatch.setattr(planner, "MOST_HELD_BYTES", bytes_held)
                searcher = workspace.searcher("things")
                if compact:
                    workspace.collection("things").warm()
                assert searcher.is_compact == compact
                pages += [searcher.run(recipe, offset) for offset in (0, 2)]
            workspace.collection("things").compact = Compact()
            monkeypatch.undo()
            for one, other in ((0, 2), (1, 3), (0, 4), (1, 5)):
                one, other = pages[one], pages[other]
                assert ids(one) == ids(other)
                assert one.summary == other.summary
                np.testing.assert_allclose(
                    [hit.score for hit in one.hits], [hit.score for hit in other.hits], atol=1e-5
                )


@pytest.mark.parametrize("limit", [1, 3, 1_000])
def test_a_filter_keeps_as_many_as_asked_for_while_there_are_any(
    workspace: Workspace, catalog: Catalog, limit: int
) -> None:
    for where in (
        SQUARES,
        All((Not(SQUARES),)),
        All((OneOf("id", (ONE, TWO, "thing-040")),)),
        All((Between("price"),)),
    ):
        matching = catalog.ids(where, None, 1_000)
        vector = workspace.collection("things").vectors([ONE])[ONE]
        result = ask(workspace, ImageId(ONE), where=where, limit=limit)
        check(result, [pair for pair in ranking(workspace, vector, matching) if pair[0] != ONE][:limit])
        assert result.matching == len(set(matching) - {ONE})
        assert len(result.hits) == min(limit, result.matching)


def test_a_threshold_keeps_what_is_alike_enough(workspace: Workspace) -> None:
    scores = [hit.score for hit in ask(workspace, ImageId(ONE), limit=1_000).hits]
    least = sorted(score for score in scores if score is not None)[30]
    result = ask(workspace, ImageId(ONE), limit=1_000, threshold=least)
    assert len(result.hits) == len([score for score in scores if score is not None and score >= least])
    assert len(ask(workspace, ImageId(ONE), threshold=-1.0, limit=1_000).hits) == 59
    assert ask(workspace, ImageId(ONE), threshold=1.0).hits == ()


def test_no_image_passes_the_filter(workspace: Workspace) -> None:
    result = ask(workspace, Words("red"), where=All((OneOf("shape", ("none",)),)))
    assert (result.hits, result.matching, result.summary) == ((), 0, "0 of 0, exact")


def test_without_terms_the_order_and_the_pages_are_the_catalogs(workspace: Workspace, catalog: Catalog) -> None:
    recipe = Recipe(SQUARES, order=Order("price", True), limit=4)
    pages = [workspace.searcher("things").run(recipe, offset) for offset in (0, 4)]
    assert [id for page in pages for id in ids(page)] == catalog.ids(SQUARES, recipe.order, 8)
    assert {hit.score for hit in pages[0].hits} == {None}
    assert pages[0].summary == f"4 of {catalog.count(SQUARES)}, exact"


def test_a_sample_is_the_catalogs(workspace: Workspace, catalog: Catalog) -> None:
    result = workspace.searcher("things").run(Recipe(SQUARES, sample=True, limit=6, seed=3))
    assert ids(result) == catalog.sample(SQUARES, 6, 3)


def test_the_answer_tells_what_each_step_cost(workspace: Workspace) -> None:
    timings = ask(workspace, Words("red"), where=SQUARES).timings
    assert {step.name for step in timings.steps} >= {"encode", "vectors", "sql", "fetch"}
    assert 0 < timings.total < 60_000


@pytest.mark.parametrize(
    ("terms", "error", "title"),
    [
        ((ImageId("no such image"),), NotFoundError, "There is no image “no such image” in this collection."),
        ((Upload("0" * 64),), NotFoundError, "is no longer held"),
        ((Upload("../../etc/passwd"),), NotFoundError, "is no longer held"),
        ((ImageId(ONE), ImageId(ONE, -1.0)), QueryError, "cancel each other out"),
        ((Words("red", 0.0),), QueryError, "cancel each other out"),
    ],
)
def test_a_term_that_cannot_be_had(
    workspace: Workspace, terms: tuple[Term, ...], error: type[Exception], title: str
) -> None:
    with pytest.raises(error, match=title):
        ask(workspace, *terms)


@pytest.mark.parametrize("text", [" ", "\n", "x" * 100_000, "🙂" * 50, "' OR 1=1 --", "\0"])
def test_any_words_are_answered(workspace: Workspace, text: str) -> None:
    assert len(ask(workspace, Words(text), limit=3).hits) == 3


def test_vectors_of_an_encoder_that_is_gone_are_not_searched(own_workspace: Workspace) -> None:
    digest = own_workspace.hold_upload(picture())
    recorded_as(own_workspace.collection("things"), EncoderFact("/no/such/folder", 128, "0" * 12))
    for term in (Words("red"), Upload(digest)):
        with pytest.raises(EncoderError, match="made by “/no/such/folder”, which cannot be had") as caught:
            ask(own_workspace, term)
        assert "vitrine embed --collection things --encoder vitrine-clip" in caught.value.hint
    assert len(ask(own_workspace, ImageId(ONE), limit=3).hits) == 3  # needs no encoder


def test_vectors_of_another_training_are_not_compared(own_workspace: Workspace) -> None:
    collection = own_workspace.collection("things")
    recorded_as(collection, EncoderFact("vitrine-clip", collection.encoder.dimension, "0" * 12))
    with pytest.raises(EncoderError, match="another version of “vitrine-clip”") as caught:
        ask(own_workspace, Words("red"))
    assert "vitrine embed --collection things --encoder vitrine-clip" in caught.value.hint


def test_a_deleted_image_is_neither_found_nor_a_term(own_workspace: Workspace) -> None:
    nearest = ids(ask(own_workspace, ImageId(ONE), limit=1))[0]
    deletion = own_workspace.delete("things", [nearest])
    assert nearest not in ids(ask(own_workspace, ImageId(ONE), limit=1_000))
    with pytest.raises(NotFoundError):
        ask(own_workspace, ImageId(nearest))
    own_workspace.undo_delete("things", deletion)
    assert ids(ask(own_workspace, ImageId(ONE), limit=1)) == [nearest]
