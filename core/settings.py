"""The one table of settings: environment, --help, docs and tests all read it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

from core.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


def _setting(default: Any, about: str) -> Any:
    return dataclass_field(default=default, metadata={"help": about})


@dataclass(frozen=True)
class Settings:
    """Each field is one setting; its environment variable is VITRINE_ and the field's name in capitals."""

    workspace: Path = _setting(ROOT / "data" / "workspace", "Folder that holds every collection")
    host: str = _setting("127.0.0.1", "Address the dashboard listens on")
    port: int = _setting(8501, "Port the dashboard listens on")
    encoder: str = _setting("vitrine-clip", "Encoder: a shipped name, a sentence-transformers folder, or a hub name")
    max_pixels: int = _setting(100_000_000, "Largest image that is decoded, in pixels")
    max_bytes: int = _setting(256 * 1024 * 1024, "Largest image file that is read, in bytes")
    decode_threads: int = _setting(4, "Threads that decode images during ingest")
    chunk_rows: int = _setting(2_000, "Rows written in one commit during ingest")
    batch_images: int = _setting(64, "Images encoded at a time")
    url_timeout: float = _setting(20.0, "Seconds an image address may take to answer")
    url_retries: int = _setting(2, "Times a failed download is tried again")
    url_connections: int = _setting(8, "Downloads under way at once")
    allow_private_urls: bool = _setting(False, "Also download from private and loopback addresses")
    upload_megabytes: int = _setting(64, "Largest image accepted by one request of the API, in MB")

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read VITRINE_* variables; a value of the wrong type is an InputError that names the variable."""
        source = os.environ if environment is None else environment
        values: dict[str, Any] = {
            item.name: _parse(variable(item.name), source[variable(item.name)], item.default)
            for item in fields(cls)
            if source.get(variable(item.name), "") != ""
        }
        return cls(**values)


@dataclass(frozen=True)
class SettingFact:
    """One line of the settings table."""

    variable: str  # environment variable
    type: str  # Python type's name
    default: str  # as a person would write it
    help: str  # what it does


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"VITRINE_{name.upper()}"


def table() -> list[SettingFact]:
    """Every setting, in order, for help texts and docs."""
    return [
        SettingFact(variable(item.name), type(item.default).__name__, _shown(item.default), item.metadata["help"])
        for item in fields(Settings)
    ]


def _shown(default: object) -> str:
    if isinstance(default, Path):
        return str(default.relative_to(ROOT)) if default.is_relative_to(ROOT) else str(default)
    return str(default)


def _parse(name: str, text: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return _parse_bool(text)
        if isinstance(default, int | float):
            number = type(default)(text)
            if number < 0:
                raise ValueError(text)
            return number
    except ValueError:
        kind = "yes or no" if isinstance(default, bool) else "a number of at least 0"
        raise InputError(f"{name} is not {kind}.", f"It is set to “{text}”.", f"Its default is {default}.") from None
    return Path(text).expanduser().resolve() if isinstance(default, Path) else text


def _parse_bool(text: str) -> bool:
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(text)
