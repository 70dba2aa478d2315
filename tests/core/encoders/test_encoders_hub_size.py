"""Models as they come from the hub: own preparation and narrower numbers give the same vectors."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from sentence_transformers import SentenceTransformer
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPProcessor,
    SiglipConfig,
    SiglipImageProcessorPil,
    SiglipModel,
    SiglipProcessor,
    ViTImageProcessorPil,
)

from benchmarks.random_clip import special_tokens, tokenizer, write_encoder
from core.encoders import tower
from core.encoders.crop import LONGEST as LONG
from core.encoders.crop import crop_of
from core.encoders.precision import multiplies_bfloat16, narrow_if_same
from core.encoders.protocol import Encoder
from core.encoders.registry import load_encoder
from core.encoders.threads import one_thread, side_by_side

SIDE, PATCH, LONGEST = 48, 16, 24
SIZES = [(1, 1), (1, 90), (90, 1), (2, 3), (47, 49), (48, 48), (49, 48), (20, 300), (301, 50), (640, 481), (1024, 768)]
WORDS = ["a red shoe", "", " ", "two dogs " * 40, "東京 🙂"]
TOWER = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
SOME_LEVELS = 32 / 255 / 0.26  # of 256, over the smallest deviation: rounding of noise that is scaled in another order


def pictures() -> list[Image.Image]:
    """A different drawing on noise in each of the sizes."""
    chance = np.random.default_rng(5)
    drawn = []
    for place, size in enumerate(SIZES):
        image = Image.fromarray(chance.integers(0, 256, (size[1], size[0], 3), np.uint8))
        ImageDraw.Draw(image).ellipse((0, 0, size[0] // 2, size[1]), fill=(20 * place, 200 - 15 * place, 90))
        drawn.append(image)
    return drawn


def clip(folder: Path) -> Path:
    words = tokenizer(LONGEST)
    config = CLIPConfig(
        text_config={**TOWER, **special_tokens(words), "max_position_embeddings": LONGEST},
        vision_config={**TOWER, "image_size": SIDE, "patch_size": PATCH},
        projection_dim=32,
    )
    images = CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})
    return write_encoder(folder, CLIPModel(config), CLIPProcessor(images, words))


def siglip(folder: Path) -> Path:
    words = tokenizer(LONGEST)
    config = SiglipConfig(
        text_config={**TOWER, **special_tokens(words), "max_position_embeddings": LONGEST, "projection_size": 64},
        vision_config={**TOWER, "image_size": SIDE, "patch_size": PATCH},
    )
    images = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    return write_encoder(folder, SiglipModel(config), SiglipProcessor(images, words))


@pytest.fixture(scope="session", params=[clip, siglip])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with random weights, saved as a person would have it."""
    write: Callable[[Path], Path] = request.param
    torch.manual_seed(1)
    return write(tmp_path_factory.mktemp("hub"))


@pytest.fixture(scope="session")
def plain(folder: Path) -> Any:
    """The same model as sentence-transformers runs it: own image processor, float32."""
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


@pytest.fixture(scope="session")
def quick(folder: Path) -> Encoder:
    """The same model as Vitrine runs it."""
    return load_encoder(str(folder))


def cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.asarray(np.sum(first * second, axis=1) / lengths)


def test_pictures_are_prepared_as_by_the_models_own_processor(plain: Any) -> None:
    processor = plain[0].processor.image_processor
    crop = crop_of(processor)
    assert crop is not None
    wanted = np.stack(processor(pictures(), return_tensors="np")["pixel_values"])
    found = crop.batch(pictures())
    assert found.dtype == np.float32
    assert found.shape == wanted.shape == (len(SIZES), 3, SIDE, SIDE)
    near = np.array([max(size) <= LONG * min(size) for size in SIZES])
    np.testing.assert_allclose(found[near], wanted[near], atol=1e-6)
    assert np.abs(found - wanted).max() < SOME_LEVELS
    assert crop.batch([]).shape == (0, 3, SIDE, SIDE)


def test_only_the_part_of_a_long_picture_that_stays_is_scaled() -> None:
    crop = crop_of(CLIPImageProcessorPil())
    assert crop is not None
    assert crop.batch([Image.new("RGB", (60_000, 1), "red")]).shape == (1, 3, 224, 224)


def test_pictures_have_the_vectors_of_the_plain_model(plain: Any, quick: Encoder) -> None:
    wanted = plain.encode(pictures(), batch_size=4, show_progress_bar=False)
    found = quick.encode_images(pictures())
    assert found.shape == (len(SIZES), quick.dimension)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert cosines(found, wanted).min() >= 0.999


def test_texts_have_the_vectors_of_the_plain_model(plain: Any, quick: Encoder) -> None:
    wanted = plain.encode([word.strip() or " " for word in WORDS], show_progress_bar=False)
    found = quick.encode_texts(WORDS)
    assert found.shape == (len(WORDS), quick.dimension)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert cosines(found, wanted).min() >= 0.999


