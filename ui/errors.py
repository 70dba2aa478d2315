"""How the dashboard shows what went wrong: what, why, what next; never a traceback."""

import re

import streamlit as st

from core.errors import VitrineError
from core.jobs.job import Job

MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~])")


def plain(text: str) -> str:
    """The text as Markdown that shows it letter for letter."""
    return MARKUP.sub(r"\\\1", text.replace("\n", " "))


def show_error(error: VitrineError) -> None:
    """An expected error, in the page."""
    _show(error.title, error.detail, error.hint)


def show_job_error(job: Job) -> None:
    """Why a job failed."""
    told = job.error or {}
    _show(told.get("title", "The job failed."), told.get("detail", ""), told.get("hint", ""))


def show_bug(error: Exception) -> None:
    """A fault of ours: said plainly, with the traceback in the log."""
    _show("This page failed.", f"{type(error).__name__}. The server's log has the details.", "Reload the page.")


def _show(title: str, detail: str, hint: str) -> None:
    lines = [f"**{plain(title)}**", plain(detail), plain(hint)]
    st.error("  \n".join(line for line in lines if line), icon=":material/error:")
