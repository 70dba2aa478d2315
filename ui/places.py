"""Where the pages are, for the shell and for whoever leads to one of them."""

from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent / "pages"
OVERVIEW = PAGES / "overview.py"
EXPLORE = PAGES / "explore.py"
SEARCH = PAGES / "search.py"
MAP = PAGES / "map.py"
COMPARE = PAGES / "compare.py"
QUALITY = PAGES / "quality.py"
PERFORMANCE = PAGES / "performance.py"
CONCEPTS = PAGES / "concepts.py"
DUPLICATES = PAGES / "duplicates.py"
AUGMENT = PAGES / "augment.py"
SQL = PAGES / "sql.py"
COLLECTION = PAGES / "collection.py"
JOBS = PAGES / "jobs.py"
