"""CLIP and SigLIP models with random weights: what they cost, and how exact arithmetic is, needs no training."""

from pathlib import Path
from typing import Any

START, END = "<|startoftext|>", "<|endoftext|>"
SENTENCES = (
    "a photo of a red shoe on a white table",
    "two dogs run over the wet grass",
    "a blue dress with long sleeves, seen from behind",
    "the old harbour at night, many small lights",
)


def write_vit_b_32(folder: Path) -> Path:
    """The shapes of openai/clip-vit-base-patch32, 151 million weights without its long vocabulary's 25 million."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPProcessor

    torch.manual_seed(0)
    words = tokenizer(77)
    model = CLIPModel(CLIPConfig(text_config=special_tokens(words)))
    return write_encoder(folder, model, CLIPProcessor(CLIPImageProcessorPil(), words))


def write_encoder(folder: Path, model: Any, processor: Any) -> Path:
    """Save an ordinary sentence-transformers folder, which stands in `folder`; returns its path."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Transformer

    parts, made = folder / "parts", folder / "encoder"
    model.eval().save_pretrained(parts)
    processor.save_pretrained(parts)
    SentenceTransformer(modules=[Transformer(str(parts))], device="cpu").save(str(made), create_model_card=False)
    return made


def tokenizer(longest: int) -> Any:
    """Byte pairs learnt from four sentences, in CLIP's form, cutting texts off at `longest` tokens."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    pairs = Tokenizer(models.BPE(unk_token=END, end_of_word_suffix="</w>"))
    pairs.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(
        vocab_size=512, special_tokens=[START, END], end_of_word_suffix="</w>", show_progress=False
    )
    pairs.train_from_iterator(SENTENCES, trainer)
    marks = [(mark, pairs.token_to_id(mark)) for mark in (START, END)]
    pairs.post_processor = processors.TemplateProcessing(single=f"{START} $A {END}", special_tokens=marks)
    return PreTrainedTokenizerFast(
        tokenizer_object=pairs, bos_token=START, eos_token=END, unk_token=END, pad_token=END, model_max_length=longest
    )


def special_tokens(words: Any) -> dict[str, int]:
    """What a text tower has to know of a tokenizer."""
    return {
        "bos_token_id": words.bos_token_id,
        "eos_token_id": words.eos_token_id,
        "pad_token_id": words.pad_token_id,
    }
