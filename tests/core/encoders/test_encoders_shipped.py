"""The shipped encoder, and finding one by name."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.collection.vectors import check_same, fact_of
from core.encoders.protocol import Encoder
from core.encoders.registry import SHIPPED, load_encoder, shipped_names
from core.encoders.weights import fingerprint
from core.errors import EncoderError


def pictures() -> list[Image.Image]:
    images = []
    for place, size in enumerate([(60, 80), (200, 100), (10, 300), (1, 1)]):
        image = Image.new("RGB", size, "white")
        ImageDraw.Draw(image).ellipse((0, 0, size[0], size[1]), fill=(50 * place, 200 - 40 * place, 90))
        images.append(image)
    return images


def test_pictures_become_unit_vectors_whatever_the_batch(encoder: Encoder) -> None:
    images = pictures()
    together = encoder.encode_images(images)
    assert together.shape == (4, encoder.dimension)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.encode_images([image]) for image in images])
    np.testing.assert_allclose(together, alone, atol=2e-5)


def test_texts_become_unit_vectors_whatever_the_batch(encoder: Encoder) -> None:
    texts = ["a red shoe", "", " ", "x" * 50_000, "東京 🙂", "a pair of blue jeans for men"]
    together = encoder.encode_texts(texts)
    assert together.shape == (6, encoder.dimension)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(together, np.concatenate([encoder.encode_texts([t]) for t in texts]), atol=2e-5)


def test_nothing_becomes_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode_images([]).shape == (0, encoder.dimension)
    assert encoder.encode_texts([]).shape == (0, encoder.dimension)


def test_several_threads_may_ask_at_once(encoder: Encoder) -> None:
    images = pictures()
    wanted = encoder.encode_images(images)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: encoder.encode_images(images), range(8)):
            np.testing.assert_allclose(found, wanted, atol=2e-5)


def test_it_is_known_by_its_name_and_weights(encoder: Encoder) -> None:
    fact = fact_of(encoder)
    assert (fact.name, fact.dimension) == ("vitrine-clip", encoder.dimension)
    assert fact.fingerprint == fingerprint(str(SHIPPED / "vitrine-clip"))
    assert len(fact.fingerprint) == 12
    assert type(fact).from_text(fact.to_text()) == fact
    check_same("things", fact, fact)


def test_other_weights_have_another_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"1")
    first = fingerprint(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"2")
    assert len({first, fingerprint(str(tmp_path)), fingerprint("some/hub-name"), fingerprint("another/hub-name")}) == 4


def test_the_shipped_one_is_listed() -> None:
    assert "vitrine-clip" in shipped_names()


def test_a_folder_without_an_encoder_says_what_would_work(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no sentence-transformers encoder") as caught:
        load_encoder(str(tmp_path))
    assert "vitrine-clip" in caught.value.hint


@pytest.mark.parametrize("name", ["/no/such/folder", "./no-such-folder", "../nothing", "~/no-such", "~nobody-such/x"])
def test_a_path_that_is_not_there_is_not_looked_for_on_the_web(name: str) -> None:
    with pytest.raises(EncoderError, match="There is no folder"):
        load_encoder(name)


def test_a_broken_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[{]")
    with pytest.raises(EncoderError, match="cannot be had"):
        load_encoder(str(tmp_path))


def test_without_the_hub_two_ways_on_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(EncoderError, match="The encoder “nobody/no-such-model” cannot be had") as caught:
        load_encoder("nobody/no-such-model")
    assert "copy the model into a folder" in caught.value.hint
    assert "use the shipped vitrine-clip" in caught.value.hint
