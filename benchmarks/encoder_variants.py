"""Ways to run one and the same CLIP model, each as a function from pictures and one from prepared pixels."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL.Image import Image

from core.encoders.crop import Crop, crop_of
from core.encoders.registry import load_encoder
from core.encoders.threads import one_thread, side_by_side

Floats = npt.NDArray[np.float32]
Tower = Callable[[Floats], Floats]
PIECE = 8  # images


@dataclass(frozen=True)
class Variant:
    """One way to run a model."""

    name: str
    whole: Callable[[Sequence[Image]], Floats]  # RGB pictures to vectors, shape (count, dimension)
    tower: Tower | None = None  # float32 pixels of shape (count, 3, height, width) to vectors


def variants(folder: Path, scratch: Path) -> list[Variant]:
    """Every way that this machine offers; the first is what sentence-transformers does by itself."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
    clip, crop = model[0].model, crop_of(model[0].processor.image_processor)
    assert crop is not None, "the model's image processor is not understood"

    def plain(images: Sequence[Image]) -> Floats:
        return np.asarray(model.encode(list(images), batch_size=len(images), show_progress_bar=False))

    def plain_in_one(images: Sequence[Image]) -> Floats:
        with one_thread():
            return plain(images)

    layers = (torch.nn.Linear, torch.nn.Conv2d)
    products = _cast(copy.deepcopy(clip), lambda layer: type(layer) in layers)
    everything = copy.deepcopy(clip).to(torch.bfloat16)
    last = copy.deepcopy(clip).to(memory_format=torch.channels_last)
    eager = copy.deepcopy(clip)
    eager.set_attn_implementation("eager")
    found = [
        Variant("sentence-transformers, float32", plain),
        Variant("sentence-transformers, one thread", plain_in_one),
        _prepared("float32", crop, _tower(clip)),
        _prepared("float32, channels last", crop, _tower(last)),
        _prepared("float32, plain attention", crop, _tower(eager)),
        _prepared("float32, one thread", crop, _alone(_tower(clip))),
        _prepared("float32, a thread a core", crop, _spread(_tower(clip))),
        _prepared("bfloat16 autocast", crop, _tower(clip, autocast=True)),
        _prepared("bfloat16 autocast, one thread", crop, _alone(_tower(clip, autocast=True))),
        _prepared("bfloat16 everywhere, one thread", crop, _alone(_tower(everything))),
        _prepared("bfloat16 products", crop, _tower(products, autocast=True)),
        _prepared("bfloat16 products, one thread", crop, _alone(_tower(products, autocast=True))),
        _prepared("bfloat16 products, a thread a core", crop, _spread(_tower(products, autocast=True))),
        Variant("Vitrine", load_encoder(str(folder)).encode_images),
    ]
    return found + _exported(clip, crop, scratch)


def _prepared(name: str, crop: Crop, tower: Tower) -> Variant:
    return Variant(name, lambda images: tower(crop.batch(images)), tower)


def _cast(model: Any, chosen: Callable[[Any], bool]) -> Any:
    import torch

    for layer in [layer for layer in model.modules() if chosen(layer)]:
        layer.to(torch.bfloat16)
    return model


def _tower(model: Any, autocast: bool = False) -> Tower:
    import torch

    def run(pixels: Floats) -> Floats:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=autocast, cache_enabled=False):
            found = model.get_image_features(pixel_values=torch.from_numpy(pixels)).pooler_output
            return np.asarray(found.float().numpy())

    return run


def _alone(tower: Tower) -> Tower:
    def run(pixels: Floats) -> Floats:
        with one_thread():
            return tower(pixels)

    return run


def _spread(tower: Tower) -> Tower:
    import torch

    workers = torch.get_num_threads()

    def run(pixels: Floats) -> Floats:
        places = side_by_side(lambda rows: tower(pixels[rows[0] : rows[-1] + 1]), range(len(pixels)), workers, PIECE)
        return np.concatenate(places)

    return run


def _exported(clip: Any, crop: Crop, scratch: Path) -> list[Variant]:
    """ONNX Runtime and OpenVINO, as far as they are installed beside Vitrine."""
    missing = [name for name in ("onnx", "onnxscript", "onnxruntime", "openvino") if find_spec(name) is None]
    if missing:
        print(f"skipped ONNX Runtime and OpenVINO: {', '.join(missing)} not installed here")
    if {"onnx", "onnxscript"} & set(missing):
        return []
    path = _onnx_file(clip, crop, scratch / "tower.onnx")
    found = []
    if "onnxruntime" not in missing:
        found.append(_prepared("ONNX Runtime, float32", crop, _onnx_tower(path)))
    if "openvino" not in missing:
        for kind in ("f32", "bf16"):
            found.append(_prepared(f"OpenVINO, {kind}", crop, _openvino_tower(path, kind, "LATENCY")))
        found.append(_prepared("OpenVINO, bf16, a stream a core", crop, _openvino_tower(path, "bf16", "THROUGHPUT")))
    return found


def _onnx_file(clip: Any, crop: Crop, path: Path) -> Path:
    import torch

    class ImageTower(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.clip = clip

        def forward(self, pixels: Any) -> Any:
            return self.clip.get_image_features(pixel_values=pixels).pooler_output

    sample = torch.zeros(2, 3, crop.height, crop.width)
    shapes = {"pixels": {0: torch.export.Dim("count", min=1, max=512)}}
    torch.onnx.export(
        ImageTower().eval(), (sample,), str(path), dynamo=True, dynamic_shapes=shapes, input_names=["pixels"],
        output_names=["vectors"], verbose=False,
    )  # fmt: skip
    return path


def _onnx_tower(path: Path) -> Tower:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda pixels: np.asarray(session.run(None, {"pixels": np.ascontiguousarray(pixels)})[0])


def _openvino_tower(path: Path, kind: str, hint: str) -> Tower:
    import openvino

    settings = {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": kind}
    compiled = openvino.Core().compile_model(str(path), "CPU", settings)
    if hint == "LATENCY":
        return lambda pixels: np.asarray(compiled({"pixels": np.ascontiguousarray(pixels)})[0])

    def run(pixels: Floats) -> Floats:
        pieces = [np.ascontiguousarray(pixels[first : first + PIECE]) for first in range(0, len(pixels), PIECE)]
        found: dict[int, Floats] = {}
        queue = openvino.AsyncInferQueue(compiled)
        queue.set_callback(lambda request, place: found.update({place: request.get_output_tensor(0).data.copy()}))
        for place, piece in enumerate(pieces):
            queue.start_async({"pixels": piece}, place)
        queue.wait_all()
        return np.concatenate([found[place] for place in range(len(pieces))])

    return run
