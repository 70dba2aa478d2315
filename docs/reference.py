"""Writes docs/api.md and docs/cli.md from the API and the command themselves: `make reference`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
METHODS = ("get", "post", "delete", "put", "patch")
API_HEAD = """# REST API

The API is on the dashboard's port under `/api`. `/api/docs` is its OpenAPI page, with every field and an example of it;
`/api/openapi.json` the description for programs. Neither needs a network. This page is made by `make reference`.

    curl -F image=@shoe.jpg 'http://127.0.0.1:8501/api/closest_img_ids?collection=fashion&limit=5'

    {"collection": "fashion", "matching": 39964, "exact": true, "images": [{"id": "10054", "distance": 0.08}, …]}

    curl http://127.0.0.1:8501/api/collections/fashion/run -H 'Content-Type: application/json' \\
      -d '{"where": "gender=Men masterCategory=Footwear year>2012", "text": "red running shoe", "limit": 20}'

An answer has `total` (images that pass the filter), `rows`, `english` (the question as a sentence), `exact`, `recipe`
(the question as a value, for the next one), `timings`, and `next`: the `cursor` of the next page, or null. `where` is
what people type (see [the text form](query-text.md)) or what a link of the dashboard has.

Long work answers 202 with its job; follow it at `/api/jobs/{id}/events`, a stream of server-sent events (see
[jobs](jobs.md)). Requests that change something need a token once one was made (see [access](access.md)).

An id is percent-encoded like any other part of an address, slashes and dots included (`%2E%2E`): clients shorten a
bare `..` themselves. `collection` may be left out where there is only one. Every GET has a HEAD. Thumbnails
and originals have strong ETags, and their addresses with `v` never change. Uploads are spooled to disk while they
arrive. Every error is `application/problem+json` with `status`, `title` (what happened), `detail` (why) and `hint`
(what to do next).
"""
CLI_HEAD = """# The `vitrine` command

On a terminal it prints tables and progress bars, in a pipe plain lines with tabs. `--json` prints one JSON object on
standard output and nothing else. It ends with 0, with 1 where something failed, with 2 where it was used wrongly,
with 130 where Ctrl-C stopped it; errors are told on standard error. This page is made by `make reference`.

    vitrine ingest products.zip --collection products
    vitrine query -c products --where 'gender=Men masterCategory=Footwear year>2012' --limit 20
    vitrine search 'red running shoe' -c products --where gender=Men --json
    vitrine export shoes -c products --where masterCategory=Footwear --whole --layout zip --background
"""


def api_page() -> str:
    """docs/api.md, from the OpenAPI description."""
    from api.app import create_api
    from core.settings import Settings
    from core.workspace import Workspace

    paths = create_api(lambda: Workspace.open(Settings())).openapi()["paths"]
    by_tag: dict[str, list[str]] = {}
    for path, routes in paths.items():
        for method in METHODS:
            if method in routes:
                route = routes[method]
                about = route["description"].splitlines()[0]
                line = f"| `{method.upper()} /api{path}` | {_inputs(route)} | {about} |"
                by_tag.setdefault(route["tags"][0], []).append(line)
    tables = (
        "\n".join([f"## {tag}\n", "| route | takes | answer |", "| --- | --- | --- |", *lines])
        for tag, lines in by_tag.items()
    )
    return API_HEAD + "\n" + "\n\n".join(tables) + "\n"


def cli_page() -> str:
    """docs/cli.md, from the commands."""
    import typer

    from cli.main import app

    return CLI_HEAD + "\n" + "\n\n".join(_commands(typer.main.get_command(app), "vitrine")) + "\n"


def _inputs(route: dict[str, Any]) -> str:
    names = [item["name"] for item in route.get("parameters", ()) if item["in"] == "query"]
    body = next(iter(route.get("requestBody", {}).get("content", {}).items()), None)
    if body is not None:
        names.append("a JSON body" if body[0] == "application/json" else "a form with a file")
    return ", ".join(f"`{name}`" if " " not in name else name for name in names)


def _commands(command: Any, name: str) -> Iterator[str]:
    for word, inner in sorted(getattr(command, "commands", {}).items()):
        yield _command(inner, f"{name} {word}")
        yield from _commands(inner, f"{name} {word}")


def _command(command: Any, name: str) -> str:
    rows = [
        f"| {_spelled(item)} | {(item.help or '').strip()} |"
        for item in command.params
        if item.name != "help" and not getattr(item, "hidden", False)
    ]
    about = (command.help or "").strip().splitlines()[0] if command.help else ""
    table = ["", "| argument or option | what it does |", "| --- | --- |", *rows] if rows else []
    return "\n".join([f"## `{name}`", "", about, *table])


def _spelled(item: Any) -> str:
    if item.param_type_name == "argument":
        return f"`{item.name.upper()}`"
    words = [*item.opts, *item.secondary_opts]
    needed = ", needed" if item.required else ""
    return ", ".join(f"`{word}`" for word in words) + needed


def main() -> None:
    """Write both pages."""
    (ROOT / "docs" / "api.md").write_text(api_page(), encoding="utf-8")
    (ROOT / "docs" / "cli.md").write_text(cli_page(), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
