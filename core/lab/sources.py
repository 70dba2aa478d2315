"""A collection of a workspace as the source of an enlarged one."""

from core.collection.schema import vector_column
from core.errors import InputError
from core.lab.bench import Source
from core.lab.synthetic import synthetic_fact
from core.workspace import Workspace

SAMPLED = 500  # images whose thumbnails are weighed


def source_of(space: Workspace, name: str) -> Source:
    """What is enlarged; an InputError where it is an enlargement itself, or nothing in it has a vector."""
    collection = space.collection(name)
    dataset = collection.dataset()
    if synthetic_fact(dataset.schema) is not None:
        raise InputError(f"“{collection.name}” is synthetic itself.", "", "Enlarge the collection it was made of.")
    if not dataset.count_rows(f"{vector_column(dataset.schema)} IS NOT NULL"):
        raise InputError(f"“{collection.name}” has no image with a vector.", "Nothing can be drawn from it.")
    found = dataset.take(list(range(min(SAMPLED, dataset.count_rows()))), columns=["thumbnail"])["thumbnail"]
    weight = sum(len(data) for data in found.to_pylist() if data) // max(1, len(found))
    return Source(space.folder, collection.name, collection.encoder.dimension, weight)
