"""Who may ask what of the API: tokens, signed addresses of pictures, and no orders from other sites' pages."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from core.errors import ForbiddenError, SignInError
from core.settings import Settings
from core.signing import PARAMETER, Signer
from core.tokens import WRITE, Token, Tokens
from core.workspace import Workspace

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PICTURE = re.compile(r"/images/[\s\S]*/(thumbnail|original)")
DOWNLOAD = re.compile(r"/exports/[^/]+/download")
COMPLETING = re.compile(r"/collections/[^/]+/complete")
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
MAKE = "Make a token with: vitrine token make NAME. Send it as “Authorization: Bearer TOKEN”."
Given = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, description="Made by: vitrine token make NAME")),
]
Guard = Callable[[Request, Given], None]


@dataclass(frozen=True)
class Guards:
    """What stands before the routes, as dependencies; both put the token's name, or "", into `request.state.who`."""

    reading: Guard  # routes that change nothing
    writing: Guard  # routes that change something


def guards(workspace: Callable[[], Workspace]) -> Guards:
    """The guards of a workspace, which is opened at the first request."""

    def reading(request: Request, given: Given) -> None:
        space = workspace()
        tokens = Tokens(space.folder)
        token = _known(request, given, tokens)
        _refuse_other_sites(request, token, space.settings)
        if token is None and space.settings.read_needs_token and tokens.configured and not _is_signed(request, space):
            raise _nobody(given, "Reading needs a token here.")

    def writing(request: Request, given: Given) -> None:
        space = workspace()
        tokens = Tokens(space.folder)
        token = _known(request, given, tokens)
        _refuse_other_sites(request, token, space.settings)
        if token is None and tokens.configured:
            raise _nobody(given, "Changes need a token here.")
        if token is not None and token.scope != WRITE:
            raise ForbiddenError(
                f"The token “{token.name}” may only read.",
                "This request changes something.",
                "Ask with a token that may write: vitrine token make NAME --scope write",
            )

    return Guards(reading, writing)


def _known(request: Request, given: HTTPAuthorizationCredentials | None, tokens: Tokens) -> Token | None:
    """The token that came with the request, if it is one of ours; notes its name."""
    token = None if given is None else tokens.find(given.credentials)
    request.state.who = "" if token is None else token.name
    return token


def _nobody(given: HTTPAuthorizationCredentials | None, title: str) -> SignInError:
    detail = "None was given." if given is None else "The one given is unknown, revoked or expired."
    return SignInError(title, detail, MAKE)


def _is_signed(request: Request, space: Workspace) -> bool:
    """Whether it asks at an address that the dashboard has signed: for a picture, an export, or what may be typed next.

    What is typed is not known when the dashboard signs, so of the latter the path alone is signed.
    """
    path = request.scope["path"]
    if request.method not in SAFE_METHODS:
        return False
    route = path.removeprefix(request.scope.get("root_path", ""))
    if COMPLETING.fullmatch(route):
        signed = [f"{PARAMETER}={quote(value)}" for value in request.query_params.getlist(PARAMETER)]
        return Signer(space.folder).check(quote(path), "&".join(signed))
    query = request.scope["query_string"].decode("latin-1")
    return bool(PICTURE.search(path) or DOWNLOAD.fullmatch(route)) and Signer(space.folder).check(quote(path), query)


def _refuse_other_sites(request: Request, token: Token | None, settings: Settings) -> None:
    """Refuse what a page of another site sends without a token, as any page can to a server on its reader's machine."""
    origin = request.headers.get("origin")
    if token is not None or origin is None or request.method in SAFE_METHODS:
        return
    if not _is_own_page(origin, request.headers.get("host", ""), settings):
        raise ForbiddenError(
            "A page of another site may not do that.",
            f"The request comes from “{origin[:80]}”, which is not this server.",
            "Send a token with it, or let the proxy in between pass the Host header on as it came.",
        )


def _is_own_page(origin: str, host: str, settings: Settings) -> bool:
    """Whether a page's origin is this server, under a name that is really its own.

    A page may point its own domain's name at 127.0.0.1, and origin and host agree: without tokens only addresses,
    localhost and the host of the settings are taken, unless the server is open on purpose.
    """
    try:
        parts = urlsplit(origin.lower())
        name = parts.hostname or ""
    except ValueError:
        return False
    port = DEFAULT_PORTS.get(parts.scheme)
    if port is None or parts.netloc.removesuffix(port) != host.lower().removesuffix(port):
        return False
    if settings.insecure or name in (settings.host.lower(), "localhost") or name.endswith(".localhost"):
        return True
    return _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
