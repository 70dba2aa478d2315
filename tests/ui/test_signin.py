"""Sign-in: asked for when the secrets say so, never skipped when they cannot be read."""

import logging
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.errors import StreamlitAuthError, StreamlitMissingAuthlibError
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

PROVIDER = {
    "client_id": "vitrine",
    "client_secret": "hidden",
    "server_metadata_url": "https://id.example/.well-known/openid-configuration",
}
SHARED = {"redirect_uri": "http://127.0.0.1:8501/oauth2callback", "cookie_secret": "0" * 32}
OUT: dict[str, Any] = {"is_logged_in": False}
ADA: dict[str, Any] = {"is_logged_in": True, "email": "ada@example.org", "name": "Ada"}


def page() -> None:
    import streamlit as st

    from ui.signin import account, require_sign_in, signed_in, who

    shown = signed_in()
    assert require_sign_in() is shown
    if shown:
        account()
        st.text(f"pictures for “{who()}”")


@pytest.fixture(autouse=True)
def on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings from outside, and secrets only from this folder's file."""
    for name in ("VITRINE_HOST", "VITRINE_INSECURE"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "secrets.toml"
    found = st.config.get_option
    monkeypatch.setattr(st.config, "get_option", lambda key: [str(file)] if key == "secrets.files" else found(key))
    monkeypatch.setattr(Secrets, "_maybe_install_file_watchers", lambda self: None)
    monkeypatch.setattr(st, "secrets", Secrets())
    return file


@pytest.fixture
def logins(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The providers that browsers were sent to."""
    asked: list[str | None] = []
    monkeypatch.setattr(st, "login", asked.append)
    return asked


def opened(auth: Any = None, user: dict[str, Any] | None = None) -> AppTest:
    at = AppTest.from_function(page)
    if auth is not None:
        at.secrets = {"auth": auth}
    if user is not None:
        at.user = user
    at.run()
    assert not at.exception
    return at


def check_closed(at: AppTest) -> None:
    assert [text.value for text in at.text] == []


def test_without_secrets_the_dashboard_is_there_and_the_log_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        at = opened()
    assert at.text[0].value == "pictures for “”"
    assert len(at.main) == 1
    loud = [record for record in caplog.records if record.levelno > logging.INFO]
    assert [record.getMessage() for record in loud if record.threadName != "MainThread"] == []  # that is the test's own


def test_secrets_without_sign_in_ask_nobody(on_this_machine: Path) -> None:
    on_this_machine.write_text('[other]\nkey = "x"')
    assert opened().text[0].value == "pictures for “”"


@pytest.mark.parametrize(
    "user", [OUT, {}, {"email": "ada@example.org"}, {"is_logged_in": "yes"}, {"is_logged_in": None}]
)
def test_nobody_sees_pictures_before_signing_in(user: dict[str, Any], logins: list[str | None]) -> None:
    at = opened({**SHARED, **PROVIDER}, user)
    check_closed(at)
    assert at.title[0].value == "Vitrine"
    assert [button.label for button in at.button] == ["Sign in"]
    assert logins == []
    at.button[0].click().run()
    assert logins == [None]
    check_closed(at)


def test_who_is_signed_in_sees_them_and_can_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[bool] = []
    monkeypatch.setattr(st, "logout", lambda: left.append(True))
    at = opened({**SHARED, **PROVIDER}, ADA)
    assert at.text[0].value == "pictures for “ada@example.org”"
    assert [button.label for button in at.button] == ["Sign out"]
    at.button[0].click().run()
    assert left == [True]


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"email": "", "name": "Ada"}, "Ada"),
        ({"email": None, "preferred_username": "ada", "name": "Ada"}, "ada"),
        ({"sub": "1234"}, "1234"),
        ({}, ""),
    ],
)
def test_who_goes_by_what_the_provider_tells(claims: dict[str, Any], name: str) -> None:
    at = opened({**SHARED, **PROVIDER}, {"is_logged_in": True, **claims})
    assert at.text[0].value == f"pictures for “{name}”"


def test_a_button_for_each_named_provider(logins: list[str | None]) -> None:
    at = opened({**SHARED, "okta": PROVIDER, "micro[soft]": PROVIDER}, OUT)
    assert [button.label for button in at.button] == ["Sign in with okta", r"Sign in with micro\[soft\]"]
    at.button[1].click().run()
    assert logins == ["micro[soft]"]
    at = opened({**SHARED, **PROVIDER, "okta": PROVIDER}, OUT)
    assert [button.label for button in at.button] == ["Sign in", "Sign in with okta"]


@pytest.mark.parametrize("auth", [{}, "yes", {"client_kwargs": {"prompt": "login"}}, []])
def test_a_section_that_cannot_work_keeps_the_dashboard_closed(auth: Any, logins: list[str | None]) -> None:
    at = opened(auth, OUT)
    check_closed(at)
    assert [button.label for button in at.button] == ["Sign in"]


@pytest.mark.parametrize(
    "problem", [StreamlitMissingAuthlibError(), StreamlitAuthError("The key\n is <b>missing</b>.")]
)
def test_what_is_wrong_with_the_provider_is_told(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(provider: str | None) -> None:
        raise problem

    monkeypatch.setattr(st, "login", refuse)
    at = opened({**SHARED, **PROVIDER}, OUT)
    at.button[0].click().run()
    check_closed(at)
    assert "Signing in is not possible" in at.error[0].value
    assert "<b>" not in at.error[0].value


@pytest.mark.parametrize("text", ["[auth", "[auth]\nx = "])
def test_secrets_that_cannot_be_read_close_the_dashboard(on_this_machine: Path, text: str) -> None:
    on_this_machine.write_text(text)
    at = opened(user=ADA)
    check_closed(at)
    assert "cannot be read" in at.error[0].value


def test_others_see_nothing_when_the_section_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_HOST", "0.0.0.0")
    at = opened()
    check_closed(at)
    assert "nobody can sign in" in at.error[0].value
    assert opened({**SHARED, **PROVIDER}, ADA).text[0].value == "pictures for “ada@example.org”"
    monkeypatch.setenv("VITRINE_INSECURE", "yes")
    assert opened().text[0].value == "pictures for “”"
