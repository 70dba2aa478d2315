"""Options that several commands share."""

from getpass import getuser
from typing import Annotated

import typer

CollectionOption = Annotated[str, typer.Option("--collection", "-c", help="Name of the collection.")]
EncoderOption = Annotated[
    str | None, typer.Option("--encoder", "-e", help="Shipped name, folder or hub name; else the collection's own.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")]

BackgroundOption = Annotated[bool, typer.Option("--background", help="Queue it as a job and return at once.")]
WhereOption = Annotated[
    str | None, typer.Option("--where", "-w", help="Filter, such as 'gender=Men year>2012', or as in a link.")
]
WholeOption = Annotated[bool, typer.Option("--whole", help="Every matching image rather than the limit.")]


def me() -> str:
    """Who gives the command, for a job's record; nobody where the system does not know."""
    try:
        return getuser()
    except (OSError, KeyError):
        return ""
