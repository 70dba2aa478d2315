"""`vitrine evaluate`: how well an encoder fits a collection, as tables narrow enough for any terminal."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.output import print_json, progress_bar
from core.errors import InputError
from core.evaluation.classes import LEAST_IMAGES, worst
from core.evaluation.intervals import Figure
from core.evaluation.record import save_evaluation, to_json, write_evaluation
from core.evaluation.run import EvaluationRequest
from core.evaluation.scores import Evaluation, LabelFigures, TextFigures
from core.operations.measuring import run_evaluation
from core.settings import Settings
from core.workspace import Workspace

MOST_WORST = 3  # classes of each column
MOST_INSTEAD = 2  # that one is mistaken for
NAME_WIDTH = 14  # characters of a column's name before it is folded; with five figures a table is 60 wide


def evaluate_collection(
    settings: Settings,
    collection: str,
    encoder: str | None,
    labels: Sequence[str],
    text: str | None,
    sample: int,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Score an encoder, print its figures, and write them to the workspace and to `out`."""
    workspace = Workspace.open(settings)
    request = EvaluationRequest(encoder, tuple(labels), text, sample, seed)
    with progress_bar() as report:
        evaluation = run_evaluation(workspace, collection, request, report)
    if as_json:
        print_json(to_json(evaluation))
    else:
        _print(evaluation)
    with ExitStack() as stack:  # a file that cannot be written is told of after the others are
        if out is not None:
            stack.callback(_write, out, evaluation)
        path = save_evaluation(workspace.folder, evaluation)
        if not as_json:
            _print_path(path)
    if out is not None and not as_json:
        _print_path(out)


def _write(out: Path, evaluation: Evaluation) -> None:
    try:
        write_evaluation(out, evaluation)
    except OSError as error:
        hint = "Choose another path, or take the figures from the workspace."
        raise InputError(f"The file {out} cannot be written.", error.strerror or str(error), hint) from error


def _print_path(path: Path) -> None:
    Console(highlight=False).print(f"Written to {escape(str(path))}", soft_wrap=True)


def _print(evaluation: Evaluation) -> None:
    console = Console(highlight=False)
    sampled = evaluation.sampled
    console.print(f"[bold]{escape(evaluation.encoder.name)}[/] on “{escape(sampled.collection)}”")
    drawn = f"{sampled.used:,} of {sampled.images:,} images, seed {sampled.seed}"
    console.print(f"{drawn}. Figures in %; below each its 95 % interval.")
    for title, shown in _tables(evaluation):
        console.print(f"\n[bold]{escape(title)}[/]")
        console.print(shown)
    console.print()
    for line in _notes(evaluation):
        console.print(escape(line))


def _tables(evaluation: Evaluation) -> Iterator[tuple[str, Table]]:
    labels, named = evaluation.labels, [label for label in evaluation.labels if label.zero_shot]
    if labels:
        yield "Same label among the nearest other images", _nearest_table(labels)
    if named:
        yield "Label told by its plain name", _names_table(named)
    shown, poor = _worst_table(labels)
    if poor:
        yield "Classes that are found worst", shown
    if evaluation.text is not None:
        yield f"Image found by its text in {evaluation.text.header}", _text_table(evaluation.text)
    if labels:
        yield "What there was to tell apart", _sample_table(labels)


def _nearest_table(labels: Sequence[LabelFigures]) -> Table:
    depths = _depths(labels)
    shown = _table("Column", "Base", "1-NN", *(f"P@{depth}" for depth in depths))
    for label in labels:
        precision = {item.depth: item.figure for item in label.precision}
        figures = (label.one_nearest, *(precision.get(depth) for depth in depths))
        shown.add_row(_named(label), _percent(label.baseline.value), *map(_cell, figures))
    return shown


def _names_table(labels: Sequence[LabelFigures]) -> Table:
    shown = _table("Column", "Base", "Zero-shot", "F1", "Names")
    for label in labels:
        base = _percent(label.baseline.value)
        shown.add_row(_named(label), base, _cell(label.zero_shot), _cell(label.weighted_f1), f"{label.names:,}")
    return shown


def _worst_table(labels: Sequence[LabelFigures]) -> tuple[Table, int]:
    """A few classes of each column, and how many there are in all."""
    shown = _table("Class", "Images", f"P@{max((label.depth for label in labels), default=0)}")
    shown.add_column("Most often instead", overflow="fold", max_width=2 * NAME_WIDTH)
    for label in labels:
        for place, item in enumerate(worst(label, MOST_WORST)):
            found = item.at(label.depth)
            instead = [f"{escape(held.value)} {_percent(held.share)}" for held in item.confusions[:MOST_INSTEAD]]
            name = f"[dim]{escape(label.header)}[/]\n" if not place else ""
            top = "\n" if not place else ""
            shown.add_row(
                name + escape(item.value),
                f"{top}{item.images:,}",
                top + (_percent(found.figure.value) if found else ""),
                top + "\n".join(instead),
            )
    return shown, shown.row_count


def _text_table(text: TextFigures) -> Table:
    shown = _table("Asked", "Among", *(f"R@{item.depth}" for item in text.recall))
    shown.add_row(f"{text.images:,}", f"{text.among:,}", *(_cell(item.figure) for item in text.recall))
    return shown


def _sample_table(labels: Sequence[LabelFigures]) -> Table:
    depths = _depths(labels)
    shown = _table("Column", "Values", "No value", "Alone", *(f"Max@{depth}" for depth in depths))
    for label in labels:
        most = {item.depth: _percent(item.most) for item in label.precision}
        counts = (f"{count:,}" for count in (label.values, label.missing, label.single))
        shown.add_row(escape(label.header), *counts, *(most.get(depth, "") for depth in depths))
    return shown


def _table(first: str, *others: str) -> Table:
    shown = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    shown.add_column(first, overflow="fold", max_width=NAME_WIDTH)
    for name in others:
        shown.add_column(name, justify="right", no_wrap=True)
    return shown


def _depths(labels: Sequence[LabelFigures]) -> list[int]:
    return sorted({item.depth for label in labels for item in label.precision})


def _named(label: LabelFigures) -> str:
    return f"{escape(label.header)}\n[dim]{label.images:,} images[/]"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"{_percent(figure.value)}\n[dim]{_percent(figure.low)}–{_percent(figure.high)}[/]"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _notes(evaluation: Evaluation) -> Iterator[str]:
    """What a reader of the figures ought to know."""
    sampled, text, cost = evaluation.sampled, evaluation.text, evaluation.cost
    if evaluation.labels:
        yield "Base: the share of the most frequent value, which needs no encoder."
        yield "Alone: images whose value no other has; their neighbour is wrong whatever it is."
        yield f"Classes are judged from {LEAST_IMAGES} images on; --json and the Quality page have all of them."
    counts = {
        "Byte-identical copies in the collection, left aside": sampled.copies,
        "Images drawn without a usable vector, left out": sampled.unusable,
        "Images read from their thumbnail, the original being gone or another": sampled.from_thumbnails,
        "Images without a text, searched all the same": text.missing if text is not None else 0,
    }
    yield from (f"{told}: {count:,}." for told, count in counts.items() if count)
    yield from (f"{item.what}: not measured. {item.why}" for item in evaluation.skipped)
    if cost.images_per_second:
        yield f"{cost.seconds:,.1f} s; {cost.images_per_second:,.0f} images/s read, decoded and encoded."
    else:
        yield f"{cost.seconds:,.1f} s; the collection's own vectors were used."
