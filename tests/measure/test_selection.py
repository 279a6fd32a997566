"""Average precision and BM25, worked by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.measure.datasets import Selection
from tests.measure.rewording import with_synonyms, with_typing_errors, without_stop_words
from tests.measure.selection import average_precision, bm25


def test_average_precision_by_hand() -> None:
    assert average_precision([0.1, 0.9, 0.5, 0.7], frozenset({1, 2})) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert average_precision([1.0, 1.0], frozenset({1})) == 0.5


def test_a_sentence_without_a_word_of_the_question_has_no_bm25() -> None:
    selection = Selection("Who cast the bell?", ("Trell cast a bell.", "The tide turned."), frozenset({0}))
    first, second = bm25(selection, Counter(["trell", "cast", "a", "bell", "the", "tide", "turn"]), 2)
    assert first > second == 0


def test_rewordings_by_hand() -> None:
    assert with_synonyms("When did the big war end?") == "When did the large conflict finish?"
    assert without_stop_words("When did the big war end?") == "big war end"
    assert without_stop_words("Who is it?") == "Who is it?"
    typed = with_typing_errors(
        "Which established confederation had negotiated the armistice of the northern provinces?"
    )
    assert typed != "Which established confederation had negotiated the armistice of the northern provinces?"
    assert typed == with_typing_errors(
        "Which established confederation had negotiated the armistice of the northern provinces?"
    )
