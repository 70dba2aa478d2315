"""A pipeline as text, and back: JSON, YAML, Python code, and what a link carries."""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

from core.augment.pipeline import Pipeline, parse_pipeline
from core.augment.python import to_python
from core.augment.reading import MOST_CHARACTERS
from core.augment.short import preset_name, short
from core.errors import InputError

__all__ = ["any_pipeline", "from_link", "short", "to_json", "to_link", "to_python", "to_yaml"]

PACKED = "z."  # in front of a pipeline that is no preset; no preset's name holds a dot
MOST_LINK = 60_000  # characters
SEED_DIGITS = 19


def to_link(pipeline: Pipeline) -> str:
    """The pipeline as one word for a URL: a preset's name, “weak.3” for one with a seed, else the packed short form."""
    preset = preset_name(pipeline)
    if preset is not None:
        return f"{preset}.{pipeline.seed}" if pipeline.seed else preset
    text = json.dumps(short(pipeline), separators=(",", ":"), ensure_ascii=False)
    return PACKED + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def from_link(text: str) -> Pipeline:
    """The pipeline that a link carries; whatever is wrong with it is an InputError or a NotFoundError."""
    text = text.strip()
    if text.startswith(PACKED):
        return parse_pipeline(_unpacked(text.removeprefix(PACKED)))
    name, dot, seed = text.partition(".")
    if dot and seed.isascii() and seed.isdecimal() and len(seed) <= SEED_DIGITS:
        return parse_pipeline({"preset": name, "seed": int(seed)})
    return parse_pipeline(text)


def any_pipeline(value: str | Mapping[str, Any]) -> Pipeline:
    """A pipeline from whatever a person may give: text as `from_link` reads it, or values."""
    return from_link(value) if isinstance(value, str) else parse_pipeline(value)


def to_json(pipeline: Pipeline, *, brief: bool = False) -> str:
    """As albumentations' `load` reads it, with name and seed beside; or brief, as a person would write it."""
    return json.dumps(_values(pipeline, brief), indent=2, ensure_ascii=False)


def to_yaml(pipeline: Pipeline, *, brief: bool = False) -> str:
    """The same as `to_json` in YAML."""
    import yaml  # slow to import, and seldom needed

    return str(yaml.safe_dump(_values(pipeline, brief), sort_keys=False, allow_unicode=True, default_flow_style=None))


def _values(pipeline: Pipeline, brief: bool) -> dict[str, Any]:
    """In plain values, none of them twice the same object, which YAML would write as an alias."""
    whole = {"name": pipeline.name, "seed": pipeline.seed, **pipeline.steps}
    values: dict[str, Any] = json.loads(json.dumps(short(pipeline) if brief else whole))
    return values


def _unpacked(packed: str) -> str:
    """The text that a link packs; unpacking stops where it grows beyond what a pipeline may have."""
    try:
        if len(packed) > MOST_LINK:
            raise ValueError("it is too long")
        data = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        opened = zlib.decompressobj()
        text = opened.decompress(data, MOST_CHARACTERS)
        if not opened.eof:
            raise ValueError("it is cut short, or unpacks to too much")
        return text.decode()
    except (ValueError, zlib.error) as error:
        hint = "Ask for the link anew, or choose a preset."
        raise InputError("The link's pipeline cannot be read.", str(error)[:200], hint) from None
