"""Pictures of any shape and mode land in the frame unsquashed, on white."""

import io

import numpy as np
import pytest
from PIL import Image

from training.preprocess import FRAME_HEIGHT, FRAME_WIDTH, framed, frames, kept, normalised


def test_a_catalogue_photo_is_kept_pixel_by_pixel() -> None:
    photo = np.random.default_rng(0).integers(0, 255, (80, 60, 3), np.uint8)
    frame = np.asarray(kept(Image.fromarray(photo)))
    assert np.array_equal(frame[:, 2:62], photo)
    assert (frame[:, :2] == 255).all()
    assert (frame[:, 62:] == 255).all()


@pytest.mark.parametrize("size", [(1, 1), (4000, 10), (10, 900), (300, 300), (64, 80)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "I;16", "LA", "CMYK"])
def test_every_shape_and_mode_fits(size: tuple[int, int], mode: str) -> None:
    assert framed(Image.new(mode, size)).size == (FRAME_WIDTH, FRAME_HEIGHT)


def test_what_is_transparent_becomes_white() -> None:
    assert np.asarray(framed(Image.new("RGBA", (64, 80), (0, 0, 0, 0)))).min() == 255


def test_a_large_jpeg_is_framed_like_its_pixels() -> None:
    gradient = np.linspace(0, 255, 1200)[:, None, None] * np.ones((1, 900, 3))
    image = Image.fromarray(gradient.astype(np.uint8))
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=95)
    close = np.abs(np.asarray(framed(Image.open(stored)), np.int16) - np.asarray(framed(image), np.int16))
    assert close.mean() < 2


def test_normalised_batches_are_what_the_tower_reads() -> None:
    batch = normalised(frames([Image.new("RGB", (60, 80), "white"), Image.new("RGB", (60, 80), "black")]))
    assert batch.shape == (2, 3, FRAME_HEIGHT, FRAME_WIDTH)
    assert batch.dtype == np.float32
    assert batch.max() == 1.0
    assert batch.min() == -1.0
