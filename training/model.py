"""The two towers and what is bolted on them for training.

The towers are a `VisionTextDualEncoderModel`, a class that transformers and sentence-transformers load without custom
code. Linear heads on the joint embedding make it learn the table's columns quickly; they are not exported.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    BertConfig,
    EfficientNetConfig,
    PreTrainedTokenizerFast,
    VisionTextDualEncoderConfig,
    VisionTextDualEncoderModel,
)
from transformers.models.efficientnet.modeling_efficientnet import EfficientNetSqueezeExciteLayer

from training.preprocess import FRAME_HEIGHT, FRAME_WIDTH

WIDTH = 256
MAX_TOKENS = 32
VOCABULARY_SIZE = 7000
HEAD_SCALE = 16.0
OPEN = 30.0  # the sigmoid of it is 1 in float32
UNKNOWN_TOKEN = "[UNK]"  # noqa: S105
SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def train_tokenizer(texts: Sequence[str], size: int = VOCABULARY_SIZE) -> PreTrainedTokenizerFast:
    """Learn word pieces from the texts; case and accents are dropped, digits stand alone."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN_TOKEN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=True)]
    )
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=list(SPECIAL_TOKENS), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    first, last = SPECIAL_TOKENS.index("[CLS]"), SPECIAL_TOKENS.index("[SEP]")
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", last), ("[CLS]", first))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=MAX_TOKENS,
        **{f"{token[1:-1].lower()}_token": token for token in SPECIAL_TOKENS},
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


IMAGE_SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "width_coefficient": 1.0,
        "depth_coefficient": 1.0,
        "hidden_dim": 1280,
        "hidden_act": "relu6",
        "squeeze_expansion_ratio": 1e-6,
        "drop_connect_rate": 0.0,
        "image_size": [FRAME_HEIGHT, FRAME_WIDTH],
    }
)
"""EfficientNet-Lite0: no squeeze and excitation, ReLU6 for swish (the class needs a gate; one neuron is its least)."""
TEXT_SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "hidden_size": WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 4 * WIDTH,
        "max_position_embeddings": MAX_TOKENS,
        "type_vocab_size": 1,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    }
)


def towers(
    vocabulary_size: int,
    image_settings: Mapping[str, Any] = IMAGE_SETTINGS,
    text_settings: Mapping[str, Any] = TEXT_SETTINGS,
) -> VisionTextDualEncoderModel:
    """Return untrained towers: a convolutional one for 140 by 112 pictures, a small transformer for short texts.

    Batch norm follows the data faster than the class's default, which would leave only the last batch's statistics,
    and begins at one instead of near zero. Every gate stands open.
    """
    image = EfficientNetConfig(**image_settings)
    image.hidden_size = image.hidden_dim
    text = BertConfig(vocab_size=vocabulary_size, **text_settings)
    config = VisionTextDualEncoderConfig.from_vision_text_configs(image, text, projection_dim=WIDTH)
    model = VisionTextDualEncoderModel(config)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.05
            nn.init.ones_(module.weight)
        elif isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
    for module in model.modules():
        if isinstance(module, EfficientNetSqueezeExciteLayer):
            open_gate(module)
    return model


def open_gate(gate: EfficientNetSqueezeExciteLayer) -> None:
    """Set a squeeze and excitation gate to let everything pass, and keep it from learning."""
    with torch.no_grad():
        for weight in gate.parameters():
            weight.requires_grad_(requires_grad=False).zero_()
        gate.expand.bias.fill_(OPEN)


class OpenGate(nn.Module):
    """A gate that is known to let everything pass and does not compute it; its weights are kept for the export."""

    def __init__(self, gate: EfficientNetSqueezeExciteLayer):
        super().__init__()
        self.reduce, self.expand = gate.reduce, gate.expand

    def forward(self, features: Tensor) -> Tensor:
        """Pass the features on."""
        return features


def pass_gates(model: nn.Module) -> None:
    """Put an `OpenGate` in the place of every gate."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, EfficientNetSqueezeExciteLayer):
                setattr(parent, name, OpenGate(child))


class HalfConvolution(nn.Conv2d):
    """A convolution that multiplies in bfloat16 and answers in float32.

    Forward and backward together, a 1 by 1 convolution takes 1.3 to 1.8 times as long in float32 on a processor with
    bfloat16 instructions; norms and depthwise convolutions gain nothing and keep float32.
    """

    def forward(self, pictures: Tensor) -> Tensor:
        """Convolve; the same shape rules as any convolution."""
        halved = functional.conv2d(pictures.bfloat16(), self.weight.bfloat16(), None, self.stride, self.padding)
        return halved.float()


def halve_pointwise(model: nn.Module) -> None:
    """Put a `HalfConvolution` with the same weights in the place of every plain 1 by 1 convolution."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.Conv2d) and child.kernel_size == (1, 1) and child.bias is None:
                half = HalfConvolution(child.in_channels, child.out_channels, 1, bias=False)
                half.weight = child.weight
                setattr(parent, name, half)


def channels_last(gradient: Tensor) -> Tensor:
    """Lay a gradient out as the activations are; pooling gives another order, which takes norms three times as long."""
    return gradient.contiguous(memory_format=torch.channels_last)


class Learner(nn.Module):
    """The towers with their training-only parts: a linear head a column, and a temperature a column for words."""

    def __init__(self, clip: VisionTextDualEncoderModel, values: Mapping[str, Sequence[str]]):
        super().__init__()
        self.clip = clip
        pass_gates(self.clip.vision_model)
        halve_pointwise(self.clip.vision_model)
        self.clip.vision_model.to(memory_format=torch.channels_last)
        self.heads = nn.ModuleDict({column: nn.Linear(WIDTH, len(names)) for column, names in values.items()})
        self.word_scales = nn.ParameterDict({column: nn.Parameter(torch.tensor(2.7)) for column in values})

    def images(self, pixels: Tensor) -> Tensor:
        """Embed pictures as unit vectors."""
        seen = self.clip.vision_model(pixel_values=pixels)
        if seen.last_hidden_state.requires_grad:
            seen.last_hidden_state.register_hook(channels_last)
        return functional.normalize(self.clip.visual_projection(seen.pooler_output), dim=-1)

    def texts(self, tokens: Mapping[str, Tensor]) -> Tensor:
        """Embed tokenised texts as unit vectors."""
        with torch.autocast("cpu", torch.bfloat16):
            features = self.clip.text_model(**tokens).pooler_output
        return functional.normalize(self.clip.text_projection(features.float()), dim=-1)

    def judged(self, images: Tensor) -> dict[str, Tensor]:
        """Return every head's logits."""
        return {column: head(images * HEAD_SCALE) for column, head in self.heads.items()}

    def compared(self, images: Tensor, words: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return logits of pictures against the words for every value of every column."""
        return {column: self.word_scales[column].exp() * images @ texts.T for column, texts in words.items()}

    @property
    def pair_scale(self) -> Tensor:
        """The contrastive temperature, as a factor between 1 and 100."""
        scale: Tensor = self.clip.logit_scale.exp().clamp(1.0, 100.0)
        return scale
