"""What becomes of made pixels: format, quality, colour space, and what the original's file said about itself."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms

from core.errors import ImageError, InputError, near_names

MEDIA_TYPES = {"webp": "image/webp", "jpeg": "image/jpeg", "png": "image/png"}
EXTENSIONS = {"webp": "webp", "jpeg": "jpg", "png": "png"}
COLOURS = {
    "srgb": "Colours of an embedded profile are converted to sRGB",
    "grey": "Shades of grey",
    "original": "Pixels as they are, with the original's profile",
}
METADATA = {"strip": "None", "keep": "The original's EXIF, such as date and camera"}
# EXIF that is of the original's pixels, not of the new ones: orientation, sizes, and how a TIFF file holds its pixels
# with its profile and what other programs keep there.
OF_PIXELS = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 274, 277, 278, 279, 284, 317, 318, 319, 320, 322, 323, 324, 325,
     330, 338, 339, 347, 529, 530, 531, 532, 700, 33723, 34377, 34675}
)  # fmt: skip
JPEG_BEGINS = b"\xff\xd8"
WEBP_EFFORT = 4  # 0 to 6
MOST_PROFILE = 4_000_000  # bytes of a colour profile that is read


@dataclass(frozen=True)
class Output:
    """How a made picture is written."""

    format: str = "webp"  # "webp", "jpeg" or "png"
    quality: int = 90  # 1 to 100; of webp and jpeg
    colour: str = "srgb"  # "srgb", "grey" or "original"
    metadata: str = "strip"  # "strip" or "keep": EXIF of the original

    @property
    def media_type(self) -> str:
        """As HTTP calls the format."""
        return MEDIA_TYPES[self.format]

    @property
    def extension(self) -> str:
        """Of a file's name, without the dot."""
        return EXTENSIONS[self.format]


@dataclass(frozen=True)
class SourceInfo:
    """What a picture's file says about itself beside its pixels."""

    exif: bytes = b""
    profile: bytes = b""  # ICC, of RGB colours


def check_output(output: Output) -> Output:
    """The same output, or an InputError that says what there is."""
    for what, value, known in (
        ("format", output.format, MEDIA_TYPES),
        ("colour", output.colour, COLOURS),
        ("metadata", output.metadata, METADATA),
    ):
        if value not in known:
            raise InputError(f"“{str(value)[:40]}” is no {what} of a picture.", "", near_names(str(value)[:40], known))
    if not isinstance(output.quality, int) or isinstance(output.quality, bool) or not 1 <= output.quality <= 100:
        raise InputError(f"A quality of {str(output.quality)[:40]} cannot be had.", "It is a number from 1 to 100.")
    return output


def source_info(data: bytes) -> SourceInfo:
    """What a file's bytes say beside the pixels; nothing where that cannot be read."""
    if data.startswith(JPEG_BEGINS) and b"Exif" not in data and b"ICC_PROFILE" not in data:
        return SourceInfo()  # as most product photos; opening a file once more would take longer than to decode it
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "TIFF", "AVIF")) as image:
            exif = image.getexif()
            for tag in OF_PIXELS & set(exif):
                del exif[tag]
            profile = image.info.get("icc_profile") or b""
            return SourceInfo(exif.tobytes() if len(exif) else b"", profile if _is_rgb(profile) else b"")
    except Exception:  # whatever a decoder raises: the pixels were read, and that is what counts
        return SourceInfo()


def encode(image: Image.Image, output: Output, source: SourceInfo | None = None) -> bytes:
    """The bytes of a file; the same picture, output and source give the same bytes."""
    source = source or SourceInfo()
    options: dict[str, Any] = {} if output.format == "png" else {"quality": output.quality}
    if output.format == "webp":
        options["method"] = WEBP_EFFORT
    if output.metadata == "keep" and source.exif:
        options["exif"] = source.exif
    options["icc_profile"] = (source.profile or None) if output.colour == "original" else None
    buffer = io.BytesIO()
    try:
        _coloured(image, output, source).save(buffer, output.format.upper(), **options)
    except (OSError, ValueError) as error:
        size = f"{image.width:,} × {image.height:,} pixels"
        raise ImageError(f"A picture of {size} cannot be written as {output.format}.", str(error)[:200]) from error
    return buffer.getvalue()


def _coloured(image: Image.Image, output: Output, source: SourceInfo) -> Image.Image:
    """The pixels in the colour space that is asked for."""
    if output.colour != "original" and source.profile:
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(source.profile))
            if "sRGB" not in ImageCms.getProfileDescription(profile):
                image = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB")) or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a damaged profile says nothing about the colours
    return image.convert("L") if output.colour == "grey" else image


def _is_rgb(profile: bytes) -> bool:
    """Whether a profile is one of RGB colours, by its header."""
    return 128 <= len(profile) <= MOST_PROFILE and profile[16:20] == b"RGB "
