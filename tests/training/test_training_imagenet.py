"""The image tower begins with ImageNet's weights, every one of them in its place."""

import numpy as np
import pytest
import torch
from transformers import EfficientNetModel

from training import imagenet
from training.imagenet import imagenet_weights
from training.model import OPEN, towers


def test_every_weight_has_its_place_but_the_gates_which_stand_open() -> None:
    tower = towers(100).vision_model
    assert isinstance(tower, EfficientNetModel)
    weights = imagenet_weights()
    left = tower.load_state_dict(weights, strict=False)
    assert left.unexpected_keys == []
    assert all(".squeeze_excite." in name for name in left.missing_keys)
    biases = [value for name, value in tower.state_dict().items() if name.endswith("squeeze_excite.expand.bias")]
    assert len(biases) == 16
    assert all(bool((bias == OPEN).all()) for bias in biases)
    assert torch.equal(tower.state_dict()["encoder.top_conv.weight"], weights["encoder.top_conv.weight"])


@pytest.mark.filterwarnings("ignore")
def test_what_it_knows_tells_plain_pictures_apart() -> None:
    tower = towers(100).vision_model.eval()
    tower.load_state_dict(imagenet_weights(), strict=False)
    rng = np.random.default_rng(0)
    smooth = np.linspace(-1, 1, 96)[None, None, :].repeat(3, 0).repeat(120, 1)
    pictures = [smooth, smooth + rng.normal(0, 0.02, smooth.shape), rng.uniform(-1, 1, smooth.shape)]
    with torch.no_grad():
        seen = tower(pixel_values=torch.from_numpy(np.stack(pictures)).float()).pooler_output
    seen = torch.nn.functional.normalize(seen, dim=1)
    assert float(seen[0] @ seen[1]) > float(seen[0] @ seen[2])


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagenet, "PACKAGE", "no_such_package_anywhere")
    with pytest.raises(ModuleNotFoundError, match=r"requirements-dev\.txt"):
        imagenet_weights()
