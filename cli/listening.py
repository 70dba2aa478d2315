"""Refuses to listen where others could reach a server that nothing protects."""

import tomllib
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.loopback import is_loopback
from core.settings import Settings
from core.tokens import Tokens

SECRETS = Path(".streamlit") / "secrets.toml"
LEAST_COOKIE_SECRET = 16  # characters
OPEN_API = "No token protects the API: vitrine token make NAME"
OPEN_DASHBOARD = f"No sign-in protects the dashboard: give {SECRETS} an [auth] section, as docs/access.md shows"


def check_listening(settings: Settings, tokens: Tokens, signed_in: bool) -> None:
    """Raise an InputError when others could reach the server and its API or its dashboard would be open to them.

    Tokens protect the API alone and sign-in, which `signed_in` says is configured, the dashboard alone: both have to
    be there, unless the settings say `insecure`.
    """
    if settings.insecure or is_loopback(settings.host):
        return
    missing = [text for text, held in ((OPEN_API, tokens.configured), (OPEN_DASHBOARD, signed_in)) if not held]
    if missing:
        raise InputError(
            f"Whoever can reach {settings.host} could use this server.",
            ". ".join(missing) + ".",
            "Or listen on 127.0.0.1, for this machine alone; or say --insecure if something else protects it.",
        )


def signed_in_configured(root: Path) -> bool:
    """Whether Streamlit, started in `root`, asks people to sign in: whether its secrets have an [auth] section.

    As Streamlit does, it reads the home folder's file and then the project's, which wins. A file that cannot be read,
    and a secret for cookies that could be guessed, are an InputError.
    """
    held: dict[str, Any] = {}
    for folder in (Path.home(), root):
        held |= _read(folder / SECRETS)
    auth = held.get("auth")
    if not isinstance(auth, dict) or not auth:
        return False
    if len(str(auth.get("cookie_secret", ""))) < LEAST_COOKIE_SECRET:
        raise InputError(
            f"The cookie_secret in {SECRETS} is missing or too short.",
            f"Who guesses it can sign in as anyone; it needs at least {LEAST_COOKIE_SECRET} characters.",
            'Make one with: python -c "import secrets; print(secrets.token_hex(32))"',
        )
    return True


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f"{path} cannot be read.", f"{reason}.", "Mend it: it says whether people have to sign in."
        ) from error
