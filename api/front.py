"""What stands before the dashboard: whatever is asked below /api is the API's to answer, errors included."""

from collections.abc import Callable

from starlette.responses import RedirectResponse
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import api_mount
from core.links import PREFIX
from core.workspace import Workspace


class ApiFirst:
    """Answers requests below /api by the API and leaves every other one to the dashboard.

    The dashboard's own server refuses some addresses with a plain text before a route sees them, such as one with `..`
    or a zero byte. An image's id may hold either, and every error of the API is a problem+json.
    """

    def __init__(self, app: ASGIApp, workspace: Callable[[], Workspace]) -> None:
        self._app = app
        self._mount = api_mount(workspace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the bare prefix on to the reference of the routes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in (PREFIX, f"{PREFIX}/"):
            await RedirectResponse(f"{PREFIX}/docs")(scope, receive, send)
        else:
            match, inner = self._mount.matches(scope)
            app = self._app if match is Match.NONE else self._mount.app
            await app({**scope, **inner}, receive, send)
