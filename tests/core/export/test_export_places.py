"""Where an export may go: anywhere for a person at the machine, below named places for everybody else."""

from pathlib import Path

import pytest

from core.errors import ForbiddenError, InputError
from core.export.places import allowed_places, check_allowed, check_destination, resolved


def test_a_setting_names_places_parted_by_commas() -> None:
    assert allowed_places(" /data/out/ , s3://bucket/x,, ") == ("/data/out", "s3://bucket/x")
    assert allowed_places("") == ()


@pytest.mark.parametrize("below", ["", "/", "/in", "/in/deeper"])
def test_below_a_named_place_is_allowed(tmp_path: Path, below: str) -> None:
    check_allowed(f"{tmp_path}{below}", (str(tmp_path),))
    if below != "/":
        check_allowed(f"s3://bucket/x{below}", ("/data", "s3://bucket/x"))


def test_anything_else_is_not(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "way-out").symlink_to(tmp_path)
    places = (str(tmp_path / "open"), "s3://bucket/x")
    for destination in (
        tmp_path,
        tmp_path / "opened",
        tmp_path / "open" / ".." / "other",
        tmp_path / "open" / "way-out" / "other",
        "s3://bucket",
        "s3://bucket/xy",
        "s3://other/x",
    ):
        with pytest.raises(ForbiddenError, match="may not go"):
            check_allowed(str(destination), places)
    with pytest.raises(ForbiddenError, match="may not go"):
        check_allowed("/anywhere", ())
    check_allowed("", ())


@pytest.mark.parametrize(
    "text", ["exports", "./x", "s3://", "s3://b", "s3://bucket//x", "s3://bucket/..", "gs://b/x", "/a\0b"]
)
def test_what_is_no_place_is_told(text: str) -> None:
    with pytest.raises(InputError, match="is no place"):
        check_destination(text)


def test_a_file_is_no_destination(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is not a folder"):
        check_destination(str(tmp_path / "file"))


def test_what_a_person_types_becomes_a_whole_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolved("out/x") == str(tmp_path.resolve() / "out" / "x")
    assert resolved("s3://bucket/x/") == "s3://bucket/x"
    assert resolved("") == ""


def test_too_long_a_name_is_no_place() -> None:
    with pytest.raises(InputError, match="is no place"):
        check_destination(f"/{'a' * 300}")
    with pytest.raises(ForbiddenError, match="may not go"):
        check_allowed(f"/{'a' * 300}", ("/data",))


def test_what_lies_outside_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ForbiddenError, match="may not go"):
        check_allowed(str(tmp_path / "file"), ("/data",))


def test_the_root_is_a_place_like_any_other() -> None:
    assert allowed_places("/") == ("/",)
    check_allowed("/anywhere", ("/",))
