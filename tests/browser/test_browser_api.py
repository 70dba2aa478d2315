"""Whatever the API's description allows is asked of the served API: no server error, no answer it does not tell of."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from conftest import served
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_api
from core.jobs.broker import FileBroker
from core.jobs.supervisor import WORKER
from core.settings import Settings
from core.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
EXAMPLES = 25  # of each route
CHECKS = [  # not those for what only meaning tells: words that cancel out, a picture that is none, open reading
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def described(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The served API's description. No job runs: who knows what sources would be asked for."""
    workspace = tmp_path_factory.mktemp("asked") / "workspace"
    shutil.copytree(ready, workspace)
    jobs = FileBroker(workspace / "jobs")
    with jobs.lease(WORKER), served(workspace) as address:
        yield schemathesis.openapi.from_url(f"{address}/api/openapi.json")
    shutil.rmtree(workspace)


ROUTES = [
    (method.upper(), path)
    for path, routes in create_api(lambda: Workspace.open(Settings())).openapi()["paths"].items()
    for method in routes
    if not path.endswith("/events")  # a stream has no end while its job waits
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_request_breaks_the_server_or_its_word(described: Any, method: str, path: str) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )
    @given(case=described[path][method].as_strategy())
    def asked(case: Any) -> None:
        case.call_and_validate(timeout=60, checks=CHECKS)

    asked()
