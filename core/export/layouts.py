"""How a bundle's files lie, for whoever reads them next."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ANY = ("csv", "parquet", "jsonl", "xlsx")


@dataclass(frozen=True)
class Layout:
    """One way to lay a bundle out."""

    about: str  # for a person who chooses
    images: str = "images"  # folder of the images in the bundle; empty where they are packed into shards
    table: str = ""  # folder of the table, with "/" behind it; the paths in the table begin there
    file_header: str = "file"  # of the column with those paths
    needs_images: bool = False
    by_class: bool = False  # a label column makes a folder of each class
    formats: tuple[str, ...] = ANY  # of the table

    @property
    def in_table(self) -> str:
        """What a path in the table has before an image's own name."""
        return "" if self.table else f"{self.images}/"


LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "folder": Layout("a folder"),
        "zip": Layout("one zip archive"),
        "webdataset": Layout("WebDataset tar shards", images="", needs_images=True),
        "imagefolder": Layout(
            "Hugging Face imagefolder",
            images="train",
            table="train/",
            file_header="file_name",
            needs_images=True,
            by_class=True,
            formats=("csv", "parquet", "jsonl"),
        ),
    }
)
