"""Follow-ups: what a question leans on is added to it from the conversation, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa.follow_up import Added, Completed, complete
from qa.leaning import leanings_of
from qa.phrases import answer_phrases, question_phrases
from qa.topics import Quoted, Turn, with_added, without_added
from qa.words import stems_of
from tests.strategies import texts

BELL = Turn(
    "When was the bell of Dunmouth cast?",
    (Quoted("It was cast in 1687 by Marta Quill for the harbour.", ("The bells", "The oldest")),),
)
QUESTIONS = (
    st.sampled_from(
        [
            "Why was it moved?",
            "Why?",
            "And in 1990?",
            "What about the tower?",
            "Who is she?",
            "Where is the Eiffel Tower?",
            "When did Quill die?",
            "What are the symptoms?",
            "How did they build it that year?",
            "它是什么?",
            "",
            "?",
            "(",
        ]
    )
    | texts
)
TURNS = st.lists(
    st.builds(
        Turn,
        QUESTIONS,
        st.lists(st.builds(Quoted, texts, st.lists(texts, max_size=2).map(tuple)), max_size=2).map(tuple),
    ),
    max_size=4,
)


@settings(max_examples=100)
@given(QUESTIONS, TURNS)
def test_what_is_added_was_said_before_and_the_question_stays(question: str, earlier: list[Turn]) -> None:
    completed = complete(question, earlier)
    assert completed.text == with_added(question, [one.text for one in completed.added])
    assert completed.text.startswith(question.strip() if completed.added else question)
    said = stems_of(" ".join(word for turn in earlier for word in _words(turn)))
    assert all(stems_of(one.text) <= said for one in completed.added)
    assert all(0 <= one.turn < len(earlier) for one in completed.added)


def _words(turn: Turn) -> list[str]:
    return [turn.question, *(word for quote in turn.quotes for word in (quote.text, *quote.headings))]


@settings(max_examples=50)
@given(QUESTIONS, TURNS)
def test_a_completed_question_is_not_completed_again(question: str, earlier: list[Turn]) -> None:
    completed = complete(question, earlier)
    assume(completed.added)
    assert complete(completed.text, earlier) == Completed(completed.text, ())


@given(QUESTIONS)
def test_without_a_conversation_nothing_is_added(question: str) -> None:
    assert complete(question, []) == Completed(question, ())


@given(
    st.sampled_from(["Why was it moved?", "Who?", "Is it (still) there?"]),
    st.lists(st.from_regex(r"[a-z ]{1,9}[a-z]", fullmatch=True), max_size=3),
)
def test_added_words_can_be_taken_off_again(question: str, added: list[str]) -> None:
    assert without_added(with_added(question, added)) == (question, tuple(added))


@pytest.mark.parametrize(
    ("question", "completed"),
    [
        ("Why was it moved?", "Why was it moved? (bell of Dunmouth)"),
        ("What about the tower?", "What about the tower? (bell of Dunmouth cast)"),
        ("Why?", "Why? (bell of Dunmouth cast)"),
        ("What happened that year?", "What happened that year? (bell of Dunmouth; 1687)"),
        ("When did Quill die?", "When did Quill die? (Marta Quill)"),
        ("How loud is it?", "How loud is it? (bell of Dunmouth)"),
    ],
)
def test_questions_that_lean_on_a_bell(question: str, completed: str) -> None:
    assert complete(question, [BELL]).text == completed


def test_it_is_told_which_turn_the_added_words_come_from() -> None:
    earlier = [Turn("Tell me about lung cancer.", ()), Turn("Can it be treated? (lung cancer)", ())]
    assert complete("Does it spread?", earlier) == Completed(
        "Does it spread? (lung cancer)", (Added("lung cancer", 1),)
    )


def test_the_rest_of_the_last_question_is_asked_about_another_year() -> None:
    earlier = [Turn("How many visitors came to the museum in 1989?", ())]
    assert complete("And in 1990?", earlier).text == "And in 1990? (visitors came to the museum)"


def test_why_asks_for_the_reason_of_what_was_asked_last() -> None:
    earlier = [BELL, Turn("Was it moved? (bell of Dunmouth)", ())]
    assert complete("Why?", earlier).text == "Why? (bell of Dunmouth; moved)"


@pytest.mark.parametrize(
    "question",
    [
        "Where is the Eiffel Tower?",
        "What is photosynthesis?",
        "Is it true that cats sleep a lot?",
        "Why did Tesla leave when he was ill?",
        "What is a lighthouse and how does it work?",
        "How many people live in Dunmouth?",
        "Tell me more about tiger sharks.",
        "How long does it take to cast a bell?",
    ],
)
def test_a_question_that_stands_on_its_own_feet_drags_nothing_along(question: str) -> None:
    assert leanings_of(question) == frozenset()
    assert complete(question, [BELL]) == Completed(question, ())


def test_a_new_subject_is_what_the_next_question_leans_on() -> None:
    earlier = [BELL, Turn("Where is the Eiffel Tower?", ())]
    assert complete("How high is it?", earlier) == Completed(
        "How high is it? (Eiffel Tower)", (Added("Eiffel Tower", 1),)
    )


def test_the_subject_stays_through_questions_that_lean_on_it() -> None:
    turns: list[Turn] = []
    asked = ["What is throat cancer?", "Is it treatable?", "What are the symptoms?", "What causes it?"]
    for question in asked:
        turns.append(Turn(complete(question, turns).text, ()))
    assert [turn.question for turn in turns] == [
        asked[0],
        *(f"{question} (throat cancer)" for question in asked[1:]),
    ]


@pytest.mark.parametrize(
    ("question", "leanings"),
    [
        ("Who is he?", {"person", "bare"}),
        ("What did they find?", {"several", "bare"}),
        ("What is it made of?", {"thing", "bare"}),
        ("What did he study there?", {"person", "place"}),
        ("And in 2019?", {"bare"}),
        ("What about drones?", {"bare"}),
        ("Did the team win?", {"definite"}),
        ("What happened that year?", {"time", "bare"}),
    ],
)
def test_ways_of_leaning(question: str, leanings: set[str]) -> None:
    assert leanings_of(question) == leanings


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("When did Zappa and the Mothers of Invention disband?", ["Zappa and the Mothers of Invention"]),
        ("How was the Neverending Story film received?", ["Neverending Story film"]),
        ("What do Mako sharks eat?", ["Mako sharks"]),
        ("Why did Dali choose surrealism?", ["Dali"]),
        ("Tell me about lung cancer.", ["lung cancer"]),
        ("How many visitors came to the museum in 1989?", ["visitors", "museum", "1989"]),
        ("What are the main types?", []),
    ],
)
def test_phrases_of_questions(question: str, phrases: list[str]) -> None:
    assert [phrase.text for phrase in question_phrases(question)] == phrases


def test_phrases_of_an_answer_are_its_titles_names_and_dates() -> None:
    answer = 'In 2011, Giannina Braschi debuted "United States of Banana," her first work written in English.'
    assert [phrase.text for phrase in answer_phrases(answer)] == [
        "United States of Banana",
        "2011",
        "Giannina Braschi",
        "English",
    ]


def test_many_long_turns_are_read_in_no_time_that_grows_out_of_hand() -> None:
    """Nothing in the patterns goes back and forth over a long text."""
    hostile = Turn(
        "((((" * 2_000 + "the " * 2_000 + "Of " * 2_000, (Quoted('"' * 5_000 + "A of " * 2_000, ("(" * 5_000,)),)
    )
    assert complete("Why was it moved?", [hostile] * 5).text.startswith("Why was it moved?")
