"""Every kind of picture comes out as RGB on white; every kind of rubbish as an ImageError with its code."""

import hashlib
import io
import os
import struct
import threading
import warnings
import zlib
from contextlib import suppress
from dataclasses import replace

import imagehash
import numpy as np
import pytest
from PIL import Image

from core.errors import ImageError
from core.ingest.decode import content_type, decode, to_rgb

SIZE = (40, 30)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def gradient(size: tuple[int, int] = SIZE) -> Image.Image:
    across = np.linspace(0, 255, size[0], dtype=np.uint8)
    down = np.linspace(0, 255, size[1], dtype=np.uint8)
    red, green = np.meshgrid(across, down)
    return Image.fromarray(np.dstack([red, green, np.full_like(red, 90)]))


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))


def png_header(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return start + struct.pack(">I", 1000) + b"IDAT" + bytes(500)


def refused(data: bytes, settings, code: str) -> ImageError:
    with pytest.raises(ImageError) as caught:
        decode(data, settings)
    assert caught.value.code == code
    assert caught.value.title
    return caught.value


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("AVIF", "image/avif"),
    ],
)
def test_every_supported_kind_is_decoded(settings, form, media_type):
    data = saved(gradient(), form)
    found = decode(data, settings)
    assert content_type(data) == media_type
    assert (found.width, found.height) == SIZE
    assert (found.image.mode, found.image.size) == ("RGB", SIZE)
    assert found.content_hash == hashlib.sha256(data).hexdigest()
    assert content_type(found.thumbnail) == "image/webp"
    difference = np.abs(np.asarray(found.image, dtype=int) - np.asarray(gradient(), dtype=int))
    assert difference.mean() < 12


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("part", [0.3, 0.7])
def test_a_file_that_is_cut_short_is_refused(settings, form, part):
    data = saved(noise((64, 48)), form)
    with pytest.raises(ImageError) as caught:
        decode(data[: int(len(data) * part)], settings)
    assert caught.value.code == "truncated"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_damaged_bytes_never_raise_anything_else(settings, form):
    data = saved(noise((32, 24)), form)
    random = np.random.default_rng(3)
    for _ in range(60):
        broken = bytearray(data)
        for place in random.integers(0, len(data), 6):
            broken[place] = int(random.integers(0, 256))
        with suppress(ImageError):
            decode(bytes(broken[: int(random.integers(1, len(data) + 1))]), settings)


def test_the_content_and_not_the_suffix_decides(settings):
    refused(b"These are notes about a picture.", settings, "not-an-image")
    assert "PDF" in refused(b"%PDF-1.7 ...", settings, "not-an-image").detail
    assert "HTML" in refused(b"\n<!DOCTYPE html><title>404</title>", settings, "not-an-image").detail
    assert "HEIC" in refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", settings, "not-an-image").detail
    assert refused(b"BMW is a maker of cars and motorcycles.", settings, "not-an-image")


def test_an_empty_file_says_so(settings):
    refused(b"", settings, "empty")


def test_a_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded(settings):
    error = refused(png_header(60000, 60000), settings, "too-large")
    assert "60,000" in error.detail
    webp = b"RIFF" + struct.pack("<I", 100) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + b"\xff\x3f\0" * 2
    refused(webp + b"\0" * 80, settings, "too-large")
    small = replace(settings, max_pixels=1_000)
    refused(saved(gradient(), "JPEG"), small, "too-large")


