"""Likeness of looks: hashes alone, meaning after a hash, and what has no hash."""

import io
from dataclasses import replace
from typing import Any

import imagehash
import numpy as np
import pytest
from PIL import Image

from core import hashed
from core.answers import answer
from core.collection import planner
from core.collection.hashes import Hash, hashes
from core.errors import NotFoundError, QueryError
from core.query.recipe import Alike, All, Box, ImageId, OneOf, Recipe, Upload, Words
from core.query.url import from_parameters, to_parameters
from core.search import Result
from core.workspace import Workspace

ONE, TWO = "it's", "thing-031"
SQUARES = All((OneOf("shape", ("square",)),))
ALONE = (Alike.PHASH, Alike.DHASH)


def ask(workspace: Workspace, **asked: Any) -> Result:
    return workspace.searcher("things").run(Recipe(**asked))


def stored(workspace: Workspace, column: str) -> dict[str, int]:
    """Every image's hash as it is in the table, by id."""
    table = workspace.collection("things").dataset().to_table(columns=["id", column])
    return dict(zip(table["id"].to_pylist(), table[column].to_pylist(), strict=True))


def differing(one: int, other: int) -> int:
    return ((one ^ other) % 2**64).bit_count()


@pytest.mark.parametrize("alike", ALONE)
def test_a_hash_ranks_by_how_many_bits_differ(workspace: Workspace, alike: Alike) -> None:
    held = stored(workspace, alike.value)
    result = ask(workspace, terms=(ImageId(ONE),), alike=alike, limit=100)
    assert result.exact
    assert (len(result.hits), result.matching) == (59, 59)
    wanted = {id: differing(bits, held[ONE]) for id, bits in held.items() if id != ONE}
    assert {hit.row.id: hit.bits for hit in result.hits} == wanted
    assert [hit.bits for hit in result.hits] == sorted(wanted.values())
    assert all(hit.score == pytest.approx(1 - (hit.bits or 0) / 64) for hit in result.hits)


