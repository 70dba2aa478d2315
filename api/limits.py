"""What stands before any body is read: a limit on its size, and the token where it may be large.

FastAPI reads a whole body before it asks its dependencies, so without this a stranger could have gigabytes kept.
"""

import json
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE
from core.tokens import Tokens
from core.workspace import Workspace

MOST_JSON = 4 * 1024 * 1024  # bytes
FORM = b"multipart/form-data"
MANY = "/images"  # where many pictures come in one request
BODIES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
TOO_LARGE = (413, "The request is too large.", "At most {most:,} bytes are accepted here.", "Send less at a time.")
NOBODY = (
    401,
    "A token is needed here.",
    "None was given, or it is unknown, revoked or expired.",
    "See docs/access.md.",
)


class Limits:
    """Refuses bodies without end, and large ones of strangers; passes everything else through."""

    def __init__(self, app: ASGIApp, workspace: Callable[[], Workspace]) -> None:
        self._app = app
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the API does, unless the body must not be read."""
        if scope["type"] != "http" or scope["method"] not in BODIES:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        many = scope["path"].endswith(MANY)
        if many and self._is_stranger(headers):
            await _refuse(send, *NOBODY)
            return
        most = self._most(many, headers)
        if (_length(headers) or 0) > most:
            await _refuse(send, *TOO_LARGE, most=most)
            return
        seen, refused = 0, False

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            return message if seen <= most else {"type": "http.disconnect"}

        async def noted(message: Message) -> None:
            nonlocal refused
            if seen <= most:
                await send(message)
            elif not refused:
                refused = True
                await _refuse(send, *TOO_LARGE, most=most)

        await self._app(scope, counted, noted)

    def _most(self, many: bool, headers: dict[bytes, bytes]) -> int:
        """How many bytes the body may have: many pictures at once where images are added, else one."""
        if not headers.get(b"content-type", b"").startswith(FORM):
            return MOST_JSON
        settings = self._workspace().settings
        if many:
            return settings.request_megabytes * 1024 * 1024
        return settings.upload_megabytes * 1024 * 1024 + MOST_JSON

    def _is_stranger(self, headers: dict[bytes, bytes]) -> bool:
        """Whether tokens are in use and none of them came along; a token that may only read is told so later."""
        space = self._workspace()
        tokens = Tokens(space.folder)
        if not tokens.configured:
            return False
        word, _, secret = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        return word.lower() != "bearer" or tokens.find(secret.strip()) is None


def _length(headers: dict[bytes, bytes]) -> int | None:
    text = headers.get(b"content-length", b"")
    return int(text) if text.isdigit() else None


async def _refuse(send: Send, status: int, title: str, detail: str, hint: str, most: int = 0) -> None:
    body = {"status": status, "title": title, "detail": detail.format(most=most), "hint": hint}
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"connection", b"close")]
    if status == NOBODY[0]:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body, ensure_ascii=False).encode()})
