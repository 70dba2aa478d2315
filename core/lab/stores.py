"""Four ways to store many images: loose files, one HDF5 file, one zip, a Lance table."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

BATCH = 256
FILES, HDF5, ZIP, LANCE = "loose files", "one HDF5 file", "one zip", "Lance table"
STORES = (FILES, HDF5, ZIP, LANCE)


class LooseFiles:
    """A file for each image, in folders of a thousand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def write(cls, folder: Path, images: Sequence[Path]) -> None:
        """Write every image."""
        for place, image in enumerate(images):
            path = cls._path(folder, place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(image.read_bytes())

    def one(self, place: int) -> bytes:
        """The bytes of one image."""
        return self._path(self._folder, place).read_bytes()

    def close(self) -> None:
        """Nothing stays open."""

    @staticmethod
    def _path(folder: Path, place: int) -> Path:
        return folder / f"{place // 1_000:03}" / f"{place:06}.img"


class Hdf5File:
    """One data set of variable-length bytes."""

    def __init__(self, folder: Path) -> None:
        import h5py

        self._file = h5py.File(folder / "images.h5", "r")
        self._images = self._file["images"]

    @classmethod
    def write(cls, folder: Path, images: Sequence[Path]) -> None:
        """Write every image."""
        import h5py

        folder.mkdir(parents=True, exist_ok=True)
        with h5py.File(folder / "images.h5", "w") as file:
            target = file.create_dataset("images", (len(images),), h5py.vlen_dtype(np.dtype("uint8")))
            for place, image in enumerate(images):
                target[place] = np.frombuffer(image.read_bytes(), np.uint8)

    def one(self, place: int) -> bytes:
        """The bytes of one image."""
        return bytes(self._images[place].tobytes())

    def several(self, places: Sequence[int]) -> list[bytes]:
        """HDF5 takes places in ascending order alone."""
        order = np.argsort(places)
        found = self._images[np.asarray(places)[order]]
        put = [b""] * len(places)
        for at, data in zip(order.tolist(), found, strict=True):
            put[at] = data.tobytes()
        return put

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class ZipFile:
    """One zip without compression, which pictures have already."""

    def __init__(self, folder: Path) -> None:
        self._zip = zipfile.ZipFile(folder / "images.zip")

    @classmethod
    def write(cls, folder: Path, images: Sequence[Path]) -> None:
        """Write every image."""
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder / "images.zip", "w", zipfile.ZIP_STORED) as target:
            for place, image in enumerate(images):
                target.writestr(f"{place:06}.img", image.read_bytes())

    def one(self, place: int) -> bytes:
        """The bytes of one image."""
        return self._zip.read(f"{place:06}.img")

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


class LanceTable:
    """A column of bytes, as thumbnails are in a collection."""

    def __init__(self, folder: Path) -> None:
        import lance

        self._dataset = lance.dataset(str(folder / "images.lance"))

    @classmethod
    def write(cls, folder: Path, images: Sequence[Path]) -> None:
        """Write every image."""
        import lance
        import pyarrow as pa

        folder.mkdir(parents=True, exist_ok=True)
        schema = pa.schema([pa.field("image", pa.binary())])

        def batches() -> Iterator[pa.RecordBatch]:
            for first in range(0, len(images), BATCH):
                data = [image.read_bytes() for image in images[first : first + BATCH]]
                yield pa.record_batch([pa.array(data, pa.binary())], schema=schema)

        lance.write_dataset(batches(), str(folder / "images.lance"), schema=schema)

    def one(self, place: int) -> bytes:
        """The bytes of one image."""
        return bytes(self.several([place])[0])

    def several(self, places: Sequence[int]) -> list[bytes]:
        """In the order asked for."""
        return list(self._dataset.take(list(places), columns=["image"])["image"].to_pylist())

    def close(self) -> None:
        """Nothing stays open."""


STORE: dict[str, Any] = {FILES: LooseFiles, HDF5: Hdf5File, ZIP: ZipFile, LANCE: LanceTable}
