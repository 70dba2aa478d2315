"""What is known about one image beyond its row."""

from pathlib import Path

import imagehash
from PIL import Image

from core.about import hashes, neighbours, notes
from core.collection.catalog import Catalog
from core.encoders.protocol import Encoder
from core.ingest.plan import IngestRequest
from core.query.recipe import All
from core.settings import Settings
from core.workspace import Workspace


def test_hashes_are_those_of_the_picture_and_neighbours_come_nearest_first(
    workspace: Workspace, catalog: Catalog
) -> None:
    (row,) = catalog.rows(catalog.ids(All(), None, 1))
    found = hashes(workspace, "things", catalog, row)
    with Image.open(str(row.values["uri"])) as image:
        assert found["dhash"] == str(imagehash.dhash(image))
    assert len(found["phash"]) == 16
    near = neighbours(workspace, "things", catalog, row.id, 4)
    assert len(near) == 4
    assert row.id not in [hit.row.id for hit in near]
    scores = [hit.score or 0 for hit in near]
    assert scores == sorted(scores, reverse=True)
    assert notes(workspace, "things", row) == []


def test_the_ledgers_words_on_an_image_come_latest_first(tmp_path: Path, encoder: Encoder) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    Image.new("RGB", (20, 20), "red").save(folder / "1.png")
    (folder / "table.csv").write_text("id,name\n2,nothing\n")
    space = Workspace.open(Settings(workspace=tmp_path / "workspace"), encoder)
    for _ in range(2):
        space.ingest(IngestRequest(str(folder), "few"))
    row = space.image("few", "1")
    said = notes(space, "few", row)
    assert [note.entry.outcome for note in said] == ["without-row", "without-row"]
    assert said[0].at >= said[1].at
    space.originals.close()
