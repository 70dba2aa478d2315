"""The plan for the real archive of product photographs, where VITRINE_REAL_ARCHIVE names it."""

import os
from collections import Counter
from pathlib import Path

import pytest

from core.collection.store import Collection
from core.errors import ImageError
from core.ingest.decode import decode
from core.ingest.known import KnownImages
from core.ingest.plan import IngestRequest, make_plan
from core.ingest.sources import open_source
from core.settings import Settings

ARCHIVE = os.environ.get("VITRINE_REAL_ARCHIVE", "")

pytestmark = pytest.mark.skipif(not ARCHIVE, reason="VITRINE_REAL_ARCHIVE names no archive")


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    settings = Settings()
    source = open_source(ARCHIVE, settings)
    collection = Collection(tmp_path_factory.mktemp("workspace"), "fashion")
    plan = make_plan(IngestRequest(ARCHIVE, "fashion"), source, collection, KnownImages(collection, source.location))
    yield source, plan, settings
    source.close()


def test_rows_and_files_are_accounted_for(planned):
    _, plan, _ = planned
    counts = plan.counts
    assert (counts.rows_read, counts.rows_repaired, counts.rows_rejected) == (44_446, 22, 0)
    assert (counts.files_found, counts.rows_matched, counts.rows_without_image) == (39_964, 39_964, 4_482)
    assert [item.key for item in plan.items if item.key not in plan.row_of] == []
    assert Counter(entry.outcome for entry in plan.entries) == {"repaired": 22, "without-image": 4_482}
    assert (plan.table, counts.ignored_files) == ("styles.csv", 0)
    assert all(item.id == Path(item.key).stem for item in plan.items)


def test_columns_have_their_types(planned):
    _, plan, _ = planned
    assert {field.name: str(field.type) for field in plan.fields} == {
        "gender": "string",
        "masterCategory": "string",
        "subCategory": "string",
        "articleType": "string",
        "baseColour": "string",
        "season": "string",
        "year": "int64",
        "usage": "string",
        "productDisplayName": "string",
    }


def test_identical_files_form_529_groups(planned):
    _, plan, _ = planned
    found = Counter(item.signature for item in plan.items)  # checksum and size
    groups = [signature for signature, count in found.items() if count > 1]
    assert (len(groups), sum(found[signature] for signature in groups)) == (529, 1_151)


def test_a_sample_of_the_files_decodes(planned):
    source, plan, settings = planned
    bad = []
    for item in plan.items[::40]:
        try:
            decode(source.read(item), settings)
        except ImageError as error:
            bad.append((item.key, str(error)))
    assert bad == []
