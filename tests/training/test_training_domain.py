"""The reference that an encoder's folder gets is the one its readers judge by."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.collection.domain import FILE, LEVELS, Answer, compare, read_reference
from core.encoders.registry import SHIPPED
from core.encoders.weights import fingerprint
from training.domain import hardest_types, main, near_curve, own_pictures, write_domain
from training.evaluate import Encoder

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped encoder without its reference: an untrained one gives all pictures the same vector."""
    folder = tmp_path_factory.mktemp("exported") / "encoder"
    return shutil.copytree(SHIPPED / "vitrine-clip", folder, ignore=shutil.ignore_patterns(FILE))


def test_pictures_of_the_reference_are_different_and_held_out(archive: Path) -> None:
    photos = list(own_pictures(archive, drawings=0))
    assert 0 < len(photos) < 60
    assert len({frame.tobytes() for frame, _ in photos}) == len(photos)
    assert all(frame.shape == (140, 112, 3) for frame, _ in photos)
    drawn = list(own_pictures(archive, drawings=2))[len(photos) :]
    assert len(drawn) == 2


def test_an_encoder_finds_its_own_pictures_alike(archive: Path, exported: Path) -> None:
    pictures = list(own_pictures(archive, drawings=25))
    hardest = write_domain(exported, pictures)
    found = read_reference(exported)
    assert found is not None
    assert found.fingerprint == fingerprint(str(exported))
    assert tuple(found.fit) == LEVELS
    held = json.loads((exported / FILE).read_text())
    assert held["hardest"] == hardest
    assert held["pictures"] == len(pictures)
    assert len(found.phrases) == len(held["phrases"]) == len({kind for _, kind in pictures})
    verdict = compare(Encoder(exported).images(np.stack([frame for frame, _ in pictures])), found)
    assert verdict.answer is Answer.ALIKE
    assert verdict.strange <= 0.2 * verdict.sampled


def test_the_command_writes_the_file(
    archive: Path, exported: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("training.domain.own_pictures", lambda path: own_pictures(path, drawings=2))
    (exported / FILE).unlink(missing_ok=True)
    main(["--archive", str(archive), "--encoder", str(exported)])
    assert read_reference(exported) is not None
    assert "bytes" in capsys.readouterr().out


def test_the_curve_goes_as_far_as_there_are_pictures() -> None:
    vectors = np.random.default_rng(0).normal(size=(120, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    curve = near_curve(vectors)
    assert list(curve) == [20, 50, 100, 120]
    assert list(curve.values()) == sorted(curve.values())


def test_the_hardest_types_have_enough_pictures() -> None:
    strange = np.array([True] * 10 + [False] * 10 + [True] * 5 + [False] * 20)
    types = ["Hats"] * 20 + ["Rare"] * 5 + ["Coats"] * 20
    assert hardest_types(strange, types) == {"Hats": 0.5, "Coats": 0.0}
