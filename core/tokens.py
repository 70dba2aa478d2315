"""Tokens: who may use the API, kept as digests in one file of the workspace."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Literal, get_args

from core.errors import InputError, NotFoundError, StorageError, near_names
from core.privatefile import only_one, read_private, write_private

Scope = Literal["read", "write"]
READ: Scope = "read"
WRITE: Scope = "write"  # reads too
FILE = "tokens.json"
PREFIX = "vtr_"  # so that a leaked one is recognised
SECRET_BYTES = 32
MOST_DAYS = 36_500
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Token:
    """What is known of a token; its secret is not."""

    name: str  # who or what it was made for
    scope: Scope  # what it allows
    created: datetime  # UTC
    expires: datetime | None  # UTC; None: never
    digest: str  # SHA-256 of the secret, 64 hexadecimal digits

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires is not None and datetime.now(UTC) >= self.expires


class Tokens:
    """The tokens of a workspace folder.

    The file is read anew at every question, which costs a tenth of a millisecond for ten tokens: one that another
    process has revoked is refused from the next request on. Safe to share between threads and processes.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    @property
    def configured(self) -> bool:
        """Whether a token was ever made here.

        It stays true when the last one is revoked or has expired: nobody can change anything then until a new one is
        made, rather than everybody. To do without tokens again, remove the file.
        """
        return self._read() is not None

    def all(self) -> list[Token]:
        """Every token, expired ones too, in the order they were made."""
        return self._read() or []

    def make(self, name: str, scope: Scope = WRITE, days: int | None = None) -> tuple[Token, str]:
        """Make a token that is good for `days`, or for ever; returns it and its secret, which is shown this once.

        Only the secret's SHA-256 is kept. A slow hash, as passwords want, would buy nothing: it makes guessing dear
        where the secrets are few, and nobody can try 2**256 random ones at any speed. It would cost every request.
        """
        _check(name, scope, days)
        secret = PREFIX + token_urlsafe(SECRET_BYTES)
        now = datetime.now(UTC).replace(microsecond=0)
        expires = None if days is None else now + timedelta(days=days)
        token = Token(name, scope, now, expires, _digest(secret))
        with only_one(self._path):
            held = self.all()
            if any(other.name == name for other in held):
                raise InputError(
                    f"There is already a token “{name}”.",
                    "A token's name says whose it is, and its secret cannot be shown again.",
                    f"Choose another name, or revoke that one first: vitrine token revoke {name}",
                )
            self._write([*held, token])
        return token, secret

    def revoke(self, name: str) -> None:
        """Forget a token, so that it is refused from now on; an unknown name is a NotFoundError."""
        with only_one(self._path):
            held = self.all()
            left = [token for token in held if token.name != name]
            if len(left) == len(held):
                hint = near_names(name, [token.name for token in held]) or "There is no token at all."
                raise NotFoundError(f"There is no token “{name[:80]}”.", "", hint)
            self._write(left)

    def find(self, secret: str) -> Token | None:
        """The token with that secret; None for one that is unknown or has expired.

        Every digest is compared, in constant time, so that how long it takes tells nothing.
        """
        digest = _digest(secret)
        matching = [token for token in self.all() if compare_digest(token.digest, digest)]
        return next((token for token in matching if not token.is_expired), None)

    def _read(self) -> list[Token] | None:
        """What the file holds, None without one; a damaged file is a StorageError, which lets nobody in."""
        data = read_private(self._path)
        if data is None:
            return None
        try:
            return _parse(json.loads(data))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise StorageError(
                f"{FILE} in the workspace is damaged.",
                "Until it is mended no token is accepted, and nobody may change anything.",
                f"Put a copy of {self._path} back, or remove it and make new tokens: vitrine token make NAME",
            ) from error

    def _write(self, tokens: Sequence[Token]) -> None:
        records = [asdict(token) for token in tokens]
        text = json.dumps({"version": 1, "tokens": records}, indent=1, default=datetime.isoformat)
        write_private(self._path, text.encode())


def check_scope(text: str) -> Scope:
    """A scope by its word, or an InputError."""
    for scope in get_args(Scope):
        if text == scope:
            return READ if scope == READ else WRITE
    raise InputError(f"There is no scope “{text[:80]}”.", "A token may read, or read and write.", "Say read or write.")


def _check(name: str, scope: Scope, days: int | None) -> None:
    check_scope(scope)
    if not NAME.fullmatch(name):
        raise InputError(
            f"“{name[:80]}” cannot name a token.",
            "A name has 1 to 64 letters, digits, points, hyphens and underscores, and begins with a letter or digit.",
            "Choose another name.",
        )
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InputError(
            f"A token cannot be good for {days} days.", f"From 1 to {MOST_DAYS:,} are possible.", "Or leave it out."
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _parse(value: Any) -> list[Token]:
    """The tokens of a file's JSON; whatever is not as `Tokens` wrote it is an error."""
    if value["version"] != 1:
        raise ValueError(value["version"])
    tokens = [_token(record) for record in value["tokens"]]
    if len({token.name for token in tokens}) != len(tokens):
        raise ValueError("two tokens of one name")
    return tokens


def _token(record: dict[str, Any]) -> Token:
    token = Token(**record)
    if not (token.scope in get_args(Scope) and NAME.fullmatch(token.name) and DIGEST.fullmatch(token.digest)):
        raise ValueError(record)
    expires = None if record["expires"] is None else _moment(record["expires"])
    return replace(token, created=_moment(record["created"]), expires=expires)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)
