"""The card of a dataset: what a person who meets it on a hub reads first."""

import json
import re

from core.export.request import ExportRequest
from core.export.selection import Selection

CARD = "README.md"
MARKUP = re.compile(r"([\\`*_\[\]<>#|])")


def card(request: ExportRequest, selection: Selection, encoder: str, whole: int, failed: int) -> str:
    """The Markdown of a card; `whole` images have their file and `failed` have not."""
    front = [f"pretty_name: {json.dumps(request.name)}"]
    front += ["task_categories:", "- image-classification"] if request.label_column else []
    lines = ["---", *front, "---", "", f"# {_plain(request.name)}", "", f"{_plain(selection.sentence)}.", ""]
    lines += [f"- images: {whole:,} ({request.images}), of {selection.matching:,} that match"]
    lines += [f"- images that could not be had: {failed:,}; failures.jsonl tells which and why"] if failed else []
    lines += [f"- classes: the column {_plain(request.label_column)}"] if request.label_column else []
    lines += [f"- made by Vitrine from the collection {_plain(request.collection)}, encoder {_plain(encoder)}"]
    lines += ["- manifest.json holds the question, the versions and the SHA-256 of every file", ""]
    lines += ["```python", "from datasets import load_dataset", ""]
    lines += [f'images = load_dataset("imagefolder", data_dir="{request.name}", split="train")', "```", ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    return MARKUP.sub(r"\\\1", " ".join(text.split()))
