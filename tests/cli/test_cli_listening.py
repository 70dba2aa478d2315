"""Where the server may listen, and `vitrine token`, which decides it."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from cli.listening import check_listening, signed_in_configured
from cli.token import list_tokens, make_token, revoke_token
from core.errors import InputError, NotFoundError
from core.loopback import is_loopback
from core.settings import Settings
from core.tokens import Tokens

COOKIE = 'cookie_secret = "0123456789abcdef0123456789abcdef"'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    return tmp_path / "home"


def secrets(folder: Path, text: str) -> Path:
    file = folder / ".streamlit" / "secrets.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return folder


def resolving(monkeypatch: pytest.MonkeyPatch, **names: list[str]) -> None:
    """Names that stand for these addresses, whatever the network says."""
    known = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        addresses = names.get(host.split(".")[0])
        return (
            [item for address in addresses for item in known(address, *rest, **more)]
            if addresses
            else known(host, *rest, **more)
        )

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("127.1", True),
        ("::1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("0", False),
        ("::", False),
        ("[::]", False),
        ("", False),
        ("192.168.1.5", False),
        ("10.0.0.1", False),
        ("fe80::1", False),
        ("::ffff:192.168.1.5", False),
        ("128.0.0.1", False),
        ("no\0name", False),
        ("a" * 300, False),
    ],
)
def test_which_addresses_are_this_machine_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_a_name_counts_by_all_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"inside": ["127.0.0.1", "::1"], "mixed": ["127.0.0.1", "192.168.1.5"], "outside": ["192.168.1.5"]}
    resolving(monkeypatch, **both)
    assert [is_loopback(f"{name}.example") for name in both] == [True, False, False]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_alone_needs_nothing(tmp_path: Path, host: str) -> None:
    check_listening(Settings(workspace=tmp_path, host=host), Tokens(tmp_path), signed_in=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5"])
@pytest.mark.parametrize(("has_token", "signed_in"), [(False, False), (True, False), (False, True), (True, True)])
def test_others_are_let_in_with_both_tokens_and_sign_in(
    tmp_path: Path, host: str, has_token: bool, signed_in: bool
) -> None:
    tokens = Tokens(tmp_path)
    if has_token:
        tokens.make("ci")
    check_listening(Settings(workspace=tmp_path, host=host, insecure=True), tokens, signed_in)
    settings = Settings(workspace=tmp_path, host=host)
    if has_token and signed_in:
        check_listening(settings, tokens, signed_in)
        return
    with pytest.raises(InputError) as caught:
        check_listening(settings, tokens, signed_in)
    error = caught.value
    assert host in error.title
    assert ("vitrine token make" in error.detail) is not has_token
    assert ("[auth]" in error.detail) is not signed_in
    assert "--insecure" in error.hint
    assert error.exit_code == 2


def test_sign_in_is_configured_in_either_folder(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    assert not signed_in_configured(root)
    secrets(root, '[other]\nkey = "x"')
    assert not signed_in_configured(root)
    secrets(home, f"[auth]\n{COOKIE}")
    assert signed_in_configured(root)
    secrets(root, "auth = {}")
    assert not signed_in_configured(root)
    secrets(root, f'[auth]\n{COOKIE}\n[auth.okta]\nclient_id = "größe"')
    assert signed_in_configured(root)
    secrets(home, "")
    assert signed_in_configured(root)


@pytest.mark.parametrize("text", ["", "# [auth]", 'auth = "yes"', "auth = []", "[auth]", "[authentication]\nx = 1"])
def test_what_is_no_sign_in(home: Path, tmp_path: Path, text: str) -> None:
    assert not signed_in_configured(secrets(tmp_path, text))


@pytest.mark.parametrize("text", ["[auth", "[auth]\nx = ", "auth"])
def test_secrets_that_cannot_be_read_are_not_taken_for_none(home: Path, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"secrets\.toml cannot be read"):
        signed_in_configured(secrets(tmp_path, text))
    (tmp_path / ".streamlit" / "secrets.toml").write_bytes(b'x = "\xff"')
    with pytest.raises(InputError, match=r"secrets\.toml cannot be read"):
        signed_in_configured(tmp_path)
    (tmp_path / ".streamlit" / "secrets.toml").unlink()
    (tmp_path / ".streamlit" / "secrets.toml").mkdir()
    with pytest.raises(InputError, match=r"secrets\.toml cannot be read"):
        signed_in_configured(tmp_path)


@pytest.mark.parametrize(
    "text", ['client_id = "x"', 'cookie_secret = ""', 'cookie_secret = "xxx"', "cookie_secret = 5"]
)
def test_a_secret_that_can_be_guessed_is_refused(home: Path, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="cookie_secret"):
        signed_in_configured(secrets(tmp_path, f"[auth]\n{text}"))


def test_a_new_tokens_secret_stands_alone_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    settings = Settings(workspace=tmp_path / "new")
    make_token(settings, "ci", "read", 30, as_json=False)
    printed = capsys.readouterr()
    found = Tokens(settings.workspace).find(printed.out.removesuffix("\n"))
    assert found is not None
    assert (found.name, found.scope) == ("ci", "read")
    assert "“ci” may read, until" in printed.err
    assert "Authorization: Bearer" in printed.err
    with pytest.raises(InputError, match="no scope"):
        make_token(settings, "other", "admin", None, as_json=False)


def test_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(workspace=tmp_path)

    def printed() -> dict[str, Any]:
        captured = capsys.readouterr()
        assert captured.err == ""
        found: dict[str, Any] = json.loads(captured.out)
        return found

    list_tokens(settings, as_json=True)
    assert printed() == {"configured": False, "tokens": []}
    make_token(settings, "ci", "write", None, as_json=True)
    made = printed()
    secret = made.pop("secret")
    assert Tokens(tmp_path).find(secret) is not None
    assert (made["name"], made["scope"], made["expires"], made["expired"]) == ("ci", "write", None, False)
    list_tokens(settings, as_json=True)
    assert printed() == {"configured": True, "tokens": [made]}
    revoke_token(settings, "ci", as_json=True)
    assert printed() == {"revoked": "ci", "left": 0}
    list_tokens(settings, as_json=True)
    assert printed() == {"configured": True, "tokens": []}


def test_the_list_tells_all_but_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(workspace=tmp_path)
    list_tokens(settings, as_json=False)
    assert "No token yet" in capsys.readouterr().out
    _, secret = Tokens(tmp_path).make("ci", "read", 3)
    old, _ = Tokens(tmp_path).make("old", days=1)
    file = tmp_path / "tokens.json"
    held = json.loads(file.read_text())
    held["tokens"][1]["expires"] = held["tokens"][1]["created"]
    file.write_text(json.dumps(held))
    list_tokens(settings, as_json=False)
    text = capsys.readouterr().out
    lines = [line.split() for line in text.splitlines()]
    assert lines[1][:2] == ["ci", "read"]
    assert "expired" not in lines[1]
    assert lines[2][:4] == ["old", "read", "and", "write"]
    assert lines[2][-1] == "expired"
    assert secret not in text
    assert old.digest not in text


def test_revoking_the_last_one_tells_what_follows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(workspace=tmp_path)
    for name in ("one", "two"):
        Tokens(tmp_path).make(name)
    revoke_token(settings, "one", as_json=False)
    assert capsys.readouterr().out == "Revoked “one”.\n"
    with pytest.raises(NotFoundError, match="no token “one”"):
        revoke_token(settings, "one", as_json=False)
    revoke_token(settings, "two", as_json=False)
    assert "nobody can change anything" in capsys.readouterr().out
    list_tokens(settings, as_json=False)
    assert "No token is left" in capsys.readouterr().out
