"""Whether a result is relevant at all, and where it stops being so."""

import numpy as np
import pytest

from core.answers import answer
from core.collection import planner
from core.collection.schema import EncoderFact
from core.encoders.protocol import Encoder
from core.query.recipe import All, Box, ImageId, OneOf, Recipe, Term, Upload, Words
from core.relevance import MADE_UP, Relevance, judge, made_up_pictures, made_up_words, strange_words
from core.workspace import Workspace
from tests.core.test_search import ONE, SQUARES, picture
from tests.made_up import recorded_as

EVERYTHING = All()


def judged(workspace: Workspace, *terms: Term, where: All = EVERYTHING) -> Relevance:
    searcher = workspace.searcher("things")
    recipe = Recipe(where, terms)
    hits = searcher.run(recipe).hits
    found = searcher.relevance(recipe, hits[0].score or 0.0)
    assert found is not None
    return found


def test_what_is_there_is_a_match_and_nonsense_is_none(workspace: Workspace) -> None:
    there = judged(workspace, Words("a red square"))
    assert there.is_match
    assert there.verdict == ""
    assert there.bound is not None
    assert there.best >= there.bound
    assert 0 < there.above <= 60
    for nonsense in ("zxcv", "helicopter", "xqzt vlorbk"):
        found = judged(workspace, Words(nonsense))
        assert not found.is_match
        assert found.verdict.startswith("No good match.")
        assert f"hardly seen “{nonsense.split()[0]}”" in found.verdict


def test_one_strange_word_among_others_is_told(workspace: Workspace) -> None:
    found = judged(workspace, Words("a red square xqztvlor"))
    assert found.strange_words == ("xqztvlor",)
    assert "hardly seen “xqztvlor”" in found.verdict
    assert not found.only_strange


def test_the_histogram_counts_what_passes_the_filter(workspace: Workspace) -> None:
    matching = workspace.catalog("things").count(SQUARES)
    found = judged(workspace, Words("red"), where=SQUARES)
    assert (found.counted, sum(found.counts), found.sampled) == (matching, matching, False)
    assert len(found.edges) == len(found.counts) + 1
    assert found.edges[-1] == pytest.approx(found.best, abs=1e-5)


def test_pictures_and_mixtures_are_judged_too(workspace: Workspace) -> None:
    digest = workspace.hold_upload(picture())
    part = ImageId(ONE, 1.0, Box(0, 0, 1, 0.5))
    for terms in ((part,), (Upload(digest),), (Words("red", 2.0), ImageId(ONE, -0.5), Upload(digest))):
        found = judged(workspace, *terms)
        assert found.bound is not None
        assert found.strange_words == ()


def test_images_of_the_collection_need_no_encoder_and_do_not_count_themselves(
    own_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded_as(own_workspace.collection("things"), EncoderFact("/no/such/folder", 256, "0" * 12))
    found = judged(own_workspace, ImageId(ONE))
    assert (found.bound, found.verdict, found.counted) == (None, "", 59)
    assert found.edges[-1] < 0.9999


def test_of_a_large_collection_a_sample_is_judged(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = judged(workspace, Words("a red square"))
    monkeypatch.setattr(planner, "MOST_HELD_BYTES", 0)
    found = judged(workspace, Words("a red square"))
    assert found.sampled
    assert found.bound == pytest.approx(whole.bound, abs=1e-4)  # there are fewer than are drawn
    assert sum(found.counts) == found.counted == whole.counted
    assert np.abs(np.subtract(found.counts, whole.counts)).sum() <= 2  # one may lie on an edge
    narrow = judged(workspace, Words("red"), where=All((OneOf("id", (ONE,)),)))
    assert narrow.counted == 1


def test_without_terms_or_hits_there_is_nothing_to_judge(workspace: Workspace) -> None:
    searcher = workspace.searcher("things")
    assert searcher.relevance(Recipe(), 0.0) is None
    none = Recipe(All((OneOf("shape", ("no such",)),)), (Words("red"),))
    found = searcher.relevance(none, 0.5)
    assert found is not None
    assert (found.counted, found.above) == (0, 0)


def test_few_images_are_not_judged_by_their_own_scores() -> None:
    scores = np.array([0.1, 0.2, 0.3], np.float32)
    found = judge(scores, scores, 0.3, [0.9], [], only_strange=False, sampled=False)
    assert found.bound is None
    assert found.is_match


def test_a_score_above_the_best_by_rounding_is_counted() -> None:
    scores = np.array([0.1, 0.2, 0.30000004], np.float32)
    found = judge(scores, scores, 0.3, [], [], only_strange=False, sampled=False)
    assert sum(found.counts) == 3


def test_what_is_made_up_is_the_same_every_time() -> None:
    assert len(made_up_words()) == len(made_up_pictures()) == MADE_UP
    assert made_up_words()[:2] == ("cutiteve zwz", "dnapu jtulubob")
    first, again = (np.asarray(made_up_pictures()[7]) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_words_an_encoder_knows_are_not_strange(encoder: Encoder) -> None:
    known = Words("Men's running shoes, blue/white (t-shirt) with print!")
    assert strange_words(encoder, [known]) == ([], False)
    assert strange_words(encoder, [Words("red helicopter helicopter")]) == (["helicopter"], False)
    assert strange_words(encoder, [Words("helicopter"), ImageId("1")]) == (["helicopter"], False)
    assert strange_words(encoder, [Words("zxcv")]) == (["zxcv"], True)
    assert strange_words(encoder, [Words("платье")]) == (["платье"], True)
    for compound in ("off-the-shoulder", "lace-up boots", "3-in-1", "dress from 2012", "2012", "100%", "!!!", "1990s"):
        assert strange_words(encoder, [Words(compound)]) == ([], False)


def test_what_judging_costs_stands_among_an_answers_timings(workspace: Workspace) -> None:
    told = answer(workspace, "things", Recipe(terms=(Words("a red square"),), limit=3))
    assert "relevance" in [item["step"] for item in told["timings"]]
    plain = answer(workspace, "things", Recipe(limit=3))
    assert "relevance" not in [item["step"] for item in plain["timings"]]
