"""Signed addresses: good for exactly what was signed, by the workspace's own key."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import StorageError
from core.links import image_link
from core.signing import FILE, Signer

ADDRESS = "/api/images/a%2Fb/thumbnail?collection=shoes&v=0123456789abcdef"


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(tmp_path)


def holds(signer: Signer, address: str) -> bool:
    path, _, query = address.partition("?")
    return signer.check(path, query)


def test_a_signed_address_holds_and_stays_the_same(signer: Signer, tmp_path: Path) -> None:
    signed = signer.sign(ADDRESS)
    assert signed.startswith(f"{ADDRESS}&s=")
    assert holds(signer, signed)
    assert signer.sign(ADDRESS) == signed
    assert Signer(tmp_path).sign(ADDRESS) == signed
    assert not holds(signer, ADDRESS)


def test_an_address_without_parameters_is_signed_too(signer: Signer) -> None:
    signed = signer.sign("/api/images/1/original")
    assert signed.startswith("/api/images/1/original?s=")
    assert holds(signer, signed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a%2Fb", "a%2Fc"),
        ("a%2Fb", "a%252Fb"),
        ("/thumbnail", "/original"),
        ("collection=shoes", "collection=hats"),
        ("collection=shoes&", ""),
        ("collection=shoes", "collection=shoes&collection=hats"),
        ("v=0123456789abcdef", "v="),
        ("collection=shoes&v=0123456789abcdef", "v=0123456789abcdef&collection=shoes"),
        ("&v=", "%26v="),
        ("&s=", "&extra=1&s="),
        ("&s=", "&s=x&s="),
        ("&s=", "&S="),
        ("&s=", "&s=%20"),
    ],
)
def test_any_change_breaks_it(signer: Signer, old: str, new: str) -> None:
    signed = signer.sign(ADDRESS)
    assert old in signed
    assert not holds(signer, signed.replace(old, new, 1))


def test_odd_signatures_do_not_hold(signer: Signer) -> None:
    signed = signer.sign(ADDRESS)
    signature = signed.rpartition("=")[2]
    for wrong in ("", signature[:-1], signature + "A", signature.swapcase(), "ключ", "%FF", "A" * 22, "\ud800"):
        assert not holds(signer, f"{ADDRESS}&s={wrong}")
    assert not signer.check("/api", "&".join(f"a{number}=1" for number in range(50)) + f"&s={signature}")


def test_another_workspace_has_another_key(signer: Signer, tmp_path: Path) -> None:
    other = Signer(tmp_path / "other")
    signed = signer.sign(ADDRESS)
    assert not holds(other, signed)
    assert other.sign(ADDRESS) != signed
    assert not holds(other, signed)


def test_checking_makes_no_key(signer: Signer, tmp_path: Path) -> None:
    assert not holds(signer, f"{ADDRESS}&s=AAAAAAAAAAAAAAAAAAAAAA")
    assert list(tmp_path.iterdir()) == []


def test_removing_the_key_voids_every_address(signer: Signer, tmp_path: Path) -> None:
    signed = signer.sign(ADDRESS)
    (tmp_path / FILE).unlink()
    assert not holds(signer, signed)
    new = signer.sign(ADDRESS)
    assert new != signed
    assert holds(signer, new)
    assert not holds(signer, signed)


def test_the_key_is_random_and_its_owners_alone(signer: Signer, tmp_path: Path) -> None:
    signer.sign(ADDRESS)
    Signer(tmp_path / "other").sign(ADDRESS)
    key = (tmp_path / FILE).read_bytes()
    assert len(key) == 32
    assert key != (tmp_path / "other" / FILE).read_bytes()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 33])
def test_a_damaged_key_signs_nothing(signer: Signer, tmp_path: Path, key: bytes) -> None:
    (tmp_path / FILE).write_bytes(key)
    with pytest.raises(StorageError, match="damaged"):
        signer.sign(ADDRESS)
    with pytest.raises(StorageError, match="damaged"):
        holds(signer, f"{ADDRESS}&s=AAAAAAAAAAAAAAAAAAAAAA")


def test_many_at_once_make_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        signed = set(pool.map(lambda _: Signer(tmp_path).sign(ADDRESS), range(64)))
    assert len(signed) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["locks", FILE]


@given(id=st.text(min_size=1, max_size=20), collection=st.from_regex(r"[a-z0-9_-]{1,20}", fullmatch=True))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_image_is_signed_and_another_encoding_is_the_same_address(signer: Signer, id: str, collection: str) -> None:
    signed = signer.sign(image_link(collection, id, "thumbnail", "0" * 64))
    assert holds(signer, signed)
    path, _, query = signed.partition("?")
    decoded = f"/api/images/{id}/thumbnail"
    assert signer.check(quote(decoded), query)
    assert signer.check("".join(f"%{byte:02x}" for byte in decoded.encode()), query)
    assert not signer.check(quote(f"/api/images/{id}x/thumbnail"), query)
    assert not signer.check(
        path, query.replace(f"collection={collection}", f"collection={quote_plus(collection + 'x')}")
    )
