"""Pictures like an encoder's own are told from others by its words, whatever else a collection holds."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest
from PIL import Image, ImageDraw, ImageFont

from core.collection.domain import (
    FEWEST,
    FILE,
    LEVELS,
    MOST_STRANGE,
    Answer,
    Reference,
    answer_to,
    as_kept,
    compare,
    fits,
    judge,
    near_at,
    nearest,
    read_reference,
    sampled_vectors,
    to_text,
)
from core.collection.schema import ENCODER_KEY, VECTOR_KEY, EncoderFact
from core.encoders.protocol import Encoder
from core.encoders.registry import SHIPPED
from core.encoders.weights import fingerprint
from core.operations.measuring import domain_verdict
from core.workspace import Workspace
from data.sample import draw, sample_rows

FOLDER = SHIPPED / "vitrine-clip"
MADE_BY = EncoderFact("one", 4, "aaaaaaaaaaaa")
AXES = np.eye(4, dtype=np.float32)
BETWEEN = np.full(4, 0.5, np.float32)  # as near to every axis as to any other
DRAWN = 50


def reference() -> Reference:
    """Three words on three axes; own pictures stand close to one of them."""
    return Reference(MADE_BY.fingerprint, "axes", AXES[:3], dict.fromkeys(LEVELS, 0.5), {20: 0.4, 100: 0.8})


def noise(chance: random.Random) -> Image.Image:
    return Image.frombytes("RGB", (64, 80), chance.randbytes(64 * 80 * 3))


def text_page(chance: random.Random) -> Image.Image:
    image = Image.new("RGB", (240, 320), "white")
    pen, size, left = ImageDraw.Draw(image), chance.choice((7, 9, 12, 16)), chance.randint(8, 40)
    for top in range(chance.randint(10, 60), chance.randint(200, 310), size * 3 // 2):
        line = " ".join("".join(chance.choices("abcdefghilmnorstu", k=chance.randint(2, 8))) for _ in range(12))
        pen.text((left, top), line[: chance.randint(8, 400 // size)], "black", ImageFont.load_default(size))
    return image


def gradient(chance: random.Random) -> Image.Image:
    corners = [tuple(chance.randrange(256) for _ in range(3)) for _ in range(4)]
    image = Image.new("RGB", (2, 2))
    image.putdata(corners)
    return image.resize((64, 80), Image.Resampling.BILINEAR)


def written(folder: Path, vectors: list[list[float] | None], hashes: list[str], column: str = "vector") -> object:
    """A Lance dataset with a collection's columns that matter here."""
    metadata = {ENCODER_KEY: MADE_BY.to_text(), VECTOR_KEY: column}
    schema = pa.schema([("content_hash", pa.string()), (column, pa.list_(pa.float32(), 4))], metadata=metadata)
    table = pa.table([pa.array(hashes), pa.array(vectors, pa.list_(pa.float32(), 4))], schema=schema)
    return lance.write_dataset(table, str(folder / "table.lance"))


def test_a_picture_fits_as_far_as_one_word_stands_out() -> None:
    found = fits(np.stack([AXES[0], BETWEEN, AXES[3]]), AXES[:3])
    np.testing.assert_allclose(found, [2 / 3, 0, 0], atol=1e-6)


def test_the_nearest_other_is_never_the_picture_itself() -> None:
    np.testing.assert_allclose(nearest(np.stack([AXES[0], AXES[1], BETWEEN])), [0.5, 0.5, 0.5])
    assert nearest(AXES[:1]).tolist() == [-1]


def test_what_its_own_nearest_would_be_grows_with_their_number() -> None:
    assert near_at(reference(), 1) == near_at(reference(), 20) == 0.4
    assert 0.4 < near_at(reference(), 50) < 0.8
    assert near_at(reference(), 10_000) == 0.8


@pytest.mark.parametrize(
    ("own", "others", "answer"),
    [(20, 0, Answer.ALIKE), (10, 10, Answer.ALIKE), (9, 11, Answer.UNLIKE), (0, 20, Answer.UNLIKE)],
)
def test_a_collection_is_unlike_where_many_of_its_pictures_are_strange(own: int, others: int, answer: Answer) -> None:
    verdict = compare(np.stack([AXES[0]] * own + [BETWEEN] * others), reference())
    assert (verdict.answer, verdict.sampled, verdict.strange) == (answer, own + others, others)
    assert verdict.near == pytest.approx(1)


@pytest.mark.parametrize(("count", "fewest"), [(20, 11), (30, 15), (100, 43), (500, 193)])
def test_the_more_pictures_were_looked_at_the_lower_the_share_that_convinces(count: int, fewest: int) -> None:
    assert answer_to(fewest, count) is Answer.UNLIKE
    assert answer_to(fewest - 1, count) is Answer.ALIKE
    assert answer_to(FEWEST - 1, FEWEST - 1) is Answer.FEW


@pytest.mark.parametrize("count", [0, 1, 2, FEWEST - 1])
def test_few_pictures_tell_nothing(count: int) -> None:
    vectors = np.tile(BETWEEN, (count, 1))
    verdict = compare(vectors, reference())
    assert (verdict.answer, verdict.sampled) == (Answer.FEW, count)
    assert np.isnan(verdict.near) == (count < 2)