def test_a_picture_of_more_pixels_than_pillow_likes_is_decoded_without_a_warning(settings, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    assert decode(saved(gradient(), "PNG"), settings).width == 40
    assert Image.MAX_IMAGE_PIXELS == 500


def test_a_file_of_too_many_bytes_is_refused(settings):
    refused(saved(noise((64, 64)), "PNG"), replace(settings, max_bytes=1_000), "too-large")


def test_running_out_of_memory_is_a_refusal_and_no_crash(settings, monkeypatch):
    def hungry(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image.Image, "draft", hungry)
    refused(saved(gradient(), "PNG"), settings, "too-large")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_orientation_is_applied(settings, form, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    marked = Image.new("RGB", (48, 32), "white")
    marked.paste((255, 0, 0), (0, 0, 24, 16))
    found = decode(saved(marked, form, exif=exif), settings)
    assert (found.width, found.height) == ((48, 32) if orientation < 5 else (32, 48))
    assert found.image.size == (found.width, found.height)
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[orientation]
    place = tuple(5 if not far else length - 6 for far, length in zip(corner, found.image.size, strict=True))
    red, green, _ = found.image.getpixel(place)
    assert red > 180
    assert green < 90


def test_damaged_metadata_is_no_reason_to_refuse_a_picture(settings):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        data = saved(gradient(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff garbage")
        assert decode(data, settings).width == 40
    assert not seen


def test_cmyk_becomes_rgb(settings):
    cyan = saved(Image.new("CMYK", SIZE, (255, 0, 0, 0)), "JPEG")
    red, green, blue = decode(cyan, settings).image.getpixel((5, 5))
    assert red < 40
    assert min(green, blue) > 200


def test_inverted_cmyk_of_adobe_is_turned_around(settings):
    data = saved(Image.new("CMYK", SIZE, (255, 0, 0, 0)), "JPEG")
    assert b"Adobe" in data
    tiff = saved(Image.new("CMYK", SIZE, (255, 0, 0, 0)), "TIFF")
    near = np.abs(
        np.asarray(decode(data, settings).image, dtype=int) - np.asarray(decode(tiff, settings).image, dtype=int)
    )
    assert near.max() < 12


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_not_clipped(settings, form):
    levels = np.linspace(0, 65535, 256, dtype=np.uint16)[None, :].repeat(4, axis=0)
    found = np.asarray(decode(saved(Image.fromarray(levels), form), settings).image)
    assert found[0, 0, 0] == 0
    assert found[0, 255, 0] == 255
    assert abs(int(found[0, 128, 0]) - 128) <= 1


def test_floating_point_pictures_use_their_own_range(settings):
    unit = Image.fromarray(np.linspace(0, 1, 256, dtype=np.float32)[None, :].repeat(4, axis=0))
    assert to_rgb(unit).getpixel((255, 0)) == (255, 255, 255)
    far = Image.fromarray(np.array([[-500.0, np.nan, 500.0]], dtype=np.float32))
    assert [to_rgb(far).getpixel((x, 0))[0] for x in range(3)] == [0, 128, 255]
    flat = Image.fromarray(np.full((2, 2), 100_000, dtype=np.int32))
    assert to_rgb(flat).size == (2, 2)


def test_transparency_is_filled_with_white(settings):
    clear = saved(Image.new("RGBA", SIZE, (255, 0, 0, 0)), "PNG")
    half = saved(Image.new("LA", SIZE, (0, 128)), "PNG")
    palette = Image.new("P", SIZE, 3)
    palette.putpalette([0, 0, 0] * 256)
    assert decode(clear, settings).image.getpixel((3, 3)) == (255, 255, 255)
    assert abs(decode(half, settings).image.getpixel((3, 3))[0] - 127) <= 1
    for form in ("PNG", "GIF"):
        assert decode(saved(palette, form, transparency=3), settings).image.getpixel((3, 3)) == (255, 255, 255)
    keyed = saved(Image.new("RGB", SIZE, (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    assert decode(keyed, settings).image.getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "PA"])
def test_any_mode_becomes_rgb(mode):
    assert to_rgb(Image.new(mode, (4, 3))).mode == "RGB"


def test_the_first_frame_of_an_animation_counts(settings):
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "blue")]
    for form in ("GIF", "WEBP", "PNG", "TIFF"):
        data = saved(frames[0], form, save_all=True, append_images=frames[1:])
        assert decode(data, settings).image.getpixel((5, 5))[0] > 200


def test_large_photographs_shrink_and_small_ones_stay(settings):
    found = decode(saved(gradient((3000, 1500)), "JPEG"), settings)
    assert (found.width, found.height) == (3000, 1500)
    assert found.image.size == (512, 256)
    assert Image.open(io.BytesIO(found.thumbnail)).size == (256, 128)
    small = decode(saved(gradient((20, 10)), "PNG"), settings)
    assert small.image.size == (20, 10)
    assert Image.open(io.BytesIO(small.thumbnail)).size == (20, 10)
    tiny = decode(saved(gradient((3000, 1500)), "JPEG"), settings, work_px=64)
    assert tiny.image.size == (64, 32)
    assert Image.open(io.BytesIO(tiny.thumbnail)).size == (256, 128)
    sliver = decode(saved(gradient((4000, 2)), "PNG"), settings)
    assert sliver.image.size == (512, 1)


def test_hashes_are_those_of_imagehash(settings):
    pictures = [gradient(), noise((70, 90)), noise((600, 500)), Image.new("RGB", SIZE, "white"), gradient((9, 200))]
    for picture in pictures:
        for form in ("PNG", "JPEG"):
            found = decode(saved(picture, form), settings)
            for own, reference in ((found.phash, imagehash.phash), (found.dhash, imagehash.dhash)):
                expected = int.from_bytes(bytes.fromhex(str(reference(found.image))), "big", signed=True)
                assert own == expected
                assert -(2**63) <= own < 2**63


def test_the_result_stands_alone(settings):
    found = decode(saved(gradient(), "JPEG"), settings)
    assert type(found.image) is Image.Image
    found.image.load()


def test_decoding_from_many_threads_gives_the_same(settings):
    data = saved(noise((200, 100)), "WEBP", quality=50)
    expected = decode(data, settings)
    found = []
    threads = [threading.Thread(target=lambda: found.append(decode(data, settings))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((item.phash, item.thumbnail) == (expected.phash, expected.thumbnail) for item in found)
    assert len(found) == 8


def test_random_bytes_behind_a_right_beginning_are_unreadable(settings):
    for start in (
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"II*\0",
        b"RIFF\x10\0\0\0WEBP",
        b"\0\0\0\x18ftypavif",
    ):
        with pytest.raises(ImageError):
            decode(start + os.urandom(300), settings)
