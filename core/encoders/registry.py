"""Finds an encoder by name: shipped, a folder, or a hub name."""

import os
from pathlib import Path

from core.encoders.protocol import Encoder
from core.errors import EncoderError
from core.settings import ROOT

SHIPPED = ROOT / "data" / "encoders"


def shipped_names() -> list[str]:
    """Encoders that came with Vitrine."""
    return sorted(path.parent.name for path in SHIPPED.glob("*/modules.json"))


def load_encoder(name: str) -> Encoder:
    """Load by shipped name, folder or hub name; an EncoderError says what else would work."""
    from core.encoders.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, locate(name))


def locate(name: str) -> str:
    """The folder or hub name that an encoder's name stands for; an EncoderError where it stands for none."""
    if name in shipped_names():
        return str(SHIPPED / name)
    folder = Path(os.path.expanduser(name))
    if folder.is_dir():
        if not (folder / "modules.json").is_file():
            raise EncoderError(
                f"The folder “{name}” holds no sentence-transformers encoder.",
                "It has no modules.json.",
                f"Point VITRINE_ENCODER at a saved SentenceTransformer, or use the shipped “{_shipped_one()}”.",
            )
        return str(folder)
    if name.startswith(("/", "./", "../", "~")):
        raise EncoderError(
            f"There is no folder “{name}”.",
            "VITRINE_ENCODER names it.",
            f"Correct the path, or use the shipped “{_shipped_one()}”.",
        )
    return name


def _shipped_one() -> str:
    return next(iter(shipped_names()), "vitrine-clip")
