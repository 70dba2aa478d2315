"""Tokens: only digests are kept, a revoked one is refused at once, and no damage to the file opens anything."""

import hashlib
import json
import multiprocessing
import os
import stat
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from core import privatefile
from core.errors import BusyError, InputError, NotFoundError, StorageError
from core.tokens import FILE, READ, WRITE, Tokens, check_scope


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path)


def stored(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / FILE).read_text())
    return found


def edit(folder: Path, **values: Any) -> None:
    """Change the first token's record behind the program's back."""
    whole = stored(folder)
    whole["tokens"][0] |= values
    (folder / FILE).write_text(json.dumps(whole))


def test_a_token_is_found_by_its_secret_alone(tokens: Tokens, tmp_path: Path) -> None:
    assert (tokens.configured, tokens.all()) == (False, [])
    token, secret = tokens.make("ci", READ)
    other, _ = tokens.make("laptop")
    assert secret.startswith("vtr_")
    assert len(secret) == 4 + 43
    assert tokens.find(secret) == token
    assert tokens.all() == [token, other]
    assert (token.scope, other.scope, token.expires, tokens.configured) == (READ, WRITE, None, True)
    for wrong in ("", "vtr_", secret[:-1], secret + "a", secret.swapcase(), token.digest, "ci", "ключ", "\ud800"):
        assert tokens.find(wrong) is None


def test_the_file_holds_digests_and_only_its_owner_reads_it(tokens: Tokens, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        token, secret = tokens.make("ci")
        tokens.make("other")
    finally:
        os.umask(before)
    text = (tmp_path / FILE).read_text()
    assert secret not in text
    assert secret.removeprefix("vtr_") not in text
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert token.digest in text
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [FILE]


def test_secrets_differ(tokens: Tokens) -> None:
    assert len({tokens.make(f"t{number}")[1] for number in range(20)}) == 20


def test_a_revoked_token_is_refused_by_a_server_that_is_running(tokens: Tokens, tmp_path: Path) -> None:
    _, secret = tokens.make("ci")
    _, kept = tokens.make("laptop")
    running = Tokens(tmp_path)
    assert running.find(secret) is not None
    tokens.revoke("ci")
    assert running.find(secret) is None
    assert running.find(kept) is not None
    again, _ = tokens.make("ci")
    assert running.find(secret) is None
    assert again in running.all()


def test_revoking_the_last_one_does_not_open_anything(tokens: Tokens) -> None:
    tokens.make("ci")
    tokens.revoke("ci")
    assert tokens.all() == []
    assert tokens.configured


def test_an_unknown_name_lists_the_near_ones(tokens: Tokens) -> None:
    with pytest.raises(NotFoundError, match="no token at all"):
        tokens.revoke("ci")
    assert not tokens.configured
    tokens.make("laptop")
    with pytest.raises(NotFoundError) as caught:
        tokens.revoke("labtop")
    assert caught.value.hint == "Did you mean “laptop”?"


def test_a_token_ends_with_its_days(tokens: Tokens, tmp_path: Path) -> None:
    token, secret = tokens.make("ci", days=30)
    assert token.expires == token.created + timedelta(days=30)
    assert abs(datetime.now(UTC) - token.created) < timedelta(seconds=10)
    assert tokens.find(secret) == token
    moment = datetime.now(UTC) + timedelta(seconds=0.3)
    edit(tmp_path, expires=moment.isoformat())
    assert tokens.find(secret) is not None
    time.sleep(0.35)
    assert tokens.find(secret) is None
    assert [held.is_expired for held in tokens.all()] == [True]
    assert tokens.configured


def test_times_of_another_zone_are_understood(tokens: Tokens, tmp_path: Path) -> None:
    _, secret = tokens.make("ci")
    edit(tmp_path, expires=(datetime.now(UTC) - timedelta(minutes=5)).isoformat().replace("+00:00", "-02:00"))
    assert tokens.find(secret) is not None
    edit(tmp_path, expires=(datetime.now(UTC) + timedelta(minutes=5)).isoformat().replace("+00:00", "+02:00"))
    assert tokens.find(secret) is None


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "-rf", ".hidden", "a/b", "ключ", "a\n", "ci\n", "a" * 65, "[bold]", "a'b"]
)
def test_odd_names_are_refused(tokens: Tokens, name: str) -> None:
    with pytest.raises(InputError, match="cannot name a token"):
        tokens.make(name)
    assert not tokens.configured


