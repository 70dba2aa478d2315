"""The one table of settings: environment, --help, docs and tests all read it."""

import math
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


def _setting(default: Any, about: str, least: float = 0, most: float = math.inf) -> Any:
    return dataclass_field(default=default, metadata={"help": about, "least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """Each field is one setting; its environment variable is VITRINE_ and the field's name in capitals."""

    workspace: Path = _setting(ROOT / "data" / "workspace", "Folder that holds every collection")
    host: str = _setting("127.0.0.1", "Address the dashboard listens on")
    port: int = _setting(8501, "Port the dashboard listens on", most=65_535)
    encoder: str = _setting("vitrine-clip", "Encoder of new collections: a shipped name, a folder, or a hub name")
    max_pixels: int = _setting(100_000_000, "Largest image that is decoded, in pixels", least=1)
    max_bytes: int = _setting(256 * 1024 * 1024, "Largest image file that is read, in bytes", least=1)
    decode_threads: int = _setting(4, "Threads that decode images during ingest", least=1)
    augment_processes: int = _setting(0, "Processes that make augmented pictures; 0: one for each core", most=256)
    chunk_rows: int = _setting(2_000, "Rows written in one commit during ingest", least=1)
    batch_images: int = _setting(64, "Images encoded at a time", least=1)
    url_timeout: float = _setting(20.0, "Seconds an image address may take to answer")
    url_retries: int = _setting(2, "Times a failed download is tried again")
    url_connections: int = _setting(8, "Downloads under way at once", least=1)
    allow_private_urls: bool = _setting(False, "Also download from private and loopback addresses")
    read_needs_token: bool = _setting(False, "The API asks for a token for reading too, not only for changes")
    insecure: bool = _setting(False, "Listen beyond this machine although no token protects it")
    broker: str = _setting("", "Redis server that workers on several machines share, redis://…; else a file here")
    jobs_at_once: int = _setting(2, "Jobs one worker runs at a time", least=1, most=64)
    worker_idle_seconds: float = _setting(600.0, "The server's own worker ends after so long without a job; 0: never")
    request_megabytes: int = _setting(4_096, "Largest request that adds pictures through the API, in MB", least=1)
    upload_megabytes: int = _setting(64, "Largest image accepted by one request of the API, in MB", least=1)
    export_folders: str = _setting(
        "", "Folders and s3:// places that the dashboard and API may export to, parted by commas"
    )
    timings_kept: int = _setting(50_000, "Answers whose cost the workspace keeps; 0: none is written down")
    sql_seconds: float = _setting(5.0, "Seconds one query of the SQL console may take", least=0.1, most=3_600)
    sql_rows: int = _setting(10_000, "Rows an answer of the SQL console may have", least=1, most=1_000_000)
    sql_memory_mb: int = _setting(512, "Memory one query of the SQL console may use, in MB", least=16)

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read VITRINE_* variables; a value of the wrong type is an InputError that names the variable."""
        source = os.environ if environment is None else environment
        values: dict[str, Any] = {
            item.name: _parse(variable(item.name), source[variable(item.name)], item.default, item.metadata)
            for item in fields(cls)
            if source.get(variable(item.name), "") != ""
        }
        return cls(**values)


@dataclass(frozen=True)
class SettingFact:
    """One line of the settings table."""

    variable: str  # environment variable
    type: str  # Python type's name, or path
    default: str  # as a person would write it
    help: str  # what it does


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"VITRINE_{name.upper()}"


def table() -> list[SettingFact]:
    """Every setting, in order, for help texts and docs."""
    return [
        SettingFact(variable(item.name), _type_name(item.default), _shown(item.default), item.metadata["help"])
        for item in fields(Settings)
    ]


def _type_name(default: object) -> str:
    return "path" if isinstance(default, Path) else type(default).__name__


def _shown(default: object) -> str:
    if isinstance(default, Path):
        return str(default.relative_to(ROOT)) if default.is_relative_to(ROOT) else str(default)
    return str(default) or "none"


def _parse(name: str, text: str, default: object, limits: Mapping[str, Any]) -> object:
    least, most = limits["least"], limits["most"]
    try:
        if isinstance(default, bool):
            return _parse_bool(text)
        if isinstance(default, int | float):
            number = type(default)(text)
            if not least <= number <= most or math.isinf(number):
                raise ValueError(text)
            return number
        return Path(text).expanduser().resolve() if isinstance(default, Path) else text
    except (ValueError, RuntimeError):
        raise InputError(
            f"{name} is not {_wanted(default, least, most)}.",
            f"It is set to “{text[:80]}”.",
            f"Its default is {_shown(default)}.",
        ) from None


def _wanted(default: object, least: float, most: float) -> str:
    if isinstance(default, bool):
        return "yes or no"
    if isinstance(default, Path):
        return "a folder's path"
    number = "a whole number" if isinstance(default, int) else "a number"
    return f"{number} of at least {least:g}" if math.isinf(most) else f"{number} from {least:g} to {most:g}"


def _parse_bool(text: str) -> bool:
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(text)
