"""A phrase in quotation marks is searched for as it stands: passages that hold it, and no others, if there are any."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import Library
from qa.ask import ask, search, search_once
from qa.mentions import holds_in_order
from qa.quoted_phrases import quoted_phrases
from qa.words import stem, words_of
from tests.documents import put_text
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
BELLS = """\
The bell of Dunmouth was cast by Jonas Trell, who cast many bells.

The bells of Dunmouth ring at noon.

Dunmouth has one bell, and the bell was cast in the town.

The harbour office of Dunmouth keeps a small bell.
"""


@pytest.fixture
def bells(tmp_path: Path) -> Library:
    library = Library(tmp_path / "library")
    put_text(library, WORDS, "\n\n".join([BELLS] + [f"Boat {number} carries salt." for number in range(40)]))
    return library


def texts_found(library: Library, question: str) -> set[str]:
    return {hit.passage.text.strip() for hit in search_once(library, WORDS, question)}


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ('Who cast the "bell of Dunmouth"?', ("bell of Dunmouth",)),
        ("Who cast the “bell of Dunmouth?”", ("bell of Dunmouth",)),
        ("Wer goss die „Glocke von Dunmouth“?", ("Glocke von Dunmouth",)),
        ("Qui a fondu « la cloche » ?", ("la cloche",)),
        ('Compare "the old bell" with "the new bell" and "the old bell".', ("the old bell", "the new bell")),
        ('Which line begins with "B"?', ()),
        ('Why is it called "digital"?', ()),
        ('Is a 12" pipe longer than a 9" pipe?', ()),
        ('What does "" mean?', ()),
        ('Who said "the bell', ()),
        ("What is 'the bell'?", ()),
    ],
)
def test_phrases_are_what_stands_in_double_quotation_marks(question: str, phrases: tuple[str, ...]) -> None:
    assert quoted_phrases(question) == phrases


def test_a_text_full_of_quotations_has_no_phrase() -> None:
    phrases = [f"bell number {number}" for number in range(9)]
    assert quoted_phrases(" ".join(f'"{one}"' for one in phrases)) == ()
    assert quoted_phrases(" ".join(f'"{one}"' for one in phrases[:8])) == tuple(phrases[:8])


def test_what_stands_between_two_quotations_is_no_phrase() -> None:
    assert quoted_phrases(f'"{"so long " * 40}" was said by "bell of Dunmouth" where?') == ("bell of Dunmouth",)


def test_only_passages_that_hold_the_phrase_are_found_in_any_form_of_its_words(bells: Library) -> None:
    assert texts_found(bells, 'Who cast the "bell of Dunmouth"?') == {
        "The bell of Dunmouth was cast by Jonas Trell, who cast many bells.",
        "The bells of Dunmouth ring at noon.",
    }
    assert len(texts_found(bells, "Who cast the bell of Dunmouth?")) == 10


def test_the_answer_says_which_passages_were_searched(bells: Library) -> None:
    answer = ask(bells, WORDS, 'Who cast the "bell of Dunmouth"?')
    assert [one.words for one in answer.corrections] == ["Searched the passages with “bell of Dunmouth”."]
    assert answer.as_dict()["phrases"] == [{"phrase": "bell of Dunmouth", "held": True}]
    assert {quote.passage.text.strip() for quote in (*answer.citations, *answer.nearest)} <= texts_found(
        bells, 'Who cast the "bell of Dunmouth"?'
    )
    assert "phrases" not in ask(bells, WORDS, "Who cast the bell of Dunmouth?").as_dict()


def test_a_phrase_that_no_passage_holds_is_told_and_its_words_are_searched_for(bells: Library) -> None:
    answer = ask(bells, WORDS, 'Who cast the "Dunmouth of bells"?')
    assert [one.words for one in answer.corrections] == [
        "None of the passages searched says “Dunmouth of bells”, so its words were searched for."
    ]
    assert answer.as_dict()["phrases"] == [{"phrase": "Dunmouth of bells", "held": False}]
    assert len(texts_found(bells, 'Who cast the "Dunmouth of bells"?')) == 10


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (
            'Does the "harbour office" have one that "rings at noon"?',
            {"The harbour office of Dunmouth keeps a small bell.", "The bells of Dunmouth ring at noon."},
        ),
        ('Does the "harbour office" ring "at midnight or so"?', {"The harbour office of Dunmouth keeps a small bell."}),
    ],
)
def test_of_several_phrases_a_passage_holds_one(bells: Library, question: str, found: set[str]) -> None:
    assert texts_found(bells, question) == found


def test_of_chosen_documents_only_their_passages_count(bells: Library) -> None:
    quiet = put_text(bells, WORDS, "A bell hangs in the chapel.", "/quiet.txt")
    question = 'Where is the "bell of Dunmouth"?'
    assert [hit.document.id for hit in search(bells, WORDS, question, documents=[quiet.id])] == [quiet.id]
    answer = ask(bells, WORDS, question, documents=[quiet.id])
    assert answer.as_dict()["phrases"] == [{"phrase": "bell of Dunmouth", "held": False}]


def test_a_phrase_may_stand_in_a_heading_and_in_writing_without_blanks(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    put_text(library, WORDS, "# The old foundry\n\nIt burnt down.\n\n# The mill\n\nIt stands.", "/town.md")
    put_text(library, WORDS, "钟由工匠铸造。", "/zh.txt")
    put_text(library, WORDS, "工匠的钟很旧。", "/zh2.txt")
    assert texts_found(library, 'What became of "the old foundry"?') == {"It burnt down."}
    assert texts_found(library, "谁说“工匠铸造”？") == {"钟由工匠铸造。"}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    passages=st.lists(
        st.lists(st.sampled_from("bell bells ring rang of the Dunmouth".split()), min_size=1), min_size=1
    ),
    phrase=st.lists(st.sampled_from("bell ring of the dunmouth".split()), min_size=1, max_size=3),
)
def test_the_passages_are_those_that_a_scan_finds(
    tmp_path_factory: pytest.TempPathFactory, passages: list[list[str]], phrase: list[str]
) -> None:
    library = Library(tmp_path_factory.mktemp("scan") / "library")
    for number, words in enumerate(passages):
        put_text(library, WORDS, f"{' '.join(words)}.", f"/{number}.txt")
    bodies = library.passage_ids_of(document.id for document in library.documents())
    sought = [stem(word) for word in phrase]
    scanned = {
        passage_id
        for passage_id, sentences in library.folded_sentences(sorted(bodies)).items()
        if holds_in_order([stem(word) for _, folded in sentences for word in words_of(folded)], sought)
    }
    assert library.passages_with_phrase(" ".join(phrase)) == scanned
