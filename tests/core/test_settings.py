"""The one table of settings."""

import dataclasses
import re
from pathlib import Path

import pytest

from core.errors import InputError
from core.settings import ROOT, Settings, table


def test_without_an_environment_every_setting_has_its_default() -> None:
    assert Settings.load({}) == Settings()
    assert Settings.load({"VITRINE_PORT": "", "OTHER": "1"}) == Settings()


def test_the_environment_sets_every_type() -> None:
    loaded = Settings.load(
        {
            "VITRINE_WORKSPACE": "/tmp/there/../here",
            "VITRINE_PORT": "9000",
            "VITRINE_URL_TIMEOUT": "0.5",
            "VITRINE_ALLOW_PRIVATE_URLS": "Yes",
            "VITRINE_ENCODER": "clip-ViT-B-32",
        }
    )
    assert loaded == Settings(
        workspace=Path("/tmp/here"), port=9000, url_timeout=0.5, allow_private_urls=True, encoder="clip-ViT-B-32"
    )
    assert Settings.load({"VITRINE_WORKSPACE": "~"}).workspace == Path.home().resolve()
    assert Settings.load({"VITRINE_WORKSPACE": "here"}).workspace == Path.cwd() / "here"


@pytest.mark.parametrize(
    ("variable", "text", "title"),
    [
        ("VITRINE_PORT", "many", "VITRINE_PORT is not a whole number from 0 to 65535."),
        ("VITRINE_PORT", "8.5", "VITRINE_PORT is not a whole number"),
        ("VITRINE_PORT", "65536", "VITRINE_PORT is not a whole number"),
        ("VITRINE_PORT", "-1", "VITRINE_PORT is not a whole number"),
        ("VITRINE_CHUNK_ROWS", "0", "VITRINE_CHUNK_ROWS is not a whole number of at least 1."),
        ("VITRINE_BATCH_IMAGES", "0", "VITRINE_BATCH_IMAGES is not"),
        ("VITRINE_URL_TIMEOUT", "nan", "VITRINE_URL_TIMEOUT is not a number of at least 0."),
        ("VITRINE_URL_TIMEOUT", "inf", "VITRINE_URL_TIMEOUT is not a number of at least 0."),
        ("VITRINE_ALLOW_PRIVATE_URLS", "perhaps", "VITRINE_ALLOW_PRIVATE_URLS is not yes or no."),
        ("VITRINE_WORKSPACE", "~nobody-of-that-name/x", "VITRINE_WORKSPACE is not a folder's path."),
    ],
)
def test_a_bad_value_names_its_variable_and_its_default(variable: str, text: str, title: str) -> None:
    with pytest.raises(InputError, match=re.escape(title)) as caught:
        Settings.load({variable: text})
    assert caught.value.detail == f"It is set to “{text}”."
    default = next(fact.default for fact in table() if fact.variable == variable)
    assert caught.value.hint == f"Its default is {default}."


def test_the_table_has_a_line_for_each_setting() -> None:
    assert [fact.variable for fact in table()] == [f"VITRINE_{f.name.upper()}" for f in dataclasses.fields(Settings)]
    assert {fact.type for fact in table()} == {"path", "str", "int", "float", "bool"}
    assert all(fact.help for fact in table())
    assert table()[0].default == "data/workspace"


def test_the_docs_tell_of_every_setting_as_it_is() -> None:
    told = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for fact in table():
        assert f"| `{fact.variable}` | {fact.type} | `{fact.default}` | {fact.help} |" in told
    assert set(re.findall(r"VITRINE_[A-Z_]+", told)) == {fact.variable for fact in table()}
