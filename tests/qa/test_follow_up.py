"""Follow-ups: what a question leans on is added to it from the conversation, and nothing else is."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.embed import Embedder
from qa.follow_up import Added, Completed, complete
from qa.leaning import leanings_of
from qa.left_out import LeftOutReader, left_out_reader_for
from qa.phrases import answer_phrases, question_phrases
from qa.topics import Quoted, Turn, with_added, without_added
from qa.words import stems_of, words_of
from tests.strategies import texts, turns


def asked(question: str, *quotes: Quoted, searched: str = "") -> Turn:
    """A turn, by default searched for as it was asked."""
    return Turn(question, searched or question, quotes)


@pytest.fixture(scope="module", params=["trained", "weighed"])
def reader(request: pytest.FixtureRequest, embedder: Embedder) -> LeftOutReader | None:
    """The trained network, and none: with another model, and without its file."""
    return left_out_reader_for(embedder) if request.param == "trained" else None


BELL = asked(
    "When was the bell of Dunmouth cast?",
    Quoted("It was cast in 1687 by Marta Quill for the harbour.", ("The bells", "The oldest")),
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
TURNS = turns(QUESTIONS)


@settings(max_examples=100)
@example("Why?", [Turn("Why was it moved?", "0\u093a0", ())])  # a vowel sign amid two words
@example("?", [Turn("", "", ())])
@given(QUESTIONS, TURNS)
def test_what_is_added_was_said_before_and_all_words_but_one_stay(
    reader: LeftOutReader | None, question: str, earlier: list[Turn]
) -> None:
    completed = complete(question, earlier, reader)
    said = stems_of(" ".join(word for turn in earlier for word in _words(turn)))
    assert stems_of(completed.text) - stems_of(question) <= said | {"the", "s"}
    assert all(0 <= one.turn < len(earlier) for one in completed.added)
    if not completed.added:
        assert completed == Completed(question, ())
    elif words_of(question) != words_of(earlier[-1].asked):  # else it is what it was then
        assert len(Counter(words_of(question)) - Counter(words_of(completed.text))) <= 1


def _words(turn: Turn) -> list[str]:
    return [turn.asked, turn.searched, *(word for quote in turn.quotes for word in (quote.text, *quote.headings))]


@given(QUESTIONS)
def test_without_a_conversation_nothing_is_added(reader: LeftOutReader | None, question: str) -> None:
    assert complete(question, [], reader) == Completed(question, ())


@given(
    st.sampled_from(["Why was it moved?", "Who?", "Is it (still) there?"]),
    st.lists(st.from_regex(r"[a-z ]{1,9}[a-z]", fullmatch=True), max_size=3),
)
def test_added_words_can_be_taken_off_again(question: str, added: list[str]) -> None:
    assert without_added(with_added(question, added)) == (question, tuple(added))


@pytest.mark.parametrize(
    ("question", "completed"),
    [
        ("Why was it moved?", "Why was the bell of Dunmouth moved?"),
        ("How loud is it?", "How loud is the bell of Dunmouth?"),
        ("What is its weight?", "What is the bell of Dunmouth’s weight?"),
        ("And why was it moved?", "And why was the bell of Dunmouth moved?"),
        ("What about the tower?", "What about the tower? (cast)"),
        ("Why?", "Why? (bell of Dunmouth cast)"),
    ],
)
def test_questions_that_lean_on_a_bell(question: str, completed: str, reader: LeftOutReader | None) -> None:
    assert complete(question, [BELL], reader).text == completed


def test_it_is_told_which_turn_the_added_words_come_from(reader: LeftOutReader | None) -> None:
    earlier = [
        asked("Tell me about lung cancer."),
        asked("Can it be treated?", searched="Can lung cancer be treated?"),
    ]
    assert complete("Does it spread?", earlier, reader) == Completed(
        "Does lung cancer spread?", (Added("lung cancer", 1),)
    )


def test_the_rest_of_the_last_question_is_asked_about_another_year(reader: LeftOutReader | None) -> None:
    earlier = [asked("How many visitors came to the museum in 1989?")]
    assert complete("And in 1990?", earlier, reader).text == "And in 1990? (visitors came to the museum)"


def test_why_asks_for_the_reason_of_what_was_searched_for_last(reader: LeftOutReader | None) -> None:
    earlier = [BELL, asked("Was it moved?", searched="Was the bell of Dunmouth moved?")]
    assert complete("Why?", earlier, reader).text == "Why? (bell of Dunmouth moved)"


def test_what_somebody_searched_for_instead_is_what_the_next_question_leans_on(reader: LeftOutReader | None) -> None:
    earlier = [BELL, asked("How high is it?", searched="How high is the Eiffel Tower?")]
    assert earlier[1].added == ("Eiffel Tower",)
    assert complete("When was it built?", earlier, reader).text == "When was the Eiffel Tower built?"


def test_the_last_question_once_more_is_searched_for_as_it_was(reader: LeftOutReader | None) -> None:
    earlier = [BELL, asked("Why was it moved?", searched="Why was the bell of Dunmouth moved?")]
    assert complete("Why was it moved?", earlier, reader).text == "Why was the bell of Dunmouth moved?"
    assert complete("When was the bell of Dunmouth cast?", [BELL], reader) == Completed(BELL.asked, ())
    for question in ("Did they win?", "What did the team win there?"):
        assert complete(question, [asked(question)] * 2, reader) == Completed(question, ())
    stopped = [BELL, *[asked("How loud is it?")] * 2]
    assert complete("How loud is it?", stopped, reader).text == "How loud is the bell of Dunmouth?"


def test_a_title_that_nobody_mentioned_is_not_what_is_asked_about(reader: LeftOutReader | None) -> None:
    quote = Quoted("The oldest bell was cast by Jonas Trell in 1687.", ("Harbour Museum Guide", "The bells"))
    assert complete("Where was he born?", [asked("Who cast the oldest bell?", quote)], reader).text == (
        "Where was Jonas Trell born?"
    )


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
        "Who cast the oldest bell?",
    ],
)
def test_a_question_that_stands_on_its_own_feet_drags_nothing_along(
    question: str, reader: LeftOutReader | None
) -> None:
    assert complete(question, [BELL], reader) == Completed(question, ())


def test_a_new_subject_is_what_the_next_question_leans_on(reader: LeftOutReader | None) -> None:
    earlier = [BELL, asked("Where is the Eiffel Tower?")]
    assert complete("How high is it?", earlier, reader) == Completed(
        "How high is the Eiffel Tower?", (Added("Eiffel Tower", 1),)
    )


def test_the_subject_stays_through_questions_that_lean_on_it(reader: LeftOutReader | None) -> None:
    turns: list[Turn] = []
    for question in ("What is throat cancer?", "Is it treatable?", "Is it deadly?", "What causes it?"):
        turns.append(asked(question, searched=complete(question, turns, reader).text))
    assert [turn.searched for turn in turns[1:]] == [
        "Is throat cancer treatable?",
        "Is throat cancer deadly?",
        "What causes throat cancer?",
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


def test_a_heading_that_is_read_in_part_only_is_still_found(reader: LeftOutReader | None) -> None:
    title = f"The bells of Dunmouth {'and of the harbour ' * 60}"
    turn = asked("Was the bell of Dunmouth moved?", Quoted("It was moved in 1990.", (title,)))
    for question in ("How loud is it?", "Did the town pay?", "Who else was there?", "Why was that done there?"):
        assert {one.turn for one in complete(question, [turn], reader).added} <= {0}


def test_many_long_turns_are_read_in_no_time_that_grows_out_of_hand(reader: LeftOutReader | None) -> None:
    """Nothing in the patterns goes back and forth over a long text."""
    long = "((((" * 2_000 + "the " * 2_000 + "Of " * 2_000
    hostile = Turn(long, f"{long} a", (Quoted('"' * 5_000 + "A of " * 2_000, ("(" * 5_000,)),))
    assert complete("Why was it moved?", [hostile] * 5, reader).text.startswith("Why was ")
