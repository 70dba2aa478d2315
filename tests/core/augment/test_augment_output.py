"""How pictures are written: format, quality, colour space, and what the original's file said."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from core.augment.output import Output, SourceInfo, check_output, encode, source_info
from core.errors import ImageError, InputError


@pytest.fixture
def image() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def photo(profile: bytes = b"") -> bytes:
    """A JPEG with a camera's name, turned, and a colour profile."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "A camera", 6
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(buffer, "JPEG", exif=exif, icc_profile=profile or None)
    return buffer.getvalue()


def wide_profile() -> bytes:
    """A profile whose red is another one than sRGB's: sRGB with red and green exchanged."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = data.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")
    return data.replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))


@pytest.mark.parametrize(("format", "kind"), [("webp", "WEBP"), ("jpeg", "JPEG"), ("png", "PNG")])
def test_every_format_the_same_bytes_again(format: str, kind: str, image: Image.Image) -> None:
    output = Output(format)
    data = encode(image, output)
    assert opened(data).format == kind
    assert opened(data).size == image.size
    assert encode(image, output) == data
    assert output.media_type == f"image/{format}"
    assert output.extension in ("webp", "jpg", "png")


def test_quality_makes_smaller_files(image: Image.Image) -> None:
    for format in ("webp", "jpeg"):
        assert len(encode(image, Output(format, 20))) < len(encode(image, Output(format, 95)))


def test_grey_has_one_channel_where_the_format_has_that(image: Image.Image) -> None:
    assert opened(encode(image, Output("png", colour="grey"))).mode == "L"
    pixels = np.asarray(opened(encode(image, Output("webp", colour="grey"))).convert("RGB"), dtype=int)
    assert abs(pixels[..., 0] - pixels[..., 1]).max() < 4  # YUV


def test_metadata_is_kept_or_stripped_and_pictures_are_not_turned_twice(image: Image.Image) -> None:
    source = source_info(photo())
    for format in ("jpeg", "png", "webp"):
        kept = opened(encode(image, Output(format, metadata="keep"), source)).getexif()
        assert kept[0x010F] == "A camera"
        assert 0x0112 not in kept
        assert not opened(encode(image, Output(format), source)).getexif()


def test_what_a_tiff_says_of_its_pixels_is_not_said_of_the_new_ones(image: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A maker"
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", exif=exif, icc_profile=b"\0" * 200)
    kept = encode(image.resize((20, 10)), Output("jpeg", metadata="keep"), source_info(buffer.getvalue()))
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {0x010F: "A maker"}


def test_colours_of_a_profile_are_converted_or_the_profile_goes_along() -> None:
    source = source_info(photo(wide_profile()))
    red = Image.new("RGB", (8, 8), (250, 20, 20))
    converted = opened(encode(red, Output("png"), source))
    assert converted.getpixel((4, 4)) != (250, 20, 20)
    assert "icc_profile" not in converted.info
    as_it_was = opened(encode(red, Output("png", colour="original"), source))
    assert as_it_was.getpixel((4, 4)) == (250, 20, 20)
    assert as_it_was.info["icc_profile"] == source.profile


def test_an_srgb_profile_changes_nothing(image: Image.Image) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = opened(encode(image, Output("png"), SourceInfo(profile=profile)))
    assert made.tobytes() == image.tobytes()


def test_a_file_that_says_nothing_or_nonsense_is_no_trouble(image: Image.Image) -> None:
    for data in (b"", b"nonsense", photo()[:50]):
        assert source_info(data) == SourceInfo()
    damaged = SourceInfo(profile=b"\0" * 16 + b"RGB " + b"\0" * 200)
    assert opened(encode(image, Output("png"), damaged)).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    "output",
    [Output("gif"), Output(quality=0), Output(quality=101), Output(quality=True), Output(colour="red"),
     Output(metadata="x")],
)  # fmt: skip
def test_what_there_is_not_is_refused(output: Output) -> None:
    with pytest.raises(InputError):
        check_output(output)


def test_a_picture_too_large_for_a_format_says_so() -> None:
    with pytest.raises(ImageError, match="cannot be written as webp"):
        encode(Image.new("RGB", (17_000, 1)), Output("webp"))
