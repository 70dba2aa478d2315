"""`vitrine token …`."""

from typing import Annotated

import typer

from cli.options import JsonOption
from core.settings import Settings

token = typer.Typer(help="Make, list and revoke tokens of the API.", no_args_is_help=True)


@token.command()
def make(
    name: Annotated[str, typer.Argument(help="What the token is called.")],
    scope: Annotated[str, typer.Option(help="What it may do: read or write.")] = "write",
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it expires.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token; its secret is shown this once."""
    from cli.token import make_token

    make_token(Settings.load(), name, scope, days, as_json)


@token.command("list")
def list_all(as_json: JsonOption = False) -> None:
    """List the tokens; never their secrets, which are not kept."""
    from cli.token import list_tokens

    list_tokens(Settings.load(), as_json)


@token.command()
def revoke(name: Annotated[str, typer.Argument(help="Of the token.")], as_json: JsonOption = False) -> None:
    """Revoke a token; a running server refuses it from its next request on."""
    from cli.token import revoke_token

    revoke_token(Settings.load(), name, as_json)
