"""What is exported is an ordinary sentence-transformers folder that gives the vectors the towers gave."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from training.captions import vocabulary_texts
from training.export import export
from training.model import IMAGE_SETTINGS, WIDTH, Learner, towers, train_tokenizer
from training.preprocess import frames, normalised
from training.vocabulary import TYPES

SHIPPED = Path(__file__).parents[2] / "data" / "encoders" / "vitrine-clip"
MOST_BYTES = 25_000_000
pytestmark = pytest.mark.filterwarnings("ignore")


def load(folder: Path):  # type: ignore[no-untyped-def]
    """Open a folder with the network forbidden."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def test_an_export_gives_the_vectors_of_the_towers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    tokenizer = train_tokenizer(vocabulary_texts(), size=1500)
    learner = Learner(
        towers(
            len(tokenizer), {**IMAGE_SETTINGS, "width_coefficient": 0.125, "depth_coefficient": 0.3, "hidden_dim": 160}
        ),
        {"gender": ["Men", "Women"]},
    )
    with torch.no_grad():
        for _ in range(30):
            learner.images(torch.randn(16, 3, 140, 112))
    learner.eval()
    export(learner.clip, tokenizer, tmp_path / "encoder")
    (tmp_path / "encoder" / "README.md").write_text("kept")
    export(learner.clip, tokenizer, tmp_path / "encoder")
    assert (tmp_path / "encoder" / "README.md").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]
    encoder = load(tmp_path / "encoder")
    pictures = [Image.fromarray(np.random.default_rng(n).integers(0, 255, (140, 112, 3), np.uint8)) for n in range(4)]
    with torch.no_grad():
        images = learner.images(torch.from_numpy(normalised(frames(pictures)))).numpy()
        encoded = tokenizer(["red dress", "men's shoes"], padding=True, return_tensors="pt")
        texts = learner.texts({name: encoded[name] for name in ("input_ids", "attention_mask")}).numpy()
    np.testing.assert_allclose(encoder.encode(pictures), images, atol=0.02)
    np.testing.assert_allclose(encoder.encode(["red dress", "men's shoes"]), texts, atol=0.02)


@pytest.fixture(scope="module")
def shipped():  # type: ignore[no-untyped-def]
    """The encoder of the repository."""
    return load(SHIPPED)


def test_the_shipped_folder_is_small_and_complete() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) <= MOST_BYTES
    names = {path.name for path in SHIPPED.iterdir()}
    assert {"modules.json", "config.json", "model.safetensors", "tokenizer.json"} <= names
    assert {"README.md", "metrics.json", "canonical.json"} <= names
    assert not list(SHIPPED.rglob("*.py"))


def test_the_shipped_encoder_embeds_pictures_and_words(shipped) -> None:  # type: ignore[no-untyped-def]
    pictures = [Image.new("RGB", (60, 80), "red"), Image.new("L", (300, 100)), Image.new("RGB", (640, 480), "blue")]
    vectors = shipped.encode(pictures)
    assert vectors.shape == (3, WIDTH)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(shipped.encode(["", "a red dress"]), axis=1), 1, atol=1e-4)


def test_the_shipped_encoder_gives_its_canonical_vectors(shipped) -> None:  # type: ignore[no-untyped-def]
    canonical = json.loads((SHIPPED / "canonical.json").read_text())
    assert len(canonical) >= 4
    vectors = shipped.encode(list(canonical))
    np.testing.assert_allclose(vectors[:, :4], list(canonical.values()), atol=2e-3)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("sneakers", {"Casual Shoes", "Sports Shoes"}),
        ("purse", {"Handbags", "Clutches"}),
        ("tee", {"Tshirts"}),
        ("trousers", {"Trousers"}),
        ("wrist watch for men", {"Watches"}),
        ("men's wrist watches", {"Watches"}),
        ("denims", {"Jeans"}),
        ("sari", {"Sarees"}),
        ("hoodies", {"Sweatshirts"}),
    ],
)
def test_other_words_mean_the_same_thing(shipped, asked: str, meant: set[str]) -> None:  # type: ignore[no-untyped-def]
    names = list(TYPES)
    similar = shipped.encode(names) @ shipped.encode([asked])[0]
    assert names[int(similar.argmax())] in meant
