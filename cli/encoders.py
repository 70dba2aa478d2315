"""`vitrine encoders`: what can make vectors here, and what does."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from cli.output import print_json
from core.encoders.listing import ListedEncoder, listed_encoders
from core.encoders.registry import OWN
from core.settings import Settings
from core.workspace import Workspace

ROOM_FOR_TABLE = 98  # columns of the terminal, so that no name is broken
WIDEST_USE = 20
SAVE = "from sentence_transformers import SentenceTransformer as S; S('ENCODER').save('FOLDER')"


def list_encoders(settings: Settings, as_json: bool) -> None:
    """Print every encoder that can be used, its facts, and which collections it made the vectors of."""
    workspace = Workspace.open(settings)
    facts = {name: workspace.collection(name).encoder for name in workspace.names()}
    made_by = {name: (fact.name, fact.dimension, fact.fingerprint) for name, fact in facts.items()}
    listed = listed_encoders(settings.encoder, settings.workspace, made_by)
    if as_json:
        print_json({"encoders": [item.record() for item in listed]})
        return
    console = Console(highlight=False)
    if console.width < ROOM_FOR_TABLE:
        _print_one_by_one(console, listed)
    else:
        console.print(_table(listed))
    console.print()
    for line in _ways_on(listed, settings):
        console.print(escape(line), soft_wrap=True)


def _table(listed: Sequence[ListedEncoder]) -> Table:
    """A row an encoder: its name above what it is good for, and its figures."""
    shown = Table(box=None, header_style="bold", pad_edge=False, expand=True)
    shown.add_column("Encoder", overflow="fold", ratio=1)
    for heading in ("Vector", "Parameters", "Weights"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("Where", no_wrap=True)
    shown.add_column("Used by", overflow="fold", max_width=WIDEST_USE)
    for item in listed:
        facts = item.facts
        told = escape(facts.name) + (f"\n[dim]{escape(_about(item))}[/]" if _about(item) else "")
        figures = (_figure(facts.dimension), _figure(facts.parameters, " M"), _figure(facts.size_mb, " MB"))
        shown.add_row(told, *figures, _where(item), escape(_used(item)))
    return shown


def _print_one_by_one(console: Console, listed: Sequence[ListedEncoder]) -> None:
    """A name and a short paragraph each, for where a table has no room."""
    for item in listed:
        facts = item.facts
        figures = (_figure(facts.dimension, " numbers"), _figure(facts.size_mb, " MB"), _where(item))
        used = f"Used by {_used(item)}." if _used(item) else ""
        lines = (", ".join(filter(None, figures)) + ".", _about(item), used)
        console.print(f"[bold]{escape(facts.name)}[/]", overflow="fold")
        console.print(Padding(escape(" ".join(filter(None, lines))), (0, 0, 0, 2)))


def _about(item: ListedEncoder) -> str:
    """What it is good for, in which languages, under which licence."""
    if item.kind == "missing":
        return ""
    facts = item.facts
    told = [facts.good_for, facts.languages, f"licence {facts.licence}"]
    return " ".join(f"{text[:1].upper()}{text[1:]}." for text in told if text)


def _where(item: ListedEncoder) -> str:
    """Where its weights are; a hub encoder that has been fetched once loads without network."""
    return "cached" if item.kind == "hub" and item.here else item.kind


def _used(item: ListedEncoder) -> str:
    new = ["new collections"] if item.default else []
    return ", ".join([*new, *item.used_by, *(f"{name} (other weights)" for name in item.other_weights)])


def _figure(value: float | None, unit: str = "") -> str:
    return "" if value is None else f"{value:,}{unit}"


def _ways_on(listed: Sequence[ListedEncoder], settings: Settings) -> list[str]:
    """How to switch, how to mend, and how to bring an encoder to a machine without network."""
    lines = ["Switch a collection: vitrine embed -c NAME --encoder ENCODER"]
    if any(item.other_weights for item in listed):
        lines.append("Other weights have taken that name since: make those vectors anew, as above, with the same name.")
    folder = settings.workspace / OWN
    return [*lines, f'Without network: where there is one, run python -c "{SAVE}", and copy FOLDER into {folder}']
