"""Pictures, sources, settings, a workspace to ingest into, and a loopback web server."""

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from core.encoders.protocol import Encoder
from core.settings import Settings
from tests.core.ingest.bench import Bench, Miniature, miniature

Reply = tuple[int, dict[str, str], bytes]


def picture_bytes(
    form: str = "JPEG", size: tuple[int, int] = (40, 30), color: object = (200, 30, 60), **options
) -> bytes:
    buffer = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.new(mode, size, color).save(buffer, form, **options)
    return buffer.getvalue()


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Bytes of one small single-colour picture."""
    return picture_bytes


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def bench(tmp_path: Path, encoder: Encoder) -> Bench:
    return Bench(tmp_path / "workspace", encoder, Settings(chunk_rows=10, batch_images=5))


@pytest.fixture
def mini(tmp_path: Path) -> Miniature:
    return miniature(tmp_path / "mini.zip")


@dataclass
class Web:
    """A server on 127.0.0.1 whose replies a test sets by path."""

    base: str
    replies: dict[str, Callable[[int], Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def at(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies[path] = lambda _: (status, named, body)
        return self.base + path

    def count(self, path: str) -> int:
        return sum(1 for asked, _ in self.asked if asked == path)


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            site.asked.append((path, dict(self.headers)))
            status, headers, body = site.replies.get(path, lambda _: (404, {}, b""))(site.count(path))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Web(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
