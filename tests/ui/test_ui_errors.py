"""Words of others are shown letter for letter, and errors in callbacks are told."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from ui.errors import plain


@pytest.mark.parametrize("text", ["<b>", "a|b", "$x$", ":material/delete:", "[a](b)", "# x", "`c`", "a&lt;b", "a_b*c"])
def test_no_mark_is_left_unescaped(text: str) -> None:
    assert not re.search(r"(?<!\\)[<>|$:\[\]#`&_*]", plain(text))
    assert plain(text).replace("\\", "") == text


def test_lines_become_one() -> None:
    assert plain(" a\r\nb\n\n| c ") == "a b \\| c"


def page_with_callbacks() -> None:
    import streamlit as st

    from core.errors import NotFoundError
    from ui.errors import reporting, show_trouble

    @reporting
    def expected() -> None:
        raise NotFoundError("Gone.", "Why", "Next")

    @reporting
    def unexpected() -> None:
        raise RuntimeError("secret")

    show_trouble()
    st.button("expected", on_click=expected)
    st.button("unexpected", on_click=unexpected)


def test_an_error_in_a_callback_is_told_once() -> None:
    at = AppTest.from_function(page_with_callbacks).run()
    at.button[0].click().run()
    assert not at.exception
    assert at.error[0].value == "**Gone\\.**  \nWhy  \nNext"
    assert not at.run().error


def test_a_fault_in_a_callback_is_told_without_its_words() -> None:
    at = AppTest.from_function(page_with_callbacks).run()
    at.button[1].click().run()
    assert not at.exception
    assert "RuntimeError" in at.error[0].value
    assert "secret" not in at.error[0].value
