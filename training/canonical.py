"""A few vectors the encoder must always give, written beside its weights.

A test compares them, so a library that starts to cut words or scale pictures otherwise is noticed at once.
"""

import json
from pathlib import Path

from sentence_transformers import SentenceTransformer

FILE = "canonical.json"
TEXTS = ("red dress", "men's running shoes", "a photo of a purse", "Fossil Men Black Dial Chronograph Watch")
COMPONENTS = 4


def write_canonical(folder: Path) -> None:
    """Write the first components of some texts' vectors into the encoder's folder."""
    vectors = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(list(TEXTS))
    firsts = {
        text: [round(float(x), 4) for x in vector[:COMPONENTS]] for text, vector in zip(TEXTS, vectors, strict=True)
    }
    (folder / FILE).write_text(json.dumps(firsts, indent=2) + "\n")