@pytest.mark.parametrize("name", ["a", "CI-2.prod_x", "9", "a" * 64])
def test_plain_names_are_taken(tokens: Tokens, name: str) -> None:
    assert tokens.make(name)[0].name == name


@pytest.mark.parametrize("days", [0, -1, 36_501, 10**12])
def test_odd_spans_are_refused(tokens: Tokens, days: int) -> None:
    with pytest.raises(InputError, match="days"):
        tokens.make("ci", days=days)


def test_a_name_is_given_once(tokens: Tokens) -> None:
    _, secret = tokens.make("ci")
    with pytest.raises(InputError, match="already a token") as caught:
        tokens.make("ci", READ)
    assert "vitrine token revoke ci" in caught.value.hint
    assert tokens.find(secret) is not None


def test_scopes_by_their_words() -> None:
    assert (check_scope("read"), check_scope("write")) == (READ, WRITE)
    for wrong in ("", "admin", "Read", "write "):
        with pytest.raises(InputError, match="no scope"):
            check_scope(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        "{}",
        '{"version": 1}',
        '{"version": 2, "tokens": []}',
        '{"version": 1, "tokens": null}',
        '{"version": 1, "tokens": {"a": 1}}',
        '{"version": 1, "tokens": [null]}',
        '{"version": 1, "tokens": [{}]}',
        "\xff",
        "[" * 100_000,
    ],
)
def test_a_damaged_file_opens_nothing(tokens: Tokens, tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    check_damaged(tokens)
    assert (tmp_path / FILE).read_bytes() == text.encode("latin-1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "admin"},
        {"scope": ["read"]},
        {"digest": "abc"},
        {"digest": None},
        {"name": "a b"},
        {"name": 3},
        {"created": "yesterday"},
        {"expires": "2026-01-01T00:00:00"},
        {"expires": 5},
        {"extra": 1},
    ],
)
def test_a_damaged_record_opens_nothing(tokens: Tokens, tmp_path: Path, wrong: dict[str, Any]) -> None:
    tokens.make("ci")
    tokens.make("laptop")
    edit(tmp_path, **wrong)
    check_damaged(tokens)


def test_two_records_of_one_name_are_damage(tokens: Tokens, tmp_path: Path) -> None:
    tokens.make("ci")
    tokens.make("laptop")
    edit(tmp_path, name="laptop")
    check_damaged(tokens)


def check_damaged(tokens: Tokens) -> None:
    for ask in (lambda: tokens.configured, tokens.all, lambda: tokens.find("x"), lambda: tokens.make("new")):
        with pytest.raises(StorageError, match="damaged"):
            ask()


def test_a_file_that_cannot_be_read_opens_nothing(tokens: Tokens, tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StorageError, match="cannot be read"):
        assert not tokens.configured


def test_a_workspace_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be"):
        Tokens(tmp_path / "file" / "workspace").make("ci")


def test_a_full_disk_keeps_what_was_there(tokens: Tokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret = tokens.make("ci")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        tokens.make("other")
    monkeypatch.undo()
    assert tokens.find(secret) is not None
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [FILE]


def test_a_lock_that_is_not_let_go_is_told(tokens: Tokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privatefile, "LOCK_SECONDS", 0.05)
    (tmp_path / "locks").mkdir()
    with FileLock(tmp_path / "locks" / f".{FILE}.lock"), pytest.raises(BusyError, match=r"tokens\.json"):
        tokens.make("ci")
    assert tokens.make("ci")[0].name == "ci"


def make_some(folder: str, who: int) -> list[str]:
    return [Tokens(Path(folder)).make(f"p{who}-{number}")[1] for number in range(10)]


def test_many_processes_lose_no_token(tokens: Tokens, tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        made = pool.map(make_some, [str(tmp_path)] * 2, range(2))
        secrets = [secret for some in made for secret in some]
    assert len(tokens.all()) == 20
    assert all(tokens.find(secret) for secret in secrets)


def test_readers_never_see_half_a_file(tokens: Tokens) -> None:
    _, secret = tokens.make("first")
    with ThreadPoolExecutor(4) as pool:
        seen = [pool.submit(lambda: [tokens.find(secret) for _ in range(100)]) for _ in range(3)]
        for number in range(30):
            tokens.make(f"t{number}")
        assert all(token is not None for future in seen for token in future.result())
