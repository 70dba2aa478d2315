"""The `vitrine` command: the same questions as the dashboard, scripted."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.commands_asking import add_asking
from cli.commands_charts import add_charts
from cli.commands_concepts import add_concepts
from cli.commands_duplicates import add_duplicates
from cli.commands_edit import add_editing
from cli.commands_jobs import jobs
from cli.commands_lab import add_lab
from cli.commands_map import add_map
from cli.commands_overlap import add_overlap
from cli.commands_sql import add_sql
from cli.commands_timings import add_timings
from cli.commands_token import token
from cli.commands_views import add_views
from cli.commands_work import add_work
from cli.options import BackgroundOption, CollectionOption, EncoderOption, JsonOption, me
from cli.output import print_error, print_json, print_ledger, print_records, progress_bar
from core.acting import acting
from core.errors import InputError, VitrineError
from core.settings import Settings, table
from core.timings.asker import asking

INTERRUPTED = 130  # typer's exit code after Ctrl-C
app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Vitrine: a dashboard for collections of images and what is known about them.",
)

add_asking(app)
add_charts(app)
add_work(app)
add_editing(app)
add_views(app)
add_overlap(app)
add_duplicates(app)
add_sql(app)
add_map(app)
add_concepts(app)
add_lab(app)
add_timings(app)
app.add_typer(jobs, name="jobs")
app.add_typer(token, name="token")


def main() -> None:
    """Run the command; an expected error is told in three lines and never as a traceback."""
    try:
        with acting(me()), asking("command"):
            app()
    except VitrineError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            print_error(InputError("Stopped.", "What was written is kept.", "Start the same command again to go on."))
        raise


@app.command()
def ingest(
    source: Annotated[str, typer.Argument(help="Folder, zip or tar archive, or table of paths or addresses.")],
    collection: CollectionOption,
    table_name: Annotated[
        str | None, typer.Option("--table", help="Metadata table; found by itself beside or inside the source.")
    ] = None,
    no_table: Annotated[bool, typer.Option("--no-table", help="Leave any metadata table aside.")] = False,
    id_column: Annotated[str | None, typer.Option(help="Column that identifies images.")] = None,
    image_column: Annotated[str | None, typer.Option(help="Column of paths or addresses.")] = None,
    text_column: Annotated[list[str] | None, typer.Option(help="Column to read as text; may be repeated.")] = None,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring images and their metadata into a collection; run it again to go on or to add what is new."""
    from core.ingest.plan import IngestRequest
    from core.workspace import Workspace

    request = IngestRequest(
        source=source,
        collection=collection,
        table=table_name,
        use_table=not no_table,
        id_column=id_column,
        image_column=image_column,
        text_columns=tuple(text_column or ()),
    )
    workspace = Workspace.open(Settings.load())
    if background:
        from cli.jobs import tell_started

        tell_started(workspace.start_ingest(request, me()), as_json)
        return
    with progress_bar() as report:
        ledger = workspace.ingest(request, report)
    if as_json:
        print_json(ledger.summary())
    else:
        print_ledger(ledger)


@app.command()
def ledger(
    collection: CollectionOption,
    export: Annotated[Path | None, typer.Option(help="Write every entry to this CSV file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what became of every row and file of the last ingest."""
    from core.ingest.ledger import as_records
    from core.workspace import Workspace

    found = Workspace.open(Settings.load()).ledger(collection)
    records = as_records(found.entries)
    if export is not None:
        from core.export import write_csv

        write_csv(records, ("subject", "outcome", "key", "id", "reason"), export)
    if as_json:
        print_json({**found.summary(), "entries": records})
    else:
        print_ledger(found, exported=export)


@app.command()
def collections(as_json: JsonOption = False) -> None:
    """List the collections of the workspace."""
    from core.workspace import Workspace

    workspace = Workspace.open(Settings.load())
    held = [workspace.collection(name) for name in workspace.names()]
    records = [{"collection": item.name, "images": item.count(), "encoder": item.encoder.name} for item in held]
    if as_json:
        print_json({"collections": records})
    else:
        print_records(records, "No collection yet. Bring one in: vitrine ingest SOURCE --collection NAME")


@app.command()
def encoders(as_json: JsonOption = False) -> None:
    """List the encoders that can be used, and which collection uses which."""
    from cli.encoders import list_encoders

    list_encoders(Settings.load(), as_json)


@app.command()
def embed(
    collection: CollectionOption,
    encoder: EncoderOption = None,
    thumbnails: Annotated[
        bool, typer.Option("--thumbnails", help="Go on with thumbnails where the originals are gone.")
    ] = False,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a collection's vectors anew with another encoder; run it again to go on where it stopped."""
    from cli.embed import embed_collection

    embed_collection(Settings.load(), collection, encoder, thumbnails, background, as_json)


@app.command()
def evaluate(
    collection: CollectionOption,
    encoder: EncoderOption = None,
    label: Annotated[list[str] | None, typer.Option(help="Column to score; may be repeated. Else all classes.")] = None,
    text: Annotated[
        str | None, typer.Option(help="Column of texts that describe images; else the most varied.")
    ] = None,
    sample: Annotated[int, typer.Option(min=0, help="Images to score, drawn at random; 0 for all.")] = 2_500,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same images.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Also write the figures to this JSON file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Score an encoder on a collection's own labels and texts."""
    from cli.evaluate import evaluate_collection

    evaluate_collection(Settings.load(), collection, encoder, label or [], text, sample, seed, out, as_json)


@app.command()
def sample(
    target: Annotated[Path, typer.Argument(help="Folder to draw the sample collection into.")],
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many pictures.")] = 1_200,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same pictures.")] = 7,
) -> None:
    """Draw the sample catalogue: product pictures with a table."""
    from cli.sample import draw_sample

    draw_sample(target, count, seed)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default from VITRINE_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Port to listen on; default from VITRINE_PORT.")
    ] = None,
    sample_first: Annotated[
        bool, typer.Option("--sample/--no-sample", help="Make the sample collection if the workspace is empty.")
    ] = True,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Listen beyond this machine although nothing protects it.")
    ] = False,
) -> None:
    """Open the dashboard and the API on one port."""
    from cli.serve import run_server

    run_server(Settings.load(), host, port, sample_first, insecure)


@app.command()
def audit(
    collection: CollectionOption,
    k: Annotated[int, typer.Option("-k", help="Images asked for.")] = 50,
    questions: Annotated[int, typer.Option(help="Half of them images, half words of the collection's table.")] = 48,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same questions.")] = 0,
    background: BackgroundOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure how near a collection's answers come to exact ones; they quote it from then on."""
    from cli.auditing import audit_collection
    from core.audit.run import AuditRequest

    audit_collection(Settings.load(), collection, AuditRequest(k, questions, seed), background, as_json)


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Look whether everything that is needed is there, and say what to do where it is not."""
    from cli.health import print_checks

    if not print_checks(Settings.load(), as_json):
        raise typer.Exit(1)


@app.command()
def settings(as_json: JsonOption = False) -> None:
    """List every setting, its environment variable and its value."""
    held = Settings.load()
    facts = [
        {"variable": fact.variable, "value": value, "default": fact.default, "help": fact.help}
        for fact, value in zip(table(), map(str, asdict(held).values()), strict=True)
    ]
    if as_json:
        print_json({"settings": facts})
    else:
        print_records(facts, "")


if __name__ == "__main__":
    main()
