"""What the Collection page says of an ingest that ended."""

from ui.jobs import ingest_words

PLAIN = {
    "images_added": 1200,
    "images_updated": 0,
    "unreadable": 0,
    "ids_taken": 0,
    "deleted_before": 0,
    "seconds": 9.9,
}


def test_a_smooth_ingest_is_told_briefly() -> None:
    assert ingest_words(PLAIN) == "1,200 images added in 9.9 s"


def test_what_did_not_go_in_is_said() -> None:
    told = ingest_words({**PLAIN, "images_updated": 2, "unreadable": 1, "ids_taken": 3, "deleted_before": 1})
    assert told == "1,200 images added, 2 updated, 5 put aside (see the ledger) in 9.9 s"
