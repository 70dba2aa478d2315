"""Bytes of one file to what a collection keeps of it: pixels, size, thumbnail, hashes.

Whatever is wrong with the bytes becomes an ImageError whose code the ledger counts:
"empty", "not-an-image", "too-large", "truncated" or "unreadable".
"""

import hashlib
import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from core.errors import ImageError
from core.ingest.kinds import content_type, foreign_kind, is_cut_short, webp_size
from core.settings import Settings

__all__ = ["Decoded", "as_decoded", "content_type", "decode", "decode_pixels", "to_rgb"]

WORK_PX = 512  # long side of what an encoder sees at the most, pixels
THUMBNAIL_PX = 256  # long side of a thumbnail, pixels
THUMBNAIL_QUALITY = 80
THUMBNAIL_METHOD = 2  # WebP effort: 4 takes half as long again for files 3 % smaller
DRAFT_MARGIN = 1.5  # a JPEG is decoded at least this much larger than needed, so that the last step still smooths
HASH_PX = 8  # hashes have 8 x 8 bits
PHASH_PX = 32  # side of the picture that the phash's cosine transform sees
ORIENTATION_TAG = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
FIRST_SIDEWAYS = 5  # orientations from here on swap width and height
SMOOTH_MODES = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"})  # can be made smaller without converting first
PILLOW_REMARKS = ("ignore", None, Warning, re.compile(r"PIL\."), 0)
SUPPORTED = "JPEG, PNG, WebP, GIF, BMP, TIFF and AVIF are read."

OPENERS: dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/gif": GifImagePlugin.GifImageFile,
    "image/bmp": BmpImagePlugin.BmpImageFile,
    "image/tiff": TiffImagePlugin.TiffImageFile,
    "image/avif": AvifImagePlugin.AvifImageFile,
}


@dataclass(frozen=True)
class Decoded:
    """One picture, ready for the encoder and the collection."""

    image: Image.Image  # RGB, orientation applied, on white, at most `work_px` on its long side
    width: int  # of the original after orientation, pixels
    height: int  # of the original after orientation, pixels
    thumbnail: bytes  # WebP, long side at most 256, never enlarged
    content_hash: str  # SHA-256 of the file's bytes, hexadecimal
    phash: int  # 64-bit perceptual hash (cosine transform) as a signed integer
    dhash: int  # 64-bit difference hash as a signed integer


def decode(data: bytes, settings: Settings, *, work_px: int = WORK_PX) -> Decoded:
    """Decode the bytes of one file; any failure is an ImageError, whatever the decoder raised."""
    with _refusing(data, settings):
        size, base = _reduced(_open(data, settings), max(work_px, THUMBNAIL_PX))
        return _facts(data, size, base, work_px)


def decode_pixels(data: bytes, settings: Settings, *, work_px: int = WORK_PX) -> Image.Image:
    """The picture alone, as `decode` gives it to an encoder, without what a collection keeps beside it."""
    with _refusing(data, settings):
        base = _reduced(_open(data, settings), max(work_px, THUMBNAIL_PX))[1]
        return _resized(base, _fitted(base.size, work_px))


def as_decoded(image: Image.Image) -> Image.Image:
    """A picture in memory as an encoder sees it once it has come in: no larger than `decode` leaves it."""
    return _resized(image, _fitted(image.size, WORK_PX))


@contextmanager
def _refusing(data: bytes, settings: Settings) -> Iterator[None]:
    """Turn whatever goes wrong in the block into an ImageError about these bytes."""
    _quieten()
    if len(data) > settings.max_bytes:
        raise _too_large(f"It has {len(data):,} bytes; the limit is {settings.max_bytes:,}.", "VITRINE_MAX_BYTES")
    try:
        yield
    except ImageError:
        raise
    except MemoryError:
        raise _too_large("It needs more memory than there is.", "VITRINE_MAX_PIXELS") from None
    except Exception as error:
        raise _refusal(data, error) from error


def to_rgb(image: Image.Image) -> Image.Image:
    """Any Pillow image as 8-bit RGB on white: 16-bit is scaled, CMYK and palettes converted, transparency filled."""
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    canvas = Image.new("RGB", layer.size, "white")
    canvas.paste(layer, mask=layer.getchannel("A"))
    return canvas


def _open(data: bytes, settings: Settings) -> ImageFile.ImageFile:
    """The right decoder over the bytes, header read and size checked, no pixel decoded yet.

    The plugin class is called directly: Image.open would test against a limit that is global to the process.
    """
    if not data:
        raise ImageError("The file is empty.", "It has 0 bytes.", code="empty")
    kind = content_type(data)
    if kind is None:
        seems = foreign_kind(data)
        raise ImageError(
            "This is not an image.", f"It seems to be {seems}." if seems else "", SUPPORTED, code="not-an-image"
        )
    if kind == "image/webp":
        _check_pixels(webp_size(data), settings)
    image = OPENERS[kind](io.BytesIO(data))
    _check_pixels(image.size, settings)
    return image


