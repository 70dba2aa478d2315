"""`vitrine token`: makes, lists and revokes what the API asks for."""

from rich.console import Console
from rich.markup import escape

from cli.output import print_json, print_records
from core.settings import Settings
from core.tokens import Token, Tokens, check_scope

NONE_YET = "No token yet: whoever reaches the API may use it. Make one: vitrine token make NAME"
NONE_LEFT = "No token is left: nobody can change anything through the API until one is made: vitrine token make NAME"


def make_token(settings: Settings, name: str, scope: str, days: int | None, as_json: bool) -> None:
    """Make a token and print its secret, alone on standard output so that a script can keep it."""
    token, secret = Tokens(settings.workspace).make(name, check_scope(scope), days)
    if as_json:
        print_json({**_record(token), "secret": secret})
        return
    until = f"until {token.expires:%Y-%m-%d %H:%M} UTC" if token.expires else "until it is revoked"
    told = Console(stderr=True, highlight=False)
    told.print(f"Token “{escape(token.name)}” may {_may(token)}, {until}.", soft_wrap=True)
    told.print("Its secret is shown this once:")
    print(secret, flush=True)
    told.print("Send it with each request as: Authorization: Bearer SECRET", soft_wrap=True)


def list_tokens(settings: Settings, as_json: bool) -> None:
    """Print every token; never a secret, which is not kept."""
    tokens = Tokens(settings.workspace)
    held = tokens.all()
    if as_json:
        print_json({"configured": tokens.configured, "tokens": [_record(token) for token in held]})
        return
    print_records([_shown(token) for token in held], NONE_LEFT if tokens.configured else NONE_YET)


def revoke_token(settings: Settings, name: str, as_json: bool) -> None:
    """Revoke a token; a running server refuses it from the next request on."""
    tokens = Tokens(settings.workspace)
    tokens.revoke(name)
    left = len(tokens.all())
    if as_json:
        print_json({"revoked": name, "left": left})
        return
    console = Console(highlight=False)
    console.print(f"Revoked “{escape(name)}”.")
    if not left:
        console.print(NONE_LEFT, soft_wrap=True)


def _record(token: Token) -> dict[str, str | bool | None]:
    expires = None if token.expires is None else token.expires.isoformat()
    created = token.created.isoformat()
    return {
        "name": token.name,
        "scope": token.scope,
        "created": created,
        "expires": expires,
        "expired": token.is_expired,
    }


def _shown(token: Token) -> dict[str, str]:
    expires = f"{token.expires:%Y-%m-%d %H:%M}" if token.expires else "never"
    return {
        "token": token.name,
        "may": _may(token),
        "made": f"{token.created:%Y-%m-%d %H:%M}",
        "expires": f"{expires}, is expired" if token.is_expired else expires,
    }


def _may(token: Token) -> str:
    return "read and write" if token.scope == "write" else "read"
