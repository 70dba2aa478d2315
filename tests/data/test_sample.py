"""The sample collection: one seed, the same bytes; a table that joins its pictures; drawings that are told apart."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from data.sample import COLUMNS, SampleRow, draw, sample_rows, write_sample
from data.sample.catalogue import ARTICLES
from data.sample.palette import COLOURS, METALS
from data.sample.studio import drawing_of


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _read(folder: Path) -> list[dict[str, str]]:
    with (folder / "styles.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample") / "catalogue", count=60, seed=7, workers=1)


def test_table_joins_its_pictures(sample: Path) -> None:
    with (sample / "styles.csv").open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS
    rows = _read(sample)
    ids = [row["id"] for row in rows]
    assert len(rows) == len(set(ids)) == 60
    assert {path.name for path in (sample / "images").iterdir()} == {f"{number}.jpg" for number in ids}
    assert sorted(path.name for path in sample.iterdir()) == ["images", "styles.csv"]


def test_every_picture_decodes_at_the_promised_size(sample: Path) -> None:
    for path in (sample / "images").iterdir():
        with Image.open(path) as picture:
            picture.load()
            assert (picture.size, picture.mode, picture.format) == ((240, 320), "RGB", "JPEG")


def test_same_seed_gives_the_same_bytes_with_any_number_of_workers(tmp_path: Path) -> None:
    alone = write_sample(tmp_path / "alone", count=20, seed=3, workers=1)
    together = write_sample(tmp_path / "together", count=20, seed=3, workers=2)
    other = write_sample(tmp_path / "other", count=20, seed=4, workers=1)
    assert _digests(alone) == _digests(together)
    assert _digests(alone) != _digests(other)


def test_rows_use_the_known_vocabulary_with_skew_and_gaps() -> None:
    rows = sample_rows(1200, seed=7)
    assert len({row.id for row in rows}) == 1200
    per_type = Counter(row.articleType for row in rows)
    assert set(per_type) == {article.name for article in ARTICLES}
    assert len(per_type) >= 20
    assert 5 <= per_type.most_common(1)[0][1] / min(per_type.values()) <= 20
    assert {row.baseColour for row in rows} <= {*COLOURS, *METALS}
    assert len({row.baseColour for row in rows}) >= 30
    assert {row.gender for row in rows} == {"Men", "Women", "Unisex", "Boys", "Girls"}
    assert {row.season for row in rows} == {"", "Summer", "Fall", "Winter", "Spring"}
    assert {row.year for row in rows} == {None, *range(2010, 2019)}
    for column in ("season", "usage", "year"):
        missing = sum(getattr(row, column) in ("", None) for row in rows)
        assert 6 <= missing <= 36, column
    assert all(row.gender in ("Women", "Girls") for row in rows if row.articleType == "Dresses")


def test_names_say_what_is_drawn() -> None:
    rows = sample_rows(400, seed=1)
    for row in rows:
        name = row.productDisplayName
        assert row.baseColour in name
        assert row.gender in name
    striped = [row.productDisplayName for row in rows if row.pattern == "striped"]
    assert striped
    assert all("Stripe" in name for name in striped)


@pytest.mark.parametrize("count", [1, 10, len(ARTICLES), 100])
def test_any_count_of_rows(count: int) -> None:
    rows = sample_rows(count, seed=2)
    assert len(rows) == len({row.id for row in rows}) == count
    assert rows == sample_rows(count, seed=2)


def _first_of_each_type(seed: int) -> dict[str, SampleRow]:
    return {row.articleType: row for row in reversed(sample_rows(300, seed))}


def _silhouette(picture: Image.Image) -> NDArray[np.float64]:
    pixels = np.asarray(picture.resize((48, 64), Image.Resampling.BOX), dtype=np.float64)
    return np.asarray(np.abs(pixels - pixels[1, 1]).max(axis=2) > 28, dtype=np.float64)


def test_every_article_type_has_a_drawing_of_its_own() -> None:
    shapes = {}
    for kind, row in _first_of_each_type(5).items():
        shapes[kind] = _silhouette(draw(row, np.random.default_rng([5, 0])))
        assert 0.02 < shapes[kind].mean() < 0.8, kind
    assert len({drawing_of(kind) for kind in shapes}) == len(shapes) == len(ARTICLES)
    kinds = sorted(shapes)
    for i, one in enumerate(kinds):
        for other in kinds[i + 1 :]:
            apart = np.abs(shapes[one] - shapes[other]).sum() / np.maximum(shapes[one], shapes[other]).sum()
            assert apart > 0.05, (one, other)


@pytest.mark.parametrize("colour", ["Red", "Navy Blue", "Green", "Mustard", "Pink", "Grey"])
def test_a_plain_article_has_the_colour_it_is_named_for(colour: str) -> None:
    row = SampleRow(1, "Men", "Apparel", "Topwear", "Tshirts", colour, "Summer", 2012, "Casual", "", "plain", "")
    middle = np.asarray(draw(row, np.random.default_rng(11)), dtype=np.float64)[130:200, 95:145] / 255
    assert np.abs(np.median(middle, axis=(0, 1)) - np.array(COLOURS[colour])).max() < 0.12


def test_pictures_of_one_row_differ_by_their_generator() -> None:
    row = sample_rows(1, seed=9)[0]
    first, second = (np.asarray(draw(row, np.random.default_rng(n)), dtype=np.int16) for n in (1, 2))
    assert np.abs(first - second).mean() > 1
    assert np.array_equal(first, np.asarray(draw(row, np.random.default_rng(1)), dtype=np.int16))


def test_a_failed_run_leaves_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    target = tmp_path / "catalogue"

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(target, count=4, seed=1, workers=1, progress=stop)
    assert list(tmp_path.iterdir()) == []
    write_sample(target, count=4, seed=1, workers=1)
    assert len(_read(target)) == 4


def test_an_earlier_sample_is_replaced_and_anything_else_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "catalogue"
    write_sample(target, count=4, seed=1, workers=1)
    write_sample(target, count=3, seed=1, workers=1)
    assert len(list((target / "images").iterdir())) == len(_read(target)) == 3
    (target / "holiday.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"holiday\.txt"):
        write_sample(target, count=3, seed=1, workers=1)
    assert (target / "holiday.txt").read_text() == "mine"


def test_progress_counts_up_to_the_total(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_sample(
        tmp_path / "catalogue", count=20, seed=1, workers=1, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(16, 20), (20, 20)]


def test_a_count_below_one_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        write_sample(tmp_path / "catalogue", count=0)
