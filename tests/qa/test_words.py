"""Words and stems are those of the keyword index, so that a word marked as found is one that was searched for."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.words import STOP_WORDS, content_words, stem, stems_of, words_of
from source.fold import fold
from source.load import load_document
from tests.conftest import DEMO_DOCUMENTS

LETTERS = st.sampled_from("'-_.,²½ªﬁ") | st.characters(categories=["L", "Nd", "P"], max_codepoint=0x17F)
"""The letters of Western and Central Europe; FTS5 knows an older and smaller Unicode than Python does."""

SUFFIXES = (
    "s es ed ing er ers est ly y ies ied able ibly bly blies ness nesses ful fulness less ment ments ation ational "
    "ations logy logies logical izer ize ized ization ise al ally ance ence ancy ency ive iveness ousness ous ism ist "
    "ity iti icate ical able ible"
).split()


def indexed(words: list[str]) -> list[list[str]]:
    """What FTS5 makes of each word, told by its own table of terms."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5 (w, tokenize = 'porter unicode61 remove_diacritics 2')")
        connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab (t, instance)")
        connection.executemany("INSERT INTO t (rowid, w) VALUES (?, ?)", enumerate(words))
        terms: list[list[str]] = [[] for _ in words]
        for term, row in connection.execute("SELECT term, doc FROM terms ORDER BY doc, offset"):
            terms[row].append(term)
        return terms


@pytest.fixture(scope="module")
def vocabulary() -> list[str]:
    """All words of the demo documents, and each with every suffix that Porter's rules know."""
    folded = [
        sentence.folded
        for path in sorted(DEMO_DOCUMENTS.iterdir())
        for passage in load_document(path).passages
        for sentence in passage.sentences
    ]
    words = sorted({word for text in folded for word in words_of(text)})
    assert len(words) > 1500
    return [*words, *(word + suffix for word in words if word.isalpha() and len(word) > 2 for suffix in SUFFIXES)]


def test_stems_are_those_of_the_keyword_index(vocabulary: list[str]) -> None:
    wrong = [
        (word, stem(word), terms)
        for word, terms in zip(vocabulary, indexed(vocabulary), strict=True)
        if [stem(word)] != terms
    ]
    assert wrong == []


@given(st.lists(st.text(LETTERS, min_size=1, max_size=8)).map(" ".join))
def test_the_words_of_any_text_are_those_of_the_keyword_index(text: str) -> None:
    folded = fold(text, "none")
    assert [stem(word) for word in words_of(folded)] == indexed([folded])[0]


def test_words_by_hand() -> None:
    assert words_of("Don't ask: why_so? É is 10² (5.30 a.m.)") == [
        "don",
        "t",
        "ask",
        "why",
        "so",
        "é",
        "is",
        "10²",
        "5",
        "30",
        "a",
        "m",
    ]
    assert words_of("…—'") == []


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_a_letter_beyond_ascii_changes_none_of_the_words_before_it(text: str) -> None:
    assert words_of(f"{text} é") == [*words_of(text), "é"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the oldest bell of Port Ellery?", ["oldest", "bell", "port", "ellery"]),
        ("Who is not here, and who never was?", ["not", "never"]),
        ("Bell or bell? BELL!", ["bell"]),
        ("To be or not to be", ["not"]),
        ("Who is it?", ["who", "is", "it"]),
        ("?", []),
    ],
)
def test_content_words_are_all_but_stop_words_unless_nothing_else_is_left(question: str, words: list[str]) -> None:
    assert content_words(question) == words


def test_no_stop_word_denies_or_divides() -> None:
    assert STOP_WORDS.isdisjoint("no not nor never none without neither".split())
    assert [word for word in STOP_WORDS if words_of(word) != [word]] == []


def test_a_stem_begins_as_its_word_does(vocabulary: list[str]) -> None:
    assert [word for word in vocabulary if word.isascii() and not stem(word).startswith(word[0])] == []


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=6), st.sampled_from(["", *SUFFIXES]))
def test_a_stem_of_any_letters_begins_as_they_do(letters: str, suffix: str) -> None:
    assert stem(letters + suffix).startswith(letters[0])


def test_stems_of_a_text_are_each_word_s() -> None:
    assert stems_of("Running runs, the PONIES ran to cafés") == {"run", "the", "poni", "ran", "to", "cafe"}
