"""Numbers, sizes, times and dates as words, the same everywhere."""

from datetime import UTC, datetime

SIZES = ("bytes", "kB", "MB", "GB", "TB")


def number(value: float) -> str:
    """Return 44446 as "44,446"; a fraction keeps at most two decimals."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def share(part: float, whole: float) -> str:
    """Return 50 of 741 as "6.7%"; never rounds something to nothing or a part to all of it."""
    if whole <= 0:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "<0.1%"
    if 99.9 < percent < 100:
        return ">99.9%"
    return f"{percent:.0f}%" if percent in (0, 100) else f"{percent:.1f}%"


def plural(count: int, one: str, many: str = "") -> str:
    """Return "1 image" or "44,446 images"; words that do not just take an s are given as `many`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def milliseconds(duration_ms: float) -> str:
    """Return 14.2 as "14 ms", 1,240 as "1.2 s" and 72,000 as "1 min 12 s": two figures tell enough."""
    if duration_ms < 9.95:
        return f"{duration_ms:.1f} ms"
    if duration_ms < 999.5:
        return f"{duration_ms:.0f} ms"
    seconds = duration_ms / 1000
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{number(hours)} h {minutes} min" if minutes else f"{number(hours)} h"


def bytes_(size: float) -> str:
    """Return 1,234,567 as "1.2 MB", in powers of 1,000 as disks and buckets count."""
    if size < 1000:
        return plural(int(size), "byte")
    step = 0
    while size >= 999.5 and step < len(SIZES) - 1:
        size /= 1000
        step += 1
    return f"{size:.1f} {SIZES[step]}" if size < 9.95 else f"{size:,.0f} {SIZES[step]}"


def ago(then: datetime, now: datetime | None = None) -> str:
    """Return how long ago that was, or the date where it was over a week ago; a time without a zone is UTC."""
    then = _aware(then)
    seconds = (_aware(now) if now else datetime.now(UTC)).timestamp() - then.timestamp()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h ago"
    if seconds < 7 * 86400:
        days = int(seconds // 86400)
        return "1 day ago" if days == 1 else f"{days} days ago"
    return date(then)


def date(day: datetime) -> str:
    """Return "5 March 2026", which reads the same on both sides of an ocean."""
    return f"{day.day} {day:%B %Y}"


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
