"""What a question asks for, and which words of a sentence are of that kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.expect import EXPECTATIONS, expectations_of, expected_words, to_end_of_list
from qa.words import stems_of, words_of
from source.document import Span
from tests.strategies import runs


def marked(question: str, sentence: str) -> list[str]:
    """The words of `sentence` that `question` expects, in order."""
    found = expected_words(sentence, expectations_of(question), question)
    return [span.of(sentence) for span in sorted(span for _, span in found)]


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("When was it cast?", ["date"]),
        ("In what year did the flood come?", ["date"]),
        ("How many bells are there?", ["number"]),
        ("how MUCH does it weigh", ["number"]),
        ("What percentage voted for it?", ["number"]),
        ("Who cast it?", ["name"]),
        ("Whose card is it?", ["name"]),
        ("Where does it hang?", ["place"]),
        ("Which city is it from?", ["place"]),
        ("Why did it stop?", ["reason"]),
        ("Who cast it, and when?", ["date", "name"]),
        ("How does it sound?", []),
        ("What is whenever in wherever?", []),
        ("Wer goss die Glocke?", []),
    ],
)
def test_the_kinds_that_a_question_asks_for(question: str, kinds: list[str]) -> None:
    assert [one.name for one in expectations_of(question)] == [one.name for one in EXPECTATIONS if one.name in kinds]


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("When was it cast?", "It was cast in 1687 by Jonas Trell.", ["1687"]),
        ("Who cast it?", "That is No. 2, which was cast by Jonas Trell.", ["Jonas Trell"]),
        ("When did it ring?", "The last time was on 11 February 2009, for 31 hours.", ["11 February 2009"]),
        ("When?", "It was 5th May, or October 3, 1921, or Sept. 1930.", ["5th May", "October 3, 1921", "Sept. 1930"]),
        ("When?", "In the 1920s, and in the 17th century, it may have rung.", ["1920s", "17th century"]),
        ("How many bells are there?", "Port Ellery has nine bells on 3 piers.", ["nine", "3"]),
        ("How much does it weigh?", "It weighs 640 kg and cost $1,250.50 in all.", ["640 kg", "$1,250.50"]),
        ("How much was sold?", "About 12.5 % went to the 2 million people.", ["12.5 %", "2 million"]),
        ("How many bells?", "There are thirty-one, or two hundred and five.", ["thirty-one", "two hundred and five"]),
        ("How many?", "Of the five, two and three are of bronze.", ["five", "two", "three"]),
        ("How much was it?", "It cost 40 euros, then 3 million dollars.", ["40 euros", "3 million dollars"]),
        ("How much was it?", "Six pounds and ten pence a mile.", ["Six pounds", "ten pence"]),
        ("How long did it ring?", "From 1950 it rang for 31 hours.", ["31 hours"]),
        ("How many years was he away?", "In 1687 he left for twenty-two years.", ["twenty-two years"]),
        ("How old is it?", "It was cast in 1687.", ["1687"]),
        ("How many gulls were seen?", "In all 1500 were seen, and 3 heard.", ["1500", "3"]),
        ("How heavy is it?", "It weighs 640 kilograms and is 2 metres high.", ["640 kilograms", "2 metres"]),
        ("How old is he?", "He is a 31-year-old founder.", ["31-year"]),
        ("How long is it?", "The loneliness of the bone was often felt.", []),
        ("Who looks after it?", "Since 1998 the warden has been Dr. A. B. Carver of the town.", ["Dr. A. B. Carver"]),
        ("Who joined?", "Mr. T. Okonjo-Reeve joined in 2022.", ["Mr. T. Okonjo-Reeve"]),
        ("Who cast it?", "It was cast by Jonas Trell, a founder.", ["Jonas Trell"]),
        ("Who cast it?", "Nobody knows it.", []),
        ("Who rang it?", "In January, and on Monday in the March rain, Jonas Trell did.", ["Jonas Trell"]),
        ("Who rang it?", "On 5 May Jonas Trell did, in June Suki Arden.", ["Jonas Trell", "Suki Arden"]),
        ("Who rang it?", "It was May Arden or Theresa May.", ["May Arden", "Theresa May"]),
        ("Where was it?", "It was in May 1953 in Dunmouth, from Monday to Friday.", ["Dunmouth"]),
        (
            "Where did he learn?",
            "My teacher was in the Halle of old, then at Port Ellery.",
            ["the Halle", "Port Ellery"],
        ),
        ("Where is it?", "It hangs in a loft.", []),
        ("Why did it stop?", "It stopped because the rope had worn through.", []),
        ("How does it sound?", "In 1687 Jonas Trell made nine bells in Halle.", []),
    ],
)
def test_the_words_of_the_kind_that_is_asked_for(question: str, sentence: str, words: list[str]) -> None:
    assert marked(question, sentence) == words


@pytest.mark.parametrize(
    ("sentence", "answers"),
    [
        ("It stopped because the rope had worn through.", True),
        ("The rope wore through, which led to silence.", True),
        ("Due to the storm nobody rang.", True),
        ("It stopped at noon.", False),
    ],
)
def test_a_sentence_that_gives_a_reason_is_known_by_its_words(sentence: str, answers: bool) -> None:
    [reason] = expectations_of("Why did it stop?")
    assert bool(reason.answers.search(sentence)) is answers


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("Who was with Jonas Trell in 1687?", "Later, Jonas Trell met Suki Arden.", ["Suki Arden"]),
        ("When after 1953 did it ring?", "It was under water in 1953 and rang in 1955.", ["1955"]),
        ("Where in Port Ellery is it?", "It is in Port Ellery, near Fish Market.", ["Fish Market"]),
        ("How many of the nine bells ring?", "Of the nine only two ring.", ["two"]),
    ],
)
def test_what_the_question_says_itself_does_not_answer_it(question: str, sentence: str, words: list[str]) -> None:
    assert marked(question, sentence) == words


@given(runs, st.sampled_from(["When?", "How many?", "Who was it?", "Where?", "Why?", "Who, when and where?"]), runs)
def test_marked_words_lie_in_their_sentence_and_are_no_words_of_the_question_alone(
    sentence: str, question: str, more: str
) -> None:
    asked = f"{question} {more}"
    for expectation, span in expected_words(sentence, expectations_of(asked), asked):
        words = span.of(sentence)
        assert words == words.strip() != ""
        assert expectation.name != "reason"
        assert expectation.answers.search(sentence)
        assert words_of(words) == [] or not stems_of(words) <= stems_of(asked)


@pytest.mark.parametrize(
    ("text", "words", "whole"),
    [
        ("It rang in Kazan, Nizhny Novgorod, Omsk, St. Ives and Moscow itself.", "Kazan, Nizhny Novgorod", None),
        ("It rang in Kazan and Omsk, and people came.", "Kazan and Omsk", "Kazan and Omsk"),
        ("In 1687, 1702 and 1714 it was cast anew.", "1687, 1702", "1687, 1702 and 1714"),
        ("Jonas Trell, Anna Borg and the clerk signed.", "Jonas Trell", "Jonas Trell"),
        ("Kazan, Omsk", "Kazan, Omsk", "Kazan, Omsk"),
    ],
)
def test_a_list_is_marked_to_its_end(text: str, words: str, whole: str | None) -> None:
    start = text.index(words)
    found = to_end_of_list(text, Span(start, start + len(words)))
    assert found.of(text) == (whole or "Kazan, Nizhny Novgorod, Omsk, St. Ives and Moscow")
