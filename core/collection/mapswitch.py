"""The one commit by which a new map counts and the one before is gone.

Lance renames, drops and describes columns in a commit each. What all of them together make of a schema is tried out on
a copy that shares the data and holds none, and is then committed as one.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lance

from core.collection.mapped import BESIDE, MAP_KEY, MapFact, map_columns


def switch_map(dataset: Any, fact: MapFact) -> None:
    """Let a map's columns, which stand beside those of the map before, take their place."""
    with TemporaryDirectory() as folder:
        copy = dataset.shallow_clone(str(Path(folder) / "switched.lance"), dataset.version)
        if old := [name for name in map_columns(copy.schema) if not name.startswith(BESIDE)]:
            copy.drop_columns(old)
        copy.alter_columns(*({"path": f"{BESIDE}{name}", "name": name} for name in fact.names()))
        copy.update_schema_metadata({MAP_KEY: fact.to_text()})
        wanted = lance.LanceOperation.Project(lance.dataset(copy.uri).lance_schema, preserves_nullability=True)
        lance.LanceDataset.commit(dataset, wanted, read_version=dataset.version, max_retries=0)
