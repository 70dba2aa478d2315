"""What a file is, told by its first bytes: a suffix is a claim, the content is the fact."""

from collections.abc import Callable

TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
BMP_HEADER_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
AVIF_BRANDS = frozenset({b"avif", b"avis"})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})
HEAD_BYTES = 64  # enough of a file for content_type()

FOREIGN_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"PK\3\4", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"8BPS", "a Photoshop document"),
    (b"\0\0\1\0", "a Windows icon"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (b"<svg", "an SVG drawing"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<!doctype", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML document"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself"),
)


def content_type(data: bytes) -> str | None:
    """The media type of image bytes such as "image/jpeg", or None; the first 64 bytes are enough."""
    for media_type, holds in _SIGNS.items():
        if holds(data):
            return media_type
    return None


def foreign_kind(data: bytes) -> str:
    """What bytes that are no supported image seem to be, as a phrase for an error; "" when nothing is known."""
    if _brands(data) & HEIC_BRANDS:
        return "a HEIC image"
    start = data[:256].lstrip()
    return next((phrase for mark, phrase in FOREIGN_KINDS if start.startswith(mark) or data.startswith(mark)), "")


def is_cut_short(data: bytes) -> bool:
    """Whether image bytes that do not decode end before their own structure says so."""
    if data.startswith(b"\xff\xd8\xff"):
        return b"\xff\xd9" not in data[-1024:]
    if data.startswith(b"\x89PNG"):
        return b"IEND" not in data
    if data[:4] == b"RIFF":
        return int.from_bytes(data[4:8], "little") + 8 > len(data) + 1
    at = 0
    while data[4:8] == b"ftyp" and at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:  # the last box, or one of a length that is stated elsewhere
            return False
        at += size
    return at > len(data) or 0 < len(data) - at < 8


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels from a WebP header, (0, 0) when there is none.

    Pillow allocates the whole canvas when it opens a WebP file, so the size has to be known before that.
    """
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        return 0, 0
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _brands(data: bytes) -> set[bytes]:
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4], "big"), HEAD_BYTES, len(data))
    return {data[8:12]} | {data[at : at + 4] for at in range(16, end - 3, 4)}


def _is_bmp(data: bytes) -> bool:
    return data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in BMP_HEADER_SIZES


_SIGNS: dict[str, Callable[[bytes], bool]] = {
    "image/jpeg": lambda data: data.startswith(b"\xff\xd8\xff"),
    "image/png": lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP",
    "image/gif": lambda data: data[:6] in (b"GIF87a", b"GIF89a"),
    "image/bmp": _is_bmp,
    "image/tiff": lambda data: data[:4] in TIFF_MARKS,
    "image/avif": lambda data: bool(_brands(data) & AVIF_BRANDS),
}
