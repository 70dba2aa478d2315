"""Finds an encoder by name: shipped, a folder of the workspace, any other folder, or a hub name."""

import os
from pathlib import Path

from core.encoders.protocol import Encoder
from core.errors import EncoderError
from core.settings import ROOT

SHIPPED = ROOT / "data" / "encoders"
OWN = "encoders"  # folder of a workspace for models that a person copied there


def shipped_names() -> list[str]:
    """Encoders that came with Vitrine."""
    return sorted(path.parent.name for path in SHIPPED.glob("*/modules.json"))


def own_names(workspace: Path) -> list[str]:
    """Encoders in the folder of a workspace that is for a person's own."""
    names = (path.parent.name for path in (workspace / OWN).glob("*/modules.json"))
    return sorted(name for name in names if not name.startswith("."))


def load_encoder(name: str, workspace: Path | None = None) -> Encoder:
    """Load by shipped name, folder or hub name; an EncoderError says what else would work."""
    from core.encoders.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, locate(name, workspace))


def locate(name: str, workspace: Path | None = None) -> str:
    """The folder or hub name that an encoder's name stands for; an EncoderError where it stands for none."""
    if name in shipped_names():
        return str(SHIPPED / name)
    folder = _own_folder(name, workspace) or Path(os.path.expanduser(name))
    if folder.is_dir():
        if not (folder / "modules.json").is_file():
            raise EncoderError(
                f"The folder “{name}” holds no sentence-transformers encoder.",
                "It has no modules.json.",
                f"Name the folder of a saved SentenceTransformer, or use the shipped “{_shipped_one()}”.",
            )
        return str(folder)
    if name.startswith(("/", "./", "../", "~")):
        raise EncoderError(
            f"There is no folder “{name}”.",
            "An encoder goes by a shipped name, by its folder or by its name on the hub.",
            f"Correct the path, or use the shipped “{_shipped_one()}”.",
        )
    return name


def whole_name(name: str, workspace: Path | None = None) -> str:
    """The name as a collection records it: a folder's path holds whatever folder one is in."""
    if name in shipped_names() or _own_folder(name, workspace):
        return name
    folder = Path(os.path.expanduser(name))
    return str(folder.resolve()) if (folder / "modules.json").is_file() else name


def _own_folder(name: str, workspace: Path | None) -> Path | None:
    """The workspace's folder for an encoder of that plain name, if there is one."""
    if workspace is None or not name or name.startswith(".") or Path(name).name != name:
        return None
    folder = workspace / OWN / name
    return folder if folder.is_dir() else None


def _shipped_one() -> str:
    return next(iter(shipped_names()), "vitrine-clip")
