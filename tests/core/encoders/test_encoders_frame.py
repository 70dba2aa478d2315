"""Pictures in the one frame a model reads."""

import numpy as np
import pytest
from PIL import Image

from core.encoders.frame import Frame

FRAME = Frame(30, 40, (0.5, 0.25, 0.0), (0.5, 0.25, 1.0))


def test_a_picture_of_the_frames_size_stays_as_it_is() -> None:
    image = Image.effect_noise((30, 40), 90).convert("RGB")
    assert FRAME.fitted(image) is image


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((300, 400), (0, 0, 30, 40)),
        ((15, 20), (0, 0, 30, 40)),
        ((100, 50), (0, 12, 30, 27)),
        ((10, 400), (14, 0, 15, 40)),
        ((5_000, 1), (0, 19, 30, 20)),
        ((1, 1), (0, 5, 30, 35)),
    ],
)
def test_a_picture_keeps_its_aspect_and_lies_centred_on_white(
    size: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    fitted = FRAME.fitted(Image.new("RGB", size, (0, 0, 0)))
    assert fitted.size == (30, 40)
    dark = Image.eval(fitted.convert("L"), lambda value: 255 if value < 128 else 0)
    assert dark.getbbox() == box


def test_a_batch_is_normalised_channel_first() -> None:
    images = [Image.new("RGB", (30, 40), (255, 0, 0)), Image.new("RGB", (3, 4), (0, 255, 51))]
    batch = FRAME.batch(images)
    assert batch.shape == (2, 3, 40, 30)
    assert batch.dtype == np.float32
    np.testing.assert_allclose(batch[:, :, 20, 15], [[1, -1, 0], [-1, 3, 0.2]], atol=1e-6)
    assert FRAME.batch([]).shape == (0, 3, 40, 30)
