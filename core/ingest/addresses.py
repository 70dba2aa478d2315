"""Images at http(s) addresses, downloaded with bounds on size, time, redirects and where they may lie."""

import base64
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import httpcore
import httpx

from core.errors import ImageError
from core.ingest.network import CheckedBackend
from core.settings import Settings

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
WORTH_RETRYING = frozenset({408, 425, 429})
GONE = frozenset({404, 410})
FIRST_PAUSE = 0.25  # seconds before the first retry; each further one doubles it
WHOLE_DOWNLOAD = 15  # times the time limit of one answer that a whole download may take, however it trickles
AGENT = "vitrine/0.1 (+image collection)"
IDENTITY = "identity"


class _PassingFailureError(Exception):
    """A failure that another try may cure; the text is for a person."""


class Downloader:
    """Downloads for one source or process; `fetch` may be called from any number of threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._places = threading.BoundedSemaphore(max(1, settings.url_connections))
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=max(1, settings.url_connections),
            network_backend=CheckedBackend(settings.allow_private_urls),
        )

    def fetch(self, address: str) -> bytes:
        """The body at an http(s) address, or an ImageError that names it without credentials or query."""
        url = _parsed(address)
        pause = FIRST_PAUSE
        for tries_left in range(self._settings.url_retries, -1, -1):
            try:
                with self._places:
                    return self._attempt(url)
            except _PassingFailureError as failure:
                if not tries_left:
                    raise _failed(url, str(failure)) from None
            time.sleep(pause * random.uniform(0.8, 1.2))
            pause *= 2
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def _attempt(self, url: httpx.URL) -> bytes:
        deadline = time.monotonic() + self._settings.url_timeout * WHOLE_DOWNLOAD
        credentials = url.userinfo
        for _ in range(MAX_REDIRECTS + 1):
            with self._answer(url, credentials) as answer:
                target = _header(answer, b"location")
                if answer.status not in REDIRECTS or not target:
                    return self._body(answer, url, deadline)
            following = _parsed(str(url.join(target)))
            same_place = (following.scheme, following.host, following.port) == (url.scheme, url.host, url.port)
            credentials = following.userinfo or (credentials if same_place else b"")
            url = following
        raise _failed(url, f"It redirects more than {MAX_REDIRECTS} times")

    @contextmanager
    def _answer(self, url: httpx.URL, credentials: bytes) -> Iterator[httpcore.Response]:
        seconds = self._settings.url_timeout
        extensions = {"timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": None}}
        place = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [
            (b"Host", url.netloc),
            (b"User-Agent", AGENT.encode()),
            (b"Accept", b"image/*,*/*;q=0.5"),
            (b"Accept-Encoding", IDENTITY.encode()),
        ]
        if credentials:
            pair = unquote(credentials.decode("ascii")).encode()
            headers.append((b"Authorization", b"Basic " + base64.b64encode(pair)))
        try:
            with self._pool.stream("GET", place, headers=headers, extensions=extensions) as answer:
                yield answer
        except httpcore.TimeoutException:
            raise _PassingFailureError(f"It did not answer within {seconds:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise _PassingFailureError(f"The connection failed: {str(error)[:200] or type(error).__name__}") from None

    def _body(self, answer: httpcore.Response, url: httpx.URL, deadline: float) -> bytes:
        _check_status(answer.status, url)
        limit = self._settings.max_bytes
        stated = _header(answer, b"content-length")
        if stated.isdecimal() and int(stated) > limit:
            raise _oversize(url, limit)
        if _header(answer, b"content-encoding").lower() not in ("", IDENTITY):
            raise _failed(url, "It answers in a compressed form that was not asked for")
        parts, size = [], 0
        for part in answer.iter_stream():
            parts.append(part)
            size += len(part)
            if size > limit:
                raise _oversize(url, limit)
            if time.monotonic() > deadline:
                raise _failed(url, "The download takes too long")
        return b"".join(parts)


def shown(url: httpx.URL) -> str:
    """An address without credentials, query and fragment, for a person and for logs."""
    return str(url.copy_with(userinfo=b"", query=None, fragment=None))[:300]


def _parsed(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address.strip())
        usable = url.scheme in ("http", "https") and bool(url.host)
    except (httpx.InvalidURL, ValueError):
        raise ImageError("This is not a web address.", "It cannot be parsed.", code="refused-address") from None
    if not usable:
        raise ImageError(
            "This address is refused.",
            f"It begins with “{url.scheme}:”." if url.scheme else "It names no host.",
            "Only http:// and https:// addresses are downloaded.",
            code="refused-address",
        )
    return url


def _check_status(status: int, url: httpx.URL) -> None:
    if status in GONE:
        raise ImageError(f"There is nothing at {shown(url)}.", f"The server answered {status}.", code="missing")
    if status >= 500 or status in WORTH_RETRYING:
        raise _PassingFailureError(f"The server answered {status}")
    if status != 200:
        raise _failed(url, f"The server answered {status}")


def _header(answer: httpcore.Response, name: bytes) -> str:
    return next((value.decode("latin-1").strip() for key, value in answer.headers if key.lower() == name), "")


def _failed(url: httpx.URL, why: str) -> ImageError:
    return ImageError(f"{shown(url)} could not be downloaded.", f"{why}.", code="download-failed")


def _oversize(url: httpx.URL, limit: int) -> ImageError:
    return ImageError(
        f"{shown(url)} is too large.",
        f"It has more than {limit:,} bytes.",
        "Raise VITRINE_MAX_BYTES to read it all the same.",
        code="too-large",
    )
