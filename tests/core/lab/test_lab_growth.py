"""Growth fitted to exact curves, and estimates worked out by hand."""

from math import log2

import pytest

from core.errors import InputError
from core.lab.estimate import Assumptions, assume, assumption_facts, estimate, foretelling
from core.lab.growth import Growth, Kind, grow

SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000]
CURVES = {
    Kind.CONSTANT: lambda size: 7.0,
    Kind.LINEAR: lambda size: 2.0 + size / 10_000,
    Kind.N_LOG_N: lambda size: 0.5 + size * log2(size) / 50_000,
}


@pytest.mark.parametrize("kind", list(Kind))
def test_an_exact_curve_is_found_with_its_numbers(kind: Kind) -> None:
    found = grow(SIZES, [CURVES[kind](size) for size in SIZES])
    assert found is not None
    assert found.kind is kind
    assert found.error < 1e-6
    assert found.at(1_000_000) == pytest.approx(CURVES[kind](1_000_000))
    assert (found.sizes, found.largest) == (6, 300_000)


def test_a_little_noise_changes_nothing_and_the_simpler_kind_is_kept() -> None:
    noise = [1.03, 0.97, 1.02, 0.98, 1.01, 0.99]
    flat = grow(SIZES, [7 * by for by in noise])
    assert flat is not None
    assert flat.kind is Kind.CONSTANT
    line = grow(SIZES, [CURVES[Kind.LINEAR](size) * by for size, by in zip(SIZES, noise, strict=True)])
    assert line is not None
    assert line.kind in (Kind.LINEAR, Kind.N_LOG_N)
    assert line.at(1_000_000) == pytest.approx(102, rel=0.1)


def test_where_nothing_fits_nothing_is_said() -> None:
    assert grow(SIZES, [size**2 for size in SIZES]) is None
    assert grow(SIZES, [9, 1, 8, 1, 9, 1]) is None
    assert grow(SIZES[:3], [1, 2, 3]) is None
    assert grow([1_000] * 5, [1, 2, 3, 4, 5]) is None


def test_a_million_by_hand() -> None:
    assumed = assume(
        {
            "images_per_second": 50,
            "machines": 4,
            "efficiency": 0.5,
            "dimension": 512,
            "thumbnail_bytes": 3_000,
            "metadata_bytes": 100,
            "original_bytes": 10_000,
            "index_seconds": 90,
            "search_ms": 20,
            "facets_ms": 10,
        }
    )
    (one,) = estimate(assumed, sizes=[1_000_000])
    assert one.embed_seconds == pytest.approx(1_000_000 / (50 * 4 * 0.5))
    assert one.index_bytes == pytest.approx(1_000_000 * (512 / 8 + 14))
    assert one.storage_bytes == pytest.approx(1_000_000 * (2_048 + 3_000 + 100 + 10_000 + 78))
    assert one.memory_bytes == pytest.approx(1_000_000 * (850 + 78 + 1_024))
    assert (one.machines, one.index_seconds, one.search_ms, one.facets_ms, one.beyond) == (1, 90, 20, 10, 0)


def test_a_billion_is_spread_over_machines() -> None:
    assumed = assume({"machine_memory_gb": 100, "memory_share": 0.5, "catalog_bytes": 422, "dimension": 512})
    (one,) = estimate(assumed, sizes=[1_000_000_000])
    assert one.machines == 10  # 500 bytes an image, 50 GB a machine
    part = 1_000_000_000 / 10
    assert one.search_ms == pytest.approx(20 * part / 1_000_000 + 3)
    assert one.index_seconds == pytest.approx(90 * 100 * log2(part) / log2(1_000_000))


def test_a_measured_growth_is_followed_and_how_far_past_it_is_told() -> None:
    growth = Growth(Kind.LINEAR, base=1.0, slope=1e-5, error=0.02, sizes=5, largest=400_000)
    (one,) = estimate(Assumptions(), {"search_ms": growth, "facets_ms": None}, [1_000_000])
    assert one.search_ms == pytest.approx(11.0)
    assert one.facets_ms == pytest.approx(10.0)
    assert one.beyond == pytest.approx(2.5)


def test_searches_of_few_images_foretell_none_of_many() -> None:
    """Of few every vector is compared; of many a quantised index is asked, whatever the first grew like."""
    growth = Growth(Kind.LINEAR, base=1.0, slope=1e-4, error=0.02, sizes=5, largest=100_000)
    measured = {"search_ms": growth, "index_build_s": growth, "facets_ms": growth, "open_s": None}
    assert set(foretelling(measured)) == {"facets_ms"}
    (one,) = estimate(Assumptions(), measured, [1_000_000])
    assert (one.search_ms, one.index_seconds) == (Assumptions().search_ms, Assumptions().index_seconds)
    assert one.facets_ms == pytest.approx(101.0)


def test_assumptions_are_told_and_checked() -> None:
    facts = {fact.name: fact for fact in assumption_facts()}
    assert all(fact.help and fact.default >= fact.least for fact in facts.values())
    assert vars(Assumptions()) == {name: fact.default for name, fact in facts.items()}
    with pytest.raises(InputError, match="machnes") as raised:
        assume({"machnes": 3})
    assert "machines" in raised.value.hint
    with pytest.raises(InputError, match="efficiency"):
        assume({"efficiency": 0})
    with pytest.raises(InputError):
        assume({"machines": float("nan")})
