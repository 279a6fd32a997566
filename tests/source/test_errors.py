"""Errors name the thing, the reason and the remedy, and cannot forge a line of output."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from source.errors import DocumentError, LibraryError, ModelError, QuestionError, QuotedAnswersError, printable
from tests.strategies import texts


@pytest.mark.parametrize("kind", [DocumentError, LibraryError, ModelError, QuestionError])
def test_an_error_is_one_sentence_and_a_remedy(kind: type[QuotedAnswersError]) -> None:
    error = kind("Cannot read bells.txt", "it is empty", "Add it again when there is text in it.")
    assert str(error) == "Cannot read bells.txt: it is empty. Add it again when there is text in it."
    assert isinstance(error, QuotedAnswersError)


@given(texts)
def test_what_is_printed_stays_on_its_line_and_says_what_it_was(text: str) -> None:
    shown = printable(text)
    joiners = {"\u00ad", "\u200c", "\u200d"}
    unseen = [one for one in shown if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert joiners.issuperset(unseen)
    if text.isprintable():
        assert shown == text


def test_controls_line_ends_and_overrides_are_written_out() -> None:
    assert printable("a\nb\x1b[31m\u202ec\u2028d\ufeff é 🙂") == "a\\nb\\x1b[31m\\u202ec\\u2028d\\ufeff é 🙂"
    assert printable("\udce9") == "\\udce9"
