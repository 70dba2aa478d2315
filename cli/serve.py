"""Starts the dashboard, with the sample collection when there is nothing else to show."""

import os
import shutil
import socket
import sys
from dataclasses import replace

from rich.console import Console

from cli.listening import check_listening, signed_in_configured
from cli.output import progress_bar
from cli.sample import draw_sample
from core.errors import InputError
from core.ingest.plan import IngestRequest
from core.settings import ROOT, Settings
from core.tokens import Tokens
from core.workspace import Workspace

SAMPLE = "sample"
SAMPLE_COUNT = 1_200
SAMPLE_SEED = 7


def run_server(
    settings: Settings, host: str | None, port: int | None, sample_first: bool, insecure: bool = False
) -> None:
    """Replace this process by the server."""
    settings = replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        insecure=insecure or settings.insecure,
    )
    check_listening(settings, Tokens(settings.workspace), signed_in_configured(ROOT))
    _check_free(settings)
    workspace = Workspace.open(settings)
    if sample_first and not workspace.names():
        make_sample(workspace)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    Console(stderr=True).print(f"Vitrine is at http://{shown}:{settings.port}")
    environment = {
        **os.environ,
        "VITRINE_WORKSPACE": str(settings.workspace),
        "VITRINE_HOST": settings.host,
        "VITRINE_PORT": str(settings.port),
        "VITRINE_INSECURE": "yes" if settings.insecure else "no",
    }
    options = [f"--server.address={settings.host}", f"--server.port={settings.port}"]
    os.chdir(ROOT)
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *options]
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own server, no shell


def _check_free(settings: Settings) -> None:
    """Refuse an address that cannot be listened on before anything is promised."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise InputError(
            f"Nothing can listen on {settings.host}, port {settings.port}.",
            error.strerror or str(error),
            "Another server may be there already; choose another port with --port or VITRINE_PORT.",
        ) from error


def make_sample(workspace: Workspace) -> None:
    """Draw and ingest the sample collection; a half-drawn one is drawn again."""
    folder = workspace.folder / "sample-source"
    if not (folder / "styles.csv").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        draw_sample(folder, SAMPLE_COUNT, SAMPLE_SEED)
    with progress_bar() as report:
        workspace.ingest(IngestRequest(str(folder), SAMPLE), report)
