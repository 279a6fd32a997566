"""Misspelt words are searched for as the library spells them, and words that are right never change."""

from __future__ import annotations

import pytest

from index.library import Library
from qa.ask import ask
from qa.question import prepare_question
from qa.spelling import Correction, with_corrections
from tests.documents import put_text
from tests.fakes import WordEmbedder

BELLS = "The harbour bells of Dunmouth ring twice.\n\nTheir founder kept a workshop for six months.\n"
MISSPELT = WordEmbedder(
    misspelt=frozenset("harbuor hrabour arbour dunmuoth wrokshops belz qharbour harbourxyz h4rbour bels".split())
)


@pytest.fixture
def bells(library: Library) -> Library:
    put_text(library, MISSPELT, BELLS, "/bells.txt")
    return library


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("harbuor", "harbour"),
        ("Hrabour", "harbour"),
        ("qharbour", "harbour"),
        ("dunmuoth", "dunmouth"),
        ("wrokshops", "workshop"),
    ],
)
def test_a_misspelt_word_is_searched_for_as_the_library_spells_it(bells: Library, written: str, searched: str) -> None:
    question = prepare_question(bells, MISSPELT, f"Where is the {written}?")
    assert question.corrections == (Correction(written.lower(), searched),)
    assert question.content_words == (searched,)
    assert question.missing_words == ()
    assert question.text == f"Where is the {searched}?"


@pytest.mark.parametrize("word", ["harbours", "moths", "harbourxyz", "belz", "arbour", "h4rbour"])
def test_no_other_word_changes(bells: Library, word: str) -> None:
    """In the library in some form; known to the model; too many slips; too short; another first letter; no word."""
    text = f"Where is the {word}?"
    question = prepare_question(bells, MISSPELT, text)
    assert (question.corrections, question.text) == ((), text)


@pytest.mark.parametrize(
    ("word", "searched"), [("Brandle", "brandel"), ("Branddel", "brandel"), ("Brandal", ""), ("brandes", "")]
)
def test_a_name_of_other_letters_is_another_name(library: Library, word: str, searched: str) -> None:
    put_text(library, MISSPELT, "Jonas Brandel cast the bell. Jonas Brandel was its founder.\n", "/bells.txt")
    embedder = WordEmbedder(misspelt=frozenset({word.lower()}))
    question = prepare_question(library, embedder, f"What did {word} cast?")
    assert [one.searched for one in question.corrections] == ([searched] if searched else [])
    assert question.missing_words == (() if searched else (word.lower(),))


@pytest.mark.parametrize(("others", "is_mended"), [(7, True), (8, False)])
def test_a_question_of_many_unknown_words_is_not_mended(library: Library, others: int, is_mended: bool) -> None:
    unknown = [f"xyzzy{letter}" for letter in "abcdefgh"[:others]]
    put_text(library, MISSPELT, BELLS, "/bells.txt")
    embedder = WordEmbedder(misspelt=frozenset({"harbuor", *unknown}))
    question = prepare_question(library, embedder, f"Where is the harbuor {' '.join(unknown)}?")
    assert question.corrections == ((Correction("harbuor", "harbour"),) if is_mended else ())


def test_an_answer_says_what_was_searched_for(bells: Library) -> None:
    answer = ask(bells, MISSPELT, "When do the harbuor bells ring?")
    assert answer.question == "When do the harbuor bells ring?"
    assert answer.corrections == (Correction("harbuor", "harbour"),)
    assert answer.as_dict()["corrections"] == [{"written": "harbuor", "searched": "harbour"}]
    assert "corrections" not in ask(bells, MISSPELT, "When do the harbour bells ring?").as_dict()


def test_only_whole_words_are_replaced() -> None:
    corrections = (Correction("bel", "bell"),)
    assert with_corrections("Bel, label and bel-ringer", corrections) == "bell, label and bell-ringer"