def _check_pixels(size: tuple[int, int], settings: Settings) -> None:
    if size[0] * size[1] > settings.max_pixels:
        detail = f"It has {size[0]:,} × {size[1]:,} pixels; the limit is {settings.max_pixels:,}."
        raise _too_large(detail, "VITRINE_MAX_PIXELS")


def _reduced(image: ImageFile.ImageFile, px: int) -> tuple[tuple[int, int], Image.Image]:
    """The original's size and an RGB copy with at most `px` on its long side, both after orientation."""
    size = image.size
    target = _fitted(size, px)
    image.draft(None, (round(target[0] * DRAFT_MARGIN), round(target[1] * DRAFT_MARGIN)))
    image.load()
    orientation = _orientation(image)
    smooth = image.mode in SMOOTH_MODES and "transparency" not in image.info
    small = to_rgb(_resized(image if smooth else to_rgb(image), target))
    if orientation not in TURNS:
        return size, small
    return (size[::-1] if orientation >= FIRST_SIDEWAYS else size), small.transpose(TURNS[orientation])


def _facts(data: bytes, size: tuple[int, int], base: Image.Image, work_px: int) -> Decoded:
    image = _resized(base, _fitted(base.size, work_px))
    buffer = io.BytesIO()
    _resized(base, _fitted(base.size, THUMBNAIL_PX)).save(
        buffer, "WEBP", quality=THUMBNAIL_QUALITY, method=THUMBNAIL_METHOD
    )
    phash, dhash = hashes_of(image)
    return Decoded(
        image=image,
        width=size[0],
        height=size[1],
        thumbnail=buffer.getvalue(),
        content_hash=hashlib.sha256(data).hexdigest(),
        phash=phash,
        dhash=dhash,
    )


def _orientation(image: ImageFile.ImageFile) -> int:
    """The EXIF orientation, 1 to 8; damaged EXIF is no reason to refuse a picture."""
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:
        return 1


def _fitted(size: tuple[int, int], px: int) -> tuple[int, int]:
    """`size` shrunk so that its long side is at most `px`, never enlarged, never below one pixel."""
    scale = min(1.0, px / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def hashes_of(image: Image.Image) -> tuple[int, int]:
    """The perceptual and the difference hash of a picture, each 64 bits as a signed integer."""
    grey = image.convert("L")
    return _phash(grey), _dhash(grey)


def _phash(grey: Image.Image) -> int:
    """The same 64 bits as imagehash.phash, for a fraction of its set-up."""
    from scipy import fft  # slow to import, and not needed before the first picture

    pixels = np.asarray(grey.resize((PHASH_PX, PHASH_PX), Image.Resampling.LANCZOS), dtype=np.float64)
    low = fft.dctn(pixels, axes=(0, 1))[:HASH_PX, :HASH_PX]
    return _signed(low > np.median(low))


def _dhash(grey: Image.Image) -> int:
    """The same 64 bits as imagehash.dhash."""
    pixels = np.asarray(grey.resize((HASH_PX + 1, HASH_PX), Image.Resampling.LANCZOS))
    return _signed(pixels[:, 1:] > pixels[:, :-1])


def _signed(bits: NDArray[np.bool_]) -> int:
    """64 bits, first one highest, as a signed 64-bit integer."""
    return int.from_bytes(np.packbits(bits).tobytes(), "big", signed=True)


def _eight_bits(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """16-bit, 32-bit and floating-point grey as 0 to 255: over the range of 16 bits, or of the data where larger."""
    levels = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(levels.min()), float(levels.max())
    if values.dtype.kind == "f" and low >= 0 and high <= 1:
        levels = levels * 255
    elif values.dtype.itemsize == 2 or (low >= 0 and 255 < high <= 65535):
        levels = levels / 257
    elif low < 0 or high > 255:
        levels = (levels - low) * (255 / max(high - low, 1.0))
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def _quieten() -> None:
    """Keep Pillow's remarks about odd metadata out of logs.

    The filter stays: warnings.catch_warnings swaps state that every thread shares, and decoding runs in several.
    """
    if PILLOW_REMARKS not in warnings.filters:
        warnings.filterwarnings("ignore", module=r"PIL\.")


def _too_large(detail: str, setting: str) -> ImageError:
    return ImageError("The image is too large.", detail, f"Raise {setting} to read it all the same.", code="too-large")


def _refusal(data: bytes, error: Exception) -> ImageError:
    """The ImageError for whatever a decoder raised."""
    said = str(error) or type(error).__name__
    if isinstance(error, Image.DecompressionBombError):
        return _too_large(f"{said[:200]}", "VITRINE_MAX_PIXELS")
    if "truncated" in said.lower() or is_cut_short(data):
        return ImageError("The image file is cut short.", f"It ends after {len(data):,} bytes.", code="truncated")
    return ImageError("The image cannot be decoded.", f"The decoder says: {said[:200]}", code="unreadable")