def test_a_batch_does_not_change_a_vector(quick: Encoder) -> None:
    alone = np.concatenate([quick.encode_images([image]) for image in pictures()])
    assert cosines(alone, quick.encode_images(pictures() * 3)[: len(SIZES)]).min() >= 0.9999


def test_nothing_becomes_no_vectors(quick: Encoder) -> None:
    assert quick.encode_images([]).shape == (0, quick.dimension)
    assert quick.encode_texts([]).shape == (0, quick.dimension)


def test_several_threads_may_ask_at_once(quick: Encoder) -> None:
    images = pictures()[2:6]
    wanted = np.concatenate([quick.encode_images(images), quick.encode_texts(WORDS)])
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: np.concatenate([quick.encode_images(images), quick.encode_texts(WORDS)]), range(8))
        for found in answers:
            np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_torch_keeps_its_number_of_threads(quick: Encoder) -> None:
    before = torch.get_num_threads()
    quick.encode_images(pictures() * 2)
    quick.encode_texts(WORDS)
    assert torch.get_num_threads() == before


def test_numbers_are_narrow_only_where_the_processor_multiplies_them(
    folder: Path, plain: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tower, "multiplies_bfloat16", lambda device: False)
    wide = load_encoder(str(folder))
    wanted = plain.encode(pictures(), show_progress_bar=False, normalize_embeddings=True)
    np.testing.assert_allclose(wide.encode_images(pictures()), wanted, atol=5e-3)
    assert cosines(wide.encode_images(pictures()), wanted).min() >= 0.99999
    monkeypatch.setattr(tower, "multiplies_bfloat16", lambda device: True)
    narrow = load_encoder(str(folder))
    assert cosines(narrow.encode_images(pictures()), wide.encode_images(pictures())).min() >= 0.999
    np.testing.assert_array_equal(narrow.encode_texts(WORDS), wide.encode_texts(WORDS))


def test_an_accelerator_keeps_its_own_numbers() -> None:
    assert not multiplies_bfloat16("cuda")


def test_a_model_whose_vectors_would_change_stays_as_it_was() -> None:
    model = torch.nn.Linear(3, 2)
    before = {name: values.clone() for name, values in model.state_dict().items()}
    assert not narrow_if_same([model], lambda narrow: np.array([[0, 1] if narrow else [1, 0]], np.float32))
    assert all(torch.equal(values, before[name]) for name, values in model.state_dict().items())
    assert all(values.dtype == torch.float32 for values in model.state_dict().values())


def test_a_layer_that_takes_no_two_widths_stays_as_it_was() -> None:
    model = torch.nn.Linear(3, 2)

    def vectors(narrow: bool) -> np.ndarray:
        return model(torch.ones(1, 3)).detach().numpy()

    assert not narrow_if_same([model], vectors)
    assert model.weight.dtype == torch.float32
    assert not narrow_if_same([torch.nn.LayerNorm(3)], vectors)


def test_a_model_of_half_width_is_left_alone() -> None:
    model = torch.nn.Linear(3, 2).to(torch.float16)
    assert not narrow_if_same([model], lambda narrow: np.ones((1, 1), np.float32))
    assert model.weight.dtype == torch.float16


@pytest.mark.parametrize(
    "settings",
    [
        {"do_resize": False},
        {"do_rescale": False},
        {"do_normalize": False},
        {"do_center_crop": False},
        {"do_pad": True},
        {"size": {"shortest_edge": 40, "longest_edge": 90}},
        {"size": {"height": 60, "width": 60}},
        {"size": {"shortest_edge": 200}},
        {"image_mean": [0.5], "image_std": [0.5]},
    ],
)
def test_a_setting_that_is_not_understood_leaves_it_to_the_processor(settings: dict[str, Any]) -> None:
    assert crop_of(CLIPImageProcessorPil()) is not None
    assert crop_of(CLIPImageProcessorPil(**settings)) is None


def test_a_processor_that_is_not_known_is_left_alone() -> None:
    assert crop_of(ViTImageProcessorPil()) is not None
    assert crop_of(type("SomeImageProcessor", (CLIPImageProcessorPil,), {})()) is None


def test_a_model_with_another_processor_uses_that(folder: Path, plain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tower, "crop_of", lambda processor: None)
    wanted = plain.encode(pictures(), show_progress_bar=False, normalize_embeddings=True)
    np.testing.assert_allclose(load_encoder(str(folder)).encode_images(pictures()), wanted, atol=1e-4)


def test_pieces_come_back_in_order_whatever_their_number() -> None:
    for count, workers in [(1, 4), (7, 1), (7, 2), (64, 2), (9, 16)]:
        pieces = side_by_side(list, range(count), workers, 8)
        assert [item for piece in pieces for item in piece] == list(range(count))
        assert max(len(piece) for piece in pieces) <= 8


def test_one_thread_is_taken_back_after_an_error() -> None:
    before = torch.get_num_threads()
    with pytest.raises(ValueError, match="wrong"), one_thread():
        raise ValueError("wrong")
    assert torch.get_num_threads() == before
