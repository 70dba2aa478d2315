"""What the browser does behind the page: requests and errors."""

import re

from playwright.sync_api import ConsoleMessage, Page, Request

KNOWN = re.compile(r"/(_stcore/(health|host-config))($|\?)")
"""Streamlit asks for these beside a page's own address first and finds them at the root afterwards."""


class Watched:
    """What the browser did behind the page."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        address = str(message.location.get("url", ""))
        if message.type == "error" and not KNOWN.search(address):
            self.errors.append(f"{message.text} ({address})")
