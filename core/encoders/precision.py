"""Numbers of 16 bits where the processor multiplies them quickly and a model's vectors stay what they are.

A collection may be embedded on one machine and searched on another, so vectors must not depend on the processor: a
model is narrowed only if its vectors of some drawn pictures keep a cosine of 0.999 with those of 32 bits. Words stay
in 32 bits: one text gains a hundredth of a second, and a single search would wait longer for the conversion.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from core.encoders.protocol import Vectors

if TYPE_CHECKING:
    import torch

LEAST_COSINE = 0.999  # between a vector of 16-bit and of 32-bit numbers
INSTRUCTIONS = ("avx512_bf16", "amx_bf16")  # either multiplies bfloat16 as it is
PROBE_PX = 96


def multiplies_bfloat16(device: str) -> bool:
    """Whether this processor has instructions for bfloat16 and is the one that computes.

    Others would convert to 32 bits and back at every step, and be slower.
    """
    import torch

    capabilities = torch.cpu.get_capabilities()
    return device == "cpu" and any(capabilities.get(name, False) for name in INSTRUCTIONS)


def arithmetic(narrow: bool) -> AbstractContextManager[Any]:
    """Products in bfloat16, sums and norms in float32; or everything as it is."""
    import torch

    return torch.autocast("cpu", torch.bfloat16, cache_enabled=False) if narrow else nullcontext()


def narrow_if_same(parts: "Sequence[torch.nn.Module]", vectors: Callable[[bool], Vectors]) -> bool:
    """Keep the weights of a model's products in bfloat16 if that leaves its vectors alone, and tell whether it did.

    `vectors(narrow)` gives unit vectors, shape (some, dimension), of the same things with either arithmetic. Converted
    once, the weights needn't be at every call, which a search by one picture would feel most.
    """
    import torch

    before = [(parameter, parameter.data) for parameter in _products(parts)]
    if not before or any(parameter.dtype != torch.float32 for part in parts for parameter in part.parameters()):
        return False
    wide = vectors(False)
    for parameter, values in before:
        parameter.data = values.to(torch.bfloat16)
    same = _agree(wide, lambda: vectors(True))
    if not same:
        for parameter, values in before:
            parameter.data = values
    return same


def _agree(wide: Vectors, narrow: Callable[[], Vectors]) -> bool:
    try:
        return bool(np.all(np.sum(wide * narrow(), axis=1) >= LEAST_COSINE))
    except RuntimeError:  # torch's word for a layer that takes no numbers of two widths
        return False


def probe_pictures() -> list[Image.Image]:
    """Pictures as different as can be drawn in a line each: noise, a gradient, an edge."""
    noise = np.random.default_rng(7).integers(0, 256, (PROBE_PX, PROBE_PX, 3), np.uint8)
    edge = Image.new("RGB", (PROBE_PX, PROBE_PX), (250, 240, 230))
    edge.paste((160, 30, 40), (0, 0, PROBE_PX // 2, PROBE_PX))
    return [Image.fromarray(noise), Image.linear_gradient("L").convert("RGB"), edge]


def _products(parts: "Sequence[torch.nn.Module]") -> "list[torch.nn.Parameter]":
    """Weights of plain linear layers and convolutions; any other layer may use its weights in ways of its own."""
    import torch

    plain = (torch.nn.Linear, torch.nn.Conv2d)
    layers = [layer for part in parts for layer in part.modules() if type(layer) in plain]
    return [parameter for layer in layers for parameter in layer.parameters(recurse=False)]
