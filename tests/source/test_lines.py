"""Lines, and what their shapes say: what is said is never taken for what only surrounds it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Lines, Span
from source.lines import (
    LineNumbers,
    all_lines,
    count_words,
    is_breadcrumb,
    is_credit,
    is_heading,
    is_navigation,
    is_question,
    is_request,
    is_statement,
    split_lines,
    standing_lines,
)
from tests.checks import check_coverage, slow_lines
from tests.strategies import texts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("— …", 0),
        ("Yes.", 1),
        ("It may be so, they said.", 6),
        ("鐘", 1),
        ("港の鐘は毎朝鳴ります。", 5),
        ("No. 2 は古い鐘です。", 5),
    ],
)
def test_two_characters_without_blanks_between_words_count_as_one_word(text: str, words: int) -> None:
    assert count_words(text) == words


def whole(text: str) -> Span:
    return Span(0, len(text))


@given(texts, st.data())
def test_line_numbers_are_those_of_counting_character_by_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    if len(span):
        assert LineNumbers(text).of(span) == slow_lines(text, span)


def test_lines_end_at_cr_lf_and_both_together_only() -> None:
    text = "one\r\ntwo\rthree\n\n\vfive\x85\u2028\fstill five"
    numbers = LineNumbers(text)
    assert numbers.of(Span(0, 3)) == Lines(1, 1)
    assert numbers.of(Span(0, 8)) == Lines(1, 2)
    assert numbers.of(Span(9, 14)) == Lines(3, 3)
    assert numbers.of(Span(text.index("five"), len(text))) == Lines(5, 5)
    assert numbers.of(whole(text)) == Lines(1, 5)


@given(texts)
def test_lines_are_the_text_between_line_ends_without_blanks(text: str) -> None:
    assert [line.of(text) for line in all_lines(text, whole(text))] == [
        line.strip() for line in re.split("\r\n|\r|\n", text)
    ]
    check_coverage(text, split_lines(text, whole(text)))


@given(texts.map(str.strip).filter(bool))
def test_standing_lines_lose_nothing(text: str) -> None:
    check_coverage(text, standing_lines(text, whole(text)))


@pytest.mark.parametrize(
    "parts",
    [
        ["Wifi password: gull and herring", "Door code: 4711", "Plumber: 0123 456", "Doctor: 0456 789"],
        ["2023-03-04T02:10 G4 47.8 ok", "2023-03-04T05:40 G4 41.2 LOW", "2023-03-04T09:15 G4 39.0 LOW"],
        ["name,year,place", "Trell,1687,Ellery", "Pask,1921,Dunmouth"],
        ["From: anna@example.org", "To: bob@example.org", "Subject: The meeting on Tuesday", "Date: Mon, 3 Apr"],
        ["ANNA\nWhere did you hide the bell?", "BOB\nIn the garden, under the oak.", "ANNA\nI never saw it there."],
    ],
)
def test_lines_that_were_ended_on_purpose_stand_for_themselves(parts: list[str]) -> None:
    text = "\n".join(parts)
    assert [part.of(text) for part in standing_lines(text, whole(text))] == parts


@pytest.mark.parametrize(
    "text",
    [
        "It gives a note a little flatter than\nF sharp. Trell had not made a bell; he\nmade pots, and left\nfeet.",
        "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\nCould frame thee?",
        "Anna Smith\n12 High Street\nLondon",
        "def add(one, other):\n    return one + other",
        "one line",
    ],
)
def test_wrapped_prose_verse_and_short_lines_stay_together(text: str) -> None:
    assert standing_lines(text, whole(text)) == [whole(text)]


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Marta Quill / Ellery Evening Post",
        "Credit: Depositphotos",
        "Image courtesy of the Harbour House",
        "Source: Town Hall",
        "The mayor on the quay. Photo: Tobias Rell",
        "Caption: The lathe in the rope loft (left), and Dr. Carver's card. Photo: Marta Quill",
        "© 2023 Northern Lights & Beacons Trust. All rights reserved.",
    ],
)
def test_credits_are_known(line: str) -> None:
    assert is_credit(line)


@pytest.mark.parametrize(
    "line",
    [
        "Source: the report says that the fee is 40 euros.",
        "Credits: 30 ECTS are needed to pass.",
        "Image: a noun. It means a picture.",
        "Photos: you may take as many as you like.",
        "Pictures: 12 were sold on Sunday",
        "Courtesy: the custom of the house is to bow twice before dinner.",
        "The fee is 40 euros. Source: the town hall said so in May.",
        "Sources: two of the three rivers rise in the hills",
    ],
)
def test_what_begins_like_a_credit_and_says_something_is_none(line: str) -> None:
    assert not is_credit(line)


@pytest.mark.parametrize(
    "line",
    ["Share this article", "Home | About us | Contact", "Skip to main content", "* * *", "—", "Log in | Search | Menu"],
)
def test_navigation_is_known(line: str) -> None:
    assert is_navigation(line)


@pytest.mark.parametrize(
    "line",
    [
        "Paris | London | Rome",
        "Home",
        "Save the bells",
        "Print it in ink, not in pencil.",
        "Anna | email | York",
        "1687",
        "今天",
    ],
)
def test_words_and_figures_are_no_navigation(line: str) -> None:
    assert not is_navigation(line)


def test_a_breadcrumb_has_words_between_its_marks_and_ends_no_sentence() -> None:
    assert is_breadcrumb("News | World | Asia")
    assert is_breadcrumb("Interviews\u00a0»\u00a0East Asia")
    assert not is_breadcrumb("Trell | 1687 | Ellery")
    assert not is_breadcrumb("The keys are in the hall | the oil is in the shed.")
    assert not is_breadcrumb("News")


@pytest.mark.parametrize("line", ["The Storm", "2.1 What to bring", "CHAPTER ONE", "Über uns", "第一章", "العاصمة"])
def test_short_lines_that_end_no_sentence_may_be_headings(line: str) -> None:
    assert is_heading(line, whole(line))


@pytest.mark.parametrize(
    "line",
    [
        "It was dark.",
        "It was dark;",
        "Why?",
        "天气很好。",
        "- a point",
        "1687",
        "word " * 15,
        "x" * 101,
        "北京是中国的首都" * 5,
    ],
)
def test_sentences_points_figures_and_long_lines_are_no_headings(line: str) -> None:
    assert not is_heading(line, whole(line))


@pytest.mark.parametrize(
    "line", ["The meeting is moved to Wednesday", "You can't open it from inside", "Bees are dying out fast"]
)
def test_a_line_with_a_verb_says_something(line: str) -> None:
    assert is_statement(line)


@pytest.mark.parametrize(
    "line",
    ["What China has to offer", "How a bee can tell the way", "When to sound the horn", "The bells", "4.2 Staff"],
)
def test_a_line_that_announces_says_nothing_by_itself(line: str) -> None:
    assert not is_statement(line)


@pytest.mark.parametrize(
    "text", ["Why nine bells?", "What for? And why?", "Explain the rope. Who pays for it?", "为什么？", "لماذا؟"]
)
def test_questions_and_requests_among_them_are_what_an_interviewer_says(text: str) -> None:
    assert is_question(text, whole(text))


@pytest.mark.parametrize(
    "text",
    [
        "“Where is he?”",
        "Who rang? It was Trell.",
        "It is said to be old. Is it?",
        "In what distant deeps or skies\nBurnt the fire of thine eyes?\nAnd why?\nAnd when?",
    ],
)
def test_speech_answers_and_verse_are_no_questions(text: str) -> None:
    assert not is_question(text, whole(text))


def test_a_request_is_one_sentence() -> None:
    assert is_request("Briefly explain the history.", Span(0, 28))
    assert not is_request("Explain it. It is old.", Span(0, 22))
    assert not is_request("It explains itself.", Span(0, 19))
