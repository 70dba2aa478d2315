"""How the dashboard shows what went wrong: what, why, what next; never a traceback."""

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from core.errors import VitrineError
from core.jobs.job import Job

MARKUP = re.compile(r"""([\\`*_{}\[\]()<>#+\-.!|$:~&=@"'^])""")
TROUBLE = "trouble"
log = logging.getLogger("vitrine.ui")
P = ParamSpec("P")


def plain(text: str) -> str:
    """The text as Markdown that shows it letter for letter, on one line."""
    return MARKUP.sub(r"\\\1", " ".join(text.split()))


def reporting(act: Callable[P, None]) -> Callable[P, None]:
    """A callback whose error is told in the run that follows.

    Callbacks run before the page does, outside of what the shell catches.
    """

    @wraps(act)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except VitrineError as error:
            st.session_state[TROUBLE] = [error.title, error.detail, error.hint]
        except Exception as error:
            log.exception("A callback failed")
            st.session_state[TROUBLE] = _bug_words(error, "Nothing else was changed.")

    return guarded


def show_trouble() -> None:
    """What a callback before this run could not do."""
    told = st.session_state.pop(TROUBLE, None)
    if told:
        _show(*told)


def show_error(error: VitrineError) -> None:
    """An expected error, in the page."""
    _show(error.title, error.detail, error.hint)


def show_job_error(job: Job) -> None:
    """Why a job failed."""
    told = job.error or {}
    _show(told.get("title", "The job failed."), told.get("detail", ""), told.get("hint", ""))


def show_bug(error: Exception) -> None:
    """A fault of ours: said plainly, with the traceback in the log."""
    _show(*_bug_words(error, "Reload the page."))


def _bug_words(error: Exception, hint: str) -> list[str]:
    return ["This did not work.", f"{type(error).__name__}. The server's log has the details.", hint]


def _show(title: str, detail: str, hint: str) -> None:
    lines = [f"**{plain(title)}**", plain(detail), plain(hint)]
    st.error("  \n".join(line for line in lines if line), icon=":material/error:")
