"""Each run of a page is recorded: what it asked, and how long it took to draw."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.timing import Step, collect
from core.timings.asker import asking
from core.workspace import Workspace
from ui.question import collection_name, question_link
from ui.signin import who


@contextmanager
def timed_page(workspace: Workspace, title: str) -> Iterator[None]:
    """Record the block as a run of a page; one that is cut short by another run is not."""
    with asking("dashboard", who()):
        with collect() as timings:
            yield
        elapsed = timings.elapsed
        drawing = max(0.0, elapsed - timings.total)
        timings.take([Step("render", drawing, began=elapsed)])
        name = collection_name() or ""
        workspace.timings.note("page", name, title, timings, milliseconds=elapsed, recipe=question_link())
