"""Downloads stay inside their bounds: where they may lie, how large, how long, how often tried."""

import socket
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from core.errors import ImageError, NotFoundError
from core.ingest import addresses, network
from core.ingest.addresses import Downloader
from core.ingest.network import is_public
from core.ingest.sources import open_source, read_original


@pytest.fixture
def open_settings(settings, monkeypatch):
    monkeypatch.setattr(addresses, "FIRST_PAUSE", 0.01)
    return replace(settings, allow_private_urls=True, url_timeout=1.0)


@pytest.fixture
def downloader(open_settings):
    made = Downloader(open_settings)
    yield made
    made.close()


def refusal(downloader: Downloader, address: str) -> ImageError:
    with pytest.raises(ImageError) as caught:
        downloader.fetch(address)
    return caught.value


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2002:a00:1::", "2001:0:7f00:1::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_outside_are_public(address):
    assert is_public(address)


def test_loopback_is_refused_and_nothing_is_asked(request, settings, web):
    strict = Downloader(settings)
    request.addfinalizer(strict.close)
    address = web.at("/a.jpg", b"x")
    port = address.split(":")[2].split("/")[0]
    for host in ("127.0.0.1", "localhost", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"):
        assert refusal(strict, f"http://{host}:{port}/a.jpg").code == "refused-address"
    assert not web.asked


def test_a_name_that_leads_inside_is_refused_and_is_resolved_once(request, settings, web, monkeypatch):
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    connected = []

    def resolve(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    def connect(address, *_, **__):
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    strict = Downloader(replace(settings, url_retries=0))
    request.addfinalizer(strict.close)
    assert refusal(strict, "http://rebind.example/a.jpg").code == "download-failed"
    assert connected == ["93.184.215.14"]
    assert refusal(strict, "http://rebind.example/a.jpg").code == "refused-address"
    assert connected == ["93.184.215.14"]


def test_a_redirect_to_an_address_inside_is_refused(request, settings, web, monkeypatch):
    web.at("/secret.jpg", b"x")
    web.at("/a.jpg", status=302, Location=f"{web.base.replace('127.0.0.1', '127.0.0.2')}/secret.jpg")
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    strict = Downloader(settings)
    request.addfinalizer(strict.close)
    assert refusal(strict, f"{web.base}/a.jpg").code == "refused-address"
    assert [path for path, _ in web.asked] == ["/a.jpg"]


def test_a_download_arrives(downloader, web):
    assert downloader.fetch(web.at("/a.jpg", b"bytes")) == b"bytes"
    assert web.asked[0][1]["Accept-Encoding"] == "identity"


def test_redirects_are_followed_five_times_and_not_more(downloader, web):
    for number in range(7):
        web.at(f"/{number}", status=302, Location=f"/{number + 1}")
    web.at("/7", b"end")
    assert downloader.fetch(f"{web.base}/2") == b"end"
    assert "redirects" in refusal(downloader, f"{web.base}/1").detail


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://x.example/a", "http://", "//"])
def test_redirects_to_other_schemes_are_refused(downloader, web, target):
    assert refusal(downloader, web.at("/a", status=301, Location=target)).code in {"refused-address", "download-failed"}


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://x.example/a.jpg", "gopher://x", "http://", "http://x:port/", ""]
)
def test_only_web_addresses_are_fetched(downloader, address):
    assert refusal(downloader, address).code == "refused-address"


def test_no_text_of_an_address_raises_anything_else(request, settings, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    offline = Downloader(replace(settings, url_retries=0))
    request.addfinalizer(offline.close)

    @settings_of_hypothesis(max_examples=300, deadline=None)
    @given(st.text(max_size=30))
    def tried(text: str) -> None:
        for address in (text, f"http://{text}", f"https://x.example/{text}"):
            assert refusal(offline, address).code in {"refused-address", "download-failed"}

    tried()


def test_an_oversize_download_is_cut_whatever_the_header_says(request, open_settings, web):
    small = Downloader(replace(open_settings, max_bytes=10_000))
    request.addfinalizer(small.close)
    assert refusal(small, web.at("/stated", bytes(20_000))).code == "too-large"
    chunked = b"2000\r\n" + bytes(0x2000) + b"\r\n"
    web.replies["/chunked"] = lambda _: (200, {"Transfer-Encoding": "chunked", "Content-Length": "5"}, chunked * 40)
    assert refusal(small, f"{web.base}/chunked").code in {"too-large", "download-failed"}
    assert small.fetch(web.at("/fits", bytes(10_000))) == bytes(10_000)


def test_passing_failures_are_tried_again(downloader, web):
    web.replies["/late"] = lambda count: (503, {}, b"") if count < 3 else (200, {}, b"there")
    assert downloader.fetch(f"{web.base}/late") == b"there"
    assert web.count("/late") == 3
    error = refusal(downloader, web.at("/never", status=500))
    assert (error.code, web.count("/never")) == ("download-failed", 3)
    assert "500" in error.detail


def test_lasting_failures_are_not_tried_again(downloader, web):
    assert refusal(downloader, f"{web.base}/none").code == "missing"
    assert refusal(downloader, web.at("/closed", status=403)).code == "download-failed"
    assert refusal(downloader, web.at("/packed", b"x", Content_Encoding="gzip")).code == "download-failed"
    assert [web.count(path) for path in ("/none", "/closed", "/packed")] == [1, 1, 1]


def test_a_server_that_does_not_answer_is_given_up(request, open_settings, web):
    def sleepy(_: int):
        time.sleep(0.6)
        return 200, {}, b"late"

    web.replies["/slow"] = sleepy
    hasty = Downloader(replace(open_settings, url_timeout=0.15, url_retries=1))
    request.addfinalizer(hasty.close)
    started = time.monotonic()
    error = refusal(hasty, f"{web.base}/slow")
    assert error.code == "download-failed"
    assert "0.15 s" in error.detail
    assert time.monotonic() - started < 2


def test_a_server_that_is_not_there(downloader):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refusal(downloader, f"http://127.0.0.1:{port}/a.jpg").code == "download-failed"
    assert refusal(downloader, "http://nobody.invalid/a.jpg").code == "download-failed"


def test_a_body_that_breaks_off_is_a_failure(downloader, web):
    web.replies["/broken"] = lambda _: (200, {"Content-Length": "100", "Connection": "close"}, b"half")
    assert refusal(downloader, f"{web.base}/broken").code == "download-failed"


def test_credentials_are_sent_and_never_shown(downloader, web):
    with_secrets = web.base.replace("http://", "http://ann:pa%40ss@")
    web.at("/a.jpg", b"x")
    assert downloader.fetch(f"{with_secrets}/a.jpg?token=geheim") == b"x"
    assert web.asked[0][1]["Authorization"] == "Basic YW5uOnBhQHNz"
    elsewhere = web.base.replace("127.0.0.1", "localhost")
    web.at("/moved", status=302, Location=f"{elsewhere}/a.jpg")
    assert downloader.fetch(f"{with_secrets}/moved") == b"x"
    assert "Authorization" not in web.asked[-1][1]
    for path in ("/none", "/refused"):
        web.at("/refused", status=403)
        error = refusal(downloader, f"{with_secrets}{path}?token=geheim#part")
        assert path in error.title
        assert not any(secret in str(error) for secret in ("ann", "pa%40ss", "pa@ss", "geheim"))


def test_no_more_downloads_at_once_than_set(request, open_settings, web):
    under_way, most = [], []

    def counted(_: int):
        under_way.append(1)
        most.append(len(under_way))
        time.sleep(0.05)
        under_way.pop()
        return 200, {}, b"x"

    web.replies["/a"] = counted
    narrow = Downloader(replace(open_settings, url_connections=2))
    request.addfinalizer(narrow.close)
    threads = [threading.Thread(target=narrow.fetch, args=(f"{web.base}/a",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 8
    assert max(most) <= 2


def test_a_table_of_addresses(request, tmp_path, settings, open_settings, web, picture):
    good = web.at("/1.jpg", picture())
    (tmp_path / "list.csv").write_text(f"id,url\n007,{good}\n8,{web.base}/none.jpg\n")
    source = open_source(str(tmp_path / "list.csv"), open_settings)
    request.addfinalizer(source.close)
    first, second = source.items()
    assert (first.key, first.id, first.uri, first.size, first.signature) == (good, "007", good, None, good)
    assert source.read(first) == picture() == read_original(first.uri, open_settings)
    with pytest.raises(ImageError) as caught:
        source.read(second)
    assert caught.value.code == "missing"
    with pytest.raises(NotFoundError):
        read_original(second.uri, open_settings)
    with pytest.raises(ImageError) as caught:
        read_original(first.uri, settings)
    assert caught.value.code == "refused-address"
