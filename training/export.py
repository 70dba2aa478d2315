"""Write the towers as an ordinary sentence-transformers folder.

The folder loads with `SentenceTransformer(path)`: no custom code, no torchvision, no network. Weights are stored as
float16 to halve the download and become float32 again at load. The folder appears whole: it is written beside its
destination and moved there at the end.
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Transformer
from transformers import (
    PreTrainedTokenizerFast,
    VisionTextDualEncoderModel,
    VisionTextDualEncoderProcessor,
    ViTImageProcessorPil,
)

from training.canonical import write_canonical
from training.preprocess import FRAME_HEIGHT, FRAME_WIDTH

CARD, FIGURES = "README.md", "metrics.json"


def image_processor() -> ViTImageProcessorPil:
    """Return the processor that turns a picture of the frame's shape into input, and squashes any other into it."""
    return ViTImageProcessorPil(
        size={"height": FRAME_HEIGHT, "width": FRAME_WIDTH}, resample=Image.Resampling.BICUBIC,
        image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5], do_convert_rgb=True,
    )  # fmt: skip


def export(clip: VisionTextDualEncoderModel, tokenizer: PreTrainedTokenizerFast, target: Path) -> None:
    """Write the encoder's folder; a model card and figures that stand in an older one there are kept."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        parts, made = Path(scratch, "parts"), Path(scratch, "made")
        clip.save_pretrained(parts)
        VisionTextDualEncoderProcessor(image_processor(), tokenizer).save_pretrained(parts)
        transformer = Transformer(str(parts))
        encoder = SentenceTransformer(modules=[transformer, Normalize()], device="cpu")
        encoder.save(str(made), create_model_card=False)
        halve(made)
        write_canonical(made)
        for kept in (CARD, FIGURES):
            if (target / kept).is_file():
                shutil.copy2(target / kept, made / kept)
        made.chmod(0o755)
        retired = Path(scratch, "retired")
        if target.exists():
            target.rename(retired)
        made.rename(target)


def halve(folder: Path) -> None:
    """Store weights as float16 and have the configuration load them as float32; running statistics stay exact."""
    for weights in folder.rglob("*.safetensors"):
        tensors = {
            name: value.half() if value.dtype == torch.float32 and "running_" not in name else value
            for name, value in load_file(weights).items()
        }
        save_file(tensors, weights, {"format": "pt"})
        weights.chmod(0o644)
        config = weights.parent / "config.json"
        settings = json.loads(config.read_text())
        for part in (settings, settings.get("text_config", {}), settings.get("vision_config", {})):
            part["dtype"] = "float32"
        config.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
