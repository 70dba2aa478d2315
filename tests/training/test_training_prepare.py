"""The table is read as it is, rows without a picture stay out, and copies never stand on both sides of the split."""

from pathlib import Path

import numpy as np
from PIL import Image

from training.prepare import Dataset, is_held_out, load, looks, parse_table

HEADER = "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName"


def test_stray_commas_and_bare_quotes_belong_to_the_name() -> None:
    rows = parse_table(f'{HEADER}\n7,Men,Apparel,Topwear,Shirts,NA,Fall,2011,NA,Blue, 3 "x shirt, slim\n')
    assert rows[0]["productDisplayName"] == 'Blue, 3 "x shirt, slim'
    assert rows[0]["baseColour"] == "NA"


def test_rows_without_a_picture_are_left_out(dataset: Dataset) -> None:
    assert len(dataset) == 120
    assert "9999" not in dataset.columns["id"]


def test_copies_never_stand_on_both_sides(dataset: Dataset) -> None:
    sides: dict[bytes, set[bool]] = {}
    for frame, side in zip(dataset.frames, dataset.held_out, strict=True):
        sides.setdefault(frame.tobytes(), set()).add(bool(side))
    assert len(sides) < len(dataset)
    assert all(len(side) == 1 for side in sides.values())
    assert 0 < dataset.held_out.sum() < len(dataset) / 2


def test_a_recompressed_and_enlarged_copy_looks_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 255, (8, 6, 3), np.uint8))
    image = coarse.resize((60, 80), Image.Resampling.BICUBIC)
    image.resize((240, 320), Image.Resampling.BICUBIC).save(tmp_path / "copy.jpg", quality=85)
    assert looks(Image.open(tmp_path / "copy.jpg")) == looks(image)
    assert is_held_out(looks(image)) == is_held_out(looks(image.copy()))


def test_a_prepared_folder_is_read_again(dataset: Dataset, tmp_path: Path) -> None:
    source = Path(str(dataset.frames.filename)).parent  # type: ignore[attr-defined]
    again = load(source)
    assert np.array_equal(again.frames, dataset.frames)
    assert again.columns == dataset.columns
