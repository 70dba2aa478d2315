"""An encoder of another make than the shipped one: CLIP's own architecture, tiny, with random weights."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with a CLIP model of 16 components that has learnt nothing."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Transformer
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPProcessor, PreTrainedTokenizerFast

    from core.encoders.registry import SHIPPED

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(SHIPPED / "vitrine-clip")
    tower = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 2}
    text = {**tower, "vocab_size": len(tokenizer), "max_position_embeddings": 64, "eos_token_id": 2}
    vision = {**tower, "image_size": 32, "patch_size": 8}
    torch.manual_seed(0)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16))
    model.save_pretrained(folder / "parts")
    size = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
    CLIPProcessor(CLIPImageProcessorPil(**size), tokenizer).save_pretrained(folder / "parts")
    encoder = SentenceTransformer(modules=[Transformer(str(folder / "parts"))], device="cpu")
    encoder.save(str(folder / "clip"), create_model_card=False)
    return folder / "clip"
