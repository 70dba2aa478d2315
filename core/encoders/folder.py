"""What an encoder's folder tells of it, read from its files without loading it."""

import json
import math
import re
from pathlib import Path
from typing import Any

from core.encoders.facts import HUB, NOT_STATED, EncoderFacts
from core.encoders.weights import weight_files

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\s*\n", re.DOTALL)
LICENCE = re.compile(r"^license:[ \t]*[\"']?([^\s\"']+)", re.MULTILINE)
LANGUAGE = re.compile(r"^language:(.*(?:\n\s*- .*)*)", re.MULTILINE)
LICENCE_NOTE = re.compile(r"^(#+ |\*\*)licen[cs]e", re.MULTILINE | re.IGNORECASE)
LANGUAGES = {"en": "English"}


def facts_of_folder(name: str, folder: Path) -> EncoderFacts:
    """What a sentence-transformers or transformers folder tells; what it does not tell stays unknown."""
    modules = _modules(folder)
    config = _json(folder / (modules[0] if modules else "") / "config.json")
    weights = weights_read(folder)
    card = _text(folder / "README.md")
    dimension = _projected(folder, modules) or _dimension(config)
    return EncoderFacts(
        name=name,
        dimension=dimension,
        parameters=_parameters(folder, weights),
        size_mb=max(1, round(sum(path.stat().st_size for path in weights) / 1e6)) if weights else None,
        pixels=_pixels(config),
        languages=_languages(card),
        licence=_licence(card),
        good_for=_known_for(folder.name, dimension),
    )


def first_words(folder: Path) -> str:
    """What the card's first sentence says that an encoder is, as far as its first stop or colon."""
    body = FRONT_MATTER.sub("", _text(folder / "README.md"), count=1)
    lines = (line.strip() for line in body.splitlines())
    prose = next((line for line in lines if line[:1].isalpha()), "")
    return re.split(r"[.:](?:\s|$)", prose, maxsplit=1)[0]


def weights_read(folder: Path) -> list[Path]:
    """The files of weights that loading would read: the safe format where both are there, and no link to nowhere."""
    there = [path for path in weight_files(str(folder)) if path.is_file()]
    return [path for path in there if path.suffix == ".safetensors"] or there


def _modules(folder: Path) -> list[str]:
    listed = _json(folder / "modules.json")
    return [str(item.get("path", "")) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _projected(folder: Path, modules: list[str]) -> int | None:
    """Components after the last dense module, if there is one."""
    sizes = [_json(folder / path / "config.json") for path in modules[1:]]
    found = [_whole(config.get("out_features")) for config in sizes if isinstance(config, dict)]
    return next((size for size in reversed(found) if size), None)


def _dimension(config: Any) -> int | None:
    """Components of the vectors of a model's two towers; a CLIP names them itself, a SigLIP in its text tower."""
    if not isinstance(config, dict):
        return None
    text = config.get("text_config")
    text = text if isinstance(text, dict) else {}
    if str(config.get("model_type", "")).startswith("siglip"):
        return _whole(text.get("projection_size")) or _whole(text.get("hidden_size"))
    return _whole(config.get("projection_dim"))


def _pixels(config: Any) -> tuple[int, int] | None:
    """Width and height of the image tower's frame."""
    vision = config.get("vision_config") if isinstance(config, dict) else None
    size = vision.get("image_size") if isinstance(vision, dict) else None
    if isinstance(size, list) and len(size) == 2:
        height, width = map(_whole, size)
    else:
        height = width = _whole(size)
    return (width, height) if width and height else None


def _parameters(folder: Path, weights: list[Path]) -> float | None:
    """Millions of them: as measured when it was made, else counted in the headers of its weights."""
    metrics = _json(folder / "metrics.json")
    measured = _whole(metrics.get("parameters")) if isinstance(metrics, dict) else None
    if measured is None and all(path.suffix == ".safetensors" for path in weights):
        measured = sum(map(_counted, weights))
    return round(measured / 1e6, 1) if measured else None


def _counted(path: Path) -> int:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            names = list(file.keys())
            return sum(math.prod(file.get_slice(name).get_shape()) for name in names)
    except (OSError, SafetensorError):
        return 0


def _licence(card: str) -> str:
    front = FRONT_MATTER.match(card)
    stated = LICENCE.search(front[1]) if front else None
    if stated:
        return stated[1]
    return "see its README" if LICENCE_NOTE.search(card) else NOT_STATED


def _languages(card: str) -> str:
    front = FRONT_MATTER.match(card)
    stated = LANGUAGE.search(front[1]) if front else None
    codes = re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*", stated[1]) if stated else []
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


def _known_for(folder: str, dimension: int | None) -> str:
    """What the hub encoder of that name is good for: a copy usually keeps the name."""
    same = (facts for facts in HUB if facts.name.split("/")[-1] == folder and facts.dimension == dimension)
    return next((facts.good_for for facts in same), "")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError:
        return None