def test_a_sample_holds_every_picture_once_and_none_without_a_vector(tmp_path: Path) -> None:
    vectors = [[float(number), 0, 0, 0] for number in range(30)]
    hashes = [str(number // 2) for number in range(30)]
    dataset = written(tmp_path, [None, *vectors, None], ["x", *hashes, "y"], "vector_0123456789ab")
    taken = sampled_vectors(dataset)
    assert taken.dtype == np.float32
    assert taken.tolist() == vectors[::2]
    some = sampled_vectors(dataset, most=10)
    assert 0 < len(some) <= 10
    assert some.tolist() == sampled_vectors(dataset, most=10).tolist()
    assert some.tolist() != sampled_vectors(dataset, most=10, seed=5).tolist()


@pytest.mark.parametrize("vectors", [[], [None, None]])
def test_a_collection_without_vectors_is_too_small_to_tell(tmp_path: Path, vectors: list[list[float] | None]) -> None:
    dataset = written(tmp_path, vectors, ["x"] * len(vectors))
    verdict = judge(dataset, reference())
    assert verdict is not None
    assert (verdict.answer, verdict.sampled) == (Answer.FEW, 0)


def test_vectors_of_other_weights_have_no_verdict(tmp_path: Path) -> None:
    dataset = written(tmp_path, [AXES[0].tolist()], ["x"])
    assert judge(dataset, reference()) is not None
    assert judge(dataset, replace(reference(), fingerprint="b" * 12)) is None
    assert judge(dataset, replace(reference(), phrases=np.eye(5, dtype=np.float32))) is None


def test_a_reference_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    phrases = rng.normal(size=(5, 16)).astype(np.float32)
    phrases /= np.linalg.norm(phrases, axis=1, keepdims=True)
    before = replace(reference(), phrases=phrases)
    (tmp_path / FILE).write_text(to_text(before, {"pictures": 3}))
    after = read_reference(tmp_path)
    assert after is not None
    assert (after.fingerprint, after.about, after.fit, after.near) == ("a" * 12, "axes", before.fit, before.near)
    np.testing.assert_allclose(after.phrases, phrases, atol=0.01)
    np.testing.assert_allclose(after.phrases, as_kept(phrases), atol=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        lambda held: [],
        lambda held: {},
        lambda held: held | {"format": 99},
        lambda held: held | {"vectors": "AAAAA"},
        lambda held: held | {"vectors": ""},
        lambda held: held | {"dimension": 7},
        lambda held: held | {"fit": {"0.5": 0.3}},
        lambda held: held | {"fit": 3},
        lambda held: held | {"near": {}},
    ],
)
def test_a_reference_that_cannot_be_read_is_none(tmp_path: Path, change: Callable[[dict[str, object]], object]) -> None:
    assert read_reference(tmp_path) is None
    held = json.loads(to_text(reference(), {}))
    (tmp_path / FILE).write_text(json.dumps(change(held)))
    assert read_reference(tmp_path) is None
    (tmp_path / FILE).write_text("{")
    assert read_reference(tmp_path) is None


def test_the_shipped_reference_belongs_to_the_shipped_weights() -> None:
    found = read_reference(FOLDER)
    assert found is not None
    assert found.fingerprint == fingerprint(str(FOLDER))
    assert set(found.fit) == set(LEVELS)
    assert list(found.fit.values()) == sorted(found.fit.values())
    assert (FOLDER / FILE).stat().st_size < 30_000
    hardest = json.loads((FOLDER / FILE).read_text())["hardest"]
    assert max(hardest.values()) < MOST_STRANGE


def test_drawings_of_the_sample_are_alike(encoder: Encoder) -> None:
    own = read_reference(FOLDER)
    assert own is not None
    pictures = [draw(row, np.random.default_rng([7, place])) for place, row in enumerate(sample_rows(DRAWN, 7))]
    verdict = compare(encoder.encode_images([picture.convert("RGB") for picture in pictures]), own)
    assert verdict.answer is Answer.ALIKE
    assert verdict.strange < 0.3 * verdict.sampled


@pytest.mark.parametrize("make", [noise, text_page, gradient])
def test_other_pictures_are_unlike(encoder: Encoder, make: Callable[[random.Random], Image.Image]) -> None:
    own = read_reference(FOLDER)
    assert own is not None
    chance = random.Random(1)
    verdict = compare(encoder.encode_images([make(chance) for _ in range(DRAWN)]), own)
    assert verdict.answer is Answer.UNLIKE


def test_a_workspace_judges_a_collection_by_its_encoders_folder(own_workspace: Workspace) -> None:
    verdict = domain_verdict(own_workspace, "things")
    assert verdict is not None
    assert verdict.about == "product photos"
    assert 40 <= verdict.sampled <= 60


@pytest.mark.parametrize("name", ["some/hub-model", "/no/such/folder"])
def test_a_collection_of_an_encoder_without_reference_has_no_verdict(own_workspace: Workspace, name: str) -> None:
    made_by = EncoderFact(name, 256, "0" * 12)
    dataset = lance.dataset(str(own_workspace.collection("things").path))
    dataset.update_schema_metadata({ENCODER_KEY: made_by.to_text()})
    assert domain_verdict(own_workspace, "things") is None
