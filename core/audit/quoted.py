"""What answers quote of a collection's audit, as long as it tells about them."""

from pathlib import Path

from core.audit.figures import Audit, load_audit
from core.audit.run import index_of
from core.collection.catalog import Catalog
from core.query.recipe import Accuracy


def current_audit(folder: Path, name: str, catalog: Catalog) -> Audit | None:
    """The audit of a collection in the workspace `folder`, if there is one that still tells about it."""
    found = load_audit(folder, name)
    holds = found is not None and found.holds_for(catalog.count_all, catalog.encoder, index_of(catalog)[0])
    return found if holds else None


def measured_recall(
    folder: Path, name: str, catalog: Catalog, accuracy: Accuracy, filtered: bool, probes: int
) -> tuple[float, int] | None:
    """The measured recall of such answers, and of how many images."""
    found = current_audit(folder, name, catalog)
    recall = None if found is None else found.recall_of(accuracy, filtered=filtered, probes=probes)
    return None if found is None or recall is None else (recall, found.k)
