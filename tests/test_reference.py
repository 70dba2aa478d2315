"""Every command, option and route stands in the docs as it is."""

import importlib.util
from types import ModuleType

import pytest

from core.settings import ROOT


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """What writes the two pages."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_as_the_code_is(reference: ModuleType) -> None:
    for name, made in {"api.md": reference.api_page(), "cli.md": reference.cli_page()}.items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made, f"docs/{name} is stale: make reference"


def test_every_command_option_and_route_has_words(reference: ModuleType) -> None:
    for page in (reference.api_page(), reference.cli_page()):
        for line in page.splitlines():
            if line.startswith("| `"):
                assert line.rstrip(" |").count("|") >= 2, line
                assert line.split("|")[-2].strip(), line
