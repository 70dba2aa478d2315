"""`vitrine map`."""

from typing import Annotated

import typer

from cli.options import BackgroundOption, CollectionOption, JsonOption
from core.settings import Settings


def add_map(app: typer.Typer) -> None:
    """Add the command that makes a map."""
    app.command("map")(make)


def make(
    collection: CollectionOption,
    method: Annotated[str, typer.Option(help="umap, which takes minutes, or pca, which is done at once.")] = "umap",
    clusters: Annotated[int, typer.Option(min=0, max=200, help="How many; 0 for as many as suit it.")] = 0,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="The same seed makes the same map.")] = 0,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Place every image of a collection in two dimensions, and find clusters with names."""
    from cli.mapping import make_the_map
    from core.map.request import MapRequest

    make_the_map(Settings.load(), MapRequest(collection, method, clusters, seed), background, as_json)