def test_filter_bits_threshold_and_paging(workspace: Workspace) -> None:
    held = stored(workspace, "phash")
    whole = ask(workspace, where=SQUARES, terms=(ImageId(ONE),), alike=Alike.PHASH, limit=100)
    assert {hit.row.values["shape"] for hit in whole.hits} == {"square"}
    assert whole.matching == len(whole.hits)
    middle = sorted(hit.bits or 0 for hit in whole.hits)[len(whole.hits) // 2]
    near = ask(workspace, where=SQUARES, terms=(ImageId(ONE),), alike=Alike.PHASH, limit=100, bits=middle)
    assert [hit.row.id for hit in near.hits] == [h.row.id for h in whole.hits if (h.bits or 0) <= middle]
    assert 0 < len(near.hits) < len(whole.hits)
    score = 1 - middle / 64
    least = ask(workspace, where=SQUARES, terms=(ImageId(ONE),), alike=Alike.PHASH, limit=100, threshold=score)
    assert [hit.row.id for hit in least.hits] == [hit.row.id for hit in near.hits]
    page = workspace.searcher("things").run(
        Recipe(SQUARES, (ImageId(ONE),), alike=Alike.PHASH, limit=3), offset=2
    )  # fmt: skip
    assert [hit.row.id for hit in page.hits] == [hit.row.id for hit in whole.hits][2:5]
    two = ask(workspace, terms=(ImageId(ONE), ImageId(TWO)), alike=Alike.PHASH, limit=100)
    assert {hit.row.id: hit.bits for hit in two.hits} == {
        id: min(differing(bits, held[ONE]), differing(bits, held[TWO]))
        for id, bits in held.items()
        if id not in (ONE, TWO)
    }


@pytest.mark.parametrize("bytes_held", [planner.MOST_HELD_BYTES, 0])
@pytest.mark.parametrize("alike", [Alike.PHASH_FIRST, Alike.DHASH_FIRST])
def test_meaning_is_compared_among_those_whose_hash_is_near(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, alike: Alike, bytes_held: int
) -> None:
    monkeypatch.setattr(planner, "MOST_HELD_BYTES", bytes_held)
    held = stored(workspace, alike.value.removesuffix("-first"))
    terms = (ImageId(ONE), Words("a red square"))
    bits = sorted(differing(value, held[ONE]) for value in held.values())[20]
    result = ask(workspace, terms=terms, alike=alike, bits=bits, limit=100)
    near = {id for id, value in held.items() if id != ONE and differing(value, held[ONE]) <= bits}
    assert {hit.row.id for hit in result.hits} == near
    by_meaning = [hit.row.id for hit in ask(workspace, terms=terms, limit=100).hits if hit.row.id in near]
    assert [hit.row.id for hit in result.hits] == by_meaning
    assert all(hit.bits == differing(held[hit.row.id], held[ONE]) for hit in result.hits)


def test_a_given_picture_and_a_part_are_hashed_as_ingest_does(workspace: Workspace) -> None:
    image = Image.effect_mandelbrot((90, 70), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    data = io.BytesIO()
    image.save(data, "PNG")
    digest = workspace.hold_upload(data.getvalue())
    held = {kind: stored(workspace, kind.value) for kind in Hash}
    for term, seen in (
        (Upload(digest), image),
        (Upload(digest, box=Box(0.5, 0.0, 1.0, 0.5)), image.crop((45, 0, 90, 35))),
    ):
        own = {Hash.PHASH: int(str(imagehash.phash(seen)), 16), Hash.DHASH: int(str(imagehash.dhash(seen)), 16)}
        for alike, kind in zip(ALONE, Hash, strict=True):
            result = ask(workspace, terms=(term,), alike=alike, limit=100)
            assert {hit.row.id: hit.bits for hit in result.hits} == {
                id: differing(bits, own[kind]) for id, bits in held[kind].items()
            }


def test_what_has_no_hash_is_told(workspace: Workspace) -> None:
    for asked in (
        Recipe(terms=(Words("red"),), alike=Alike.PHASH),
        Recipe(terms=(Words("red"), ImageId(ONE)), alike=Alike.DHASH),
        Recipe(terms=(ImageId(ONE), ImageId(TWO, -1.0)), alike=Alike.PHASH),
        Recipe(terms=(Words("red"),), alike=Alike.PHASH_FIRST),
    ):
        with pytest.raises(QueryError):
            workspace.searcher("things").run(asked)
    for terms in ((ImageId("nobody"),), (ImageId(ONE), ImageId("nobody"))):
        with pytest.raises(NotFoundError, match="nobody"):
            ask(workspace, terms=terms, alike=Alike.PHASH)


def test_an_answer_that_compares_only_some_is_not_exact(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"terms": (ImageId(ONE),), "alike": Alike.PHASH_FIRST, "bits": 64, "limit": 100}
    assert ask(workspace, **asked).summary == "59 of 59, exact"
    monkeypatch.setattr(hashed, "MOST_COMPARED", 20)
    assert ask(workspace, **asked).summary == "20 of 59, approximate"
    assert ask(workspace, **{**asked, "alike": Alike.PHASH}).summary == "59 of 59, exact"


def test_a_question_is_made_comparable() -> None:
    bare = Recipe(terms=(ImageId(ONE),), alike=Alike.PHASH, bits=5)
    assert hashed.comparable(bare) == bare
    with_words = replace(bare, terms=(ImageId(ONE), Words("red")))
    assert hashed.comparable(with_words) == replace(with_words, alike=Alike.PHASH_FIRST)
    unlike = replace(bare, terms=(ImageId(ONE, -1.0),))
    assert hashed.comparable(unlike) == replace(unlike, alike=Alike.MEANING, bits=None)


def test_the_last_page_leads_to_no_other(workspace: Workspace) -> None:
    recipe = Recipe(terms=(ImageId(ONE),), alike=Alike.PHASH, bits=0)
    told = answer(workspace, "things", recipe)
    assert told["next"] is None


def test_an_image_without_a_hash_is_never_near(workspace: Workspace) -> None:
    held = hashes(workspace.catalog("things"), Hash.PHASH)
    unknown = replace_known(held)
    assert (unknown.distances(int(held.bits[0]))[~unknown.known] == 255).all()
    assert held.distances(int(held.bits[0]))[0] == 0
    assert held.distances(int(held.bits[0].view(np.int64)))[0] == 0  # as it is stored, with a sign


def replace_known(held: Any) -> Any:
    from copy import copy

    found = copy(held)
    found.known = np.arange(len(held.bits)) % 2 == 0
    return found


def test_links_say_what_is_alike() -> None:
    recipe = Recipe(terms=(ImageId(ONE),), alike=Alike.DHASH_FIRST, bits=0)
    parameters = to_parameters(recipe)
    assert (parameters["alike"], parameters["bits"]) == ("dhash-first", "0")
    assert from_parameters(parameters) == recipe
    assert "alike" not in to_parameters(replace(recipe, alike=Alike.MEANING, bits=None))
    for wrong in (
        {"alike": "smell"},
        {"bits": "5"},
        {"bits": "65"},
        {"alike": "phash", "bits": "-1"},
        {"alike": "phash", "bits": "few"},
    ):
        with pytest.raises(QueryError):
            from_parameters({"like": ONE, **wrong})


def test_the_sentence_tells_the_hash(workspace: Workspace) -> None:
    result = ask(workspace, terms=(ImageId(TWO),), alike=Alike.PHASH, bits=9)
    assert result.sentence == "All images, most like image thing-031, by perceptual hash (at most 9 of 64 bits differ)"
