"""Numbers, sizes and times as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ui.words import ago, bytes_, date, milliseconds, number, plural, share

NOW = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [(44446, "44,446"), (0, "0"), (-1200, "-1,200"), (12.5, "12.5"), (1234.0, "1,234"), (0.126, "0.13")],
)
def test_numbers(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(50, 741, "6.7%"), (0, 5, "0%"), (5, 5, "100%"), (1, 44446, "<0.1%"), (44445, 44446, ">99.9%"), (0, 0, "–")],
)
def test_shares(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words


def test_plurals() -> None:
    assert plural(1, "image") == "1 image"
    assert plural(0, "image") == "0 images"
    assert plural(1284, "category", "categories") == "1,284 categories"


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (0.42, "0.4 ms"),
        (9.97, "10 ms"),
        (14.2, "14 ms"),
        (999.6, "1.0 s"),
        (1240, "1.2 s"),
        (42_000, "42 s"),
        (60_000, "1 min"),
        (72_000, "1 min 12 s"),
        (3_600_000, "1 h"),
        (5_430_000, "1 h 30 min"),
    ],
)
def test_durations(duration: float, words: str) -> None:
    assert milliseconds(duration) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_700, "1.0 MB"),
        (1_234_567, "1.2 MB"),
        (52e9, "52 GB"),
        (5e16, "50,000 TB"),
    ],
)
def test_sizes(size: float, words: str) -> None:
    assert bytes_(size) == words


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=7), "5 March 2026"),
    ],
)
def test_how_long_ago(past: timedelta, words: str) -> None:
    assert ago(NOW - past, NOW) == words


def test_times_without_a_zone_are_utc() -> None:
    assert ago(NOW.replace(tzinfo=None) - timedelta(hours=2), NOW) == "2 h ago"
    assert ago((NOW - timedelta(hours=2)).astimezone(timezone(timedelta(hours=9))), NOW) == "2 h ago"


def test_dates() -> None:
    assert date(NOW) == "12 March 2026"
