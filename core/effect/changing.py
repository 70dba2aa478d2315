"""Images of the sample, read at full size and changed in every way that is measured."""

import threading
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image

from core.augment.apply import Applier
from core.effect.sample import Asked
from core.effect.strengths import Arrangement
from core.errors import InputError, VitrineError
from core.ingest.decode import as_decoded
from core.ingest.originals import OriginalReader
from core.ingest.pictures import Stored, full_pixels
from core.ingest.stream import in_order
from core.settings import Settings

AHEAD = 2  # images, with every change of theirs, that wait for the encoder; this bounds memory


@dataclass(frozen=True)
class Changed:
    """What became of one image."""

    pictures: tuple[Image.Image | None, ...]  # one for each arrangement, as an encoder sees it
    failures: tuple[str, ...]  # why there is none; "" where there is
    unread: str = ""  # why there is none at all


def changed(
    asked: Sequence[Asked], ways: Sequence[Arrangement], originals: OriginalReader, settings: Settings
) -> Generator[Changed, None, None]:
    """Each image changed in every way, read and changed in threads ahead of the encoder."""
    mine = threading.local()

    def change(one: Asked) -> Changed:
        if not hasattr(mine, "appliers"):  # one pipeline made ready serves one thread
            mine.appliers = [None if way.pipeline is None else Applier(way.pipeline) for way in ways]
        row = one.row
        try:
            image = full_pixels(Stored(row.id, str(row.values["uri"]), row.content_hash), originals, settings)
        except VitrineError as error:
            return Changed((), (), str(error))
        made = [_one(applier, image, row.id) for applier in mine.appliers]
        return Changed(tuple(picture for picture, _ in made), tuple(why for _, why in made))

    threads = max(1, settings.decode_threads)
    with ThreadPoolExecutor(threads, thread_name_prefix="change") as pool:
        yield from in_order(pool, change, asked, threads + AHEAD)


def _one(applier: Applier | None, image: Image.Image, key: str) -> tuple[Image.Image | None, str]:
    """An image's first variant, which a set holds too, as an encoder sees it; or why there is none."""
    if applier is None:
        return as_decoded(image), ""
    try:
        return as_decoded(next(applier.variants(image, [0], key)).image), ""
    except InputError as error:
        return None, f"{error.title} {error.detail}".strip()
