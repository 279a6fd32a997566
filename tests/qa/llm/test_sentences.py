"""The sentences and marks of what a language model writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.llm.sentences import WrittenSentence, parse_growing, parse_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rang [1]. It fell [2].", [("It rang.", (1,)), ("It fell.", (2,))]),
        ("It rang. [1][2] It fell. [3]", [("It rang.", (1, 2)), ("It fell.", (3,))]),
        ("It rang.[1, 3-5] Then it fell.", [("It rang.", (1, 3, 4, 5)), ("Then it fell.", ())]),
        ("It rang [^1] and fell [Sentence 2].", [("It rang and fell.", (1, 2))]),
        ("- It rang [1]\n- It fell [2]", [("It rang", (1,)), ("It fell", (2,))]),
        ("1. It rang [1].\n2) It fell [2].", [("It rang.", (1,)), ("It fell.", (2,))]),
        ("**Dr. Trell** cast No. 2 [1].", [("Dr. Trell cast No. 2.", (1,))]),
        ("“It rang. It fell.” [1] He left [2].", [("“It rang. It fell.”", (1,)), ("He left.", (2,))]),
        ("It rang [1-999999].", [("It rang.", (1, 999999))]),
        ("<think>Is it [4]? Yes.</think>\nIt rang [1].", [("It rang.", (1,))]),
        ("<think>It goes on and on. It does.", []),
        ("It rang [x] [1](http://evil.example/) [1.5].", [("It rang [x](http://evil.example/) [1.5].", (1,))]),
        ("鐘は一六八七年に鋳造された。[1]", [("鐘は一六八七年に鋳造された。", (1,))]),
        ("[1] [2]", []),
        ("", []),
    ],
)
def test_sentences_have_the_marks_in_or_after_them(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert parse_sentences(text) == [WrittenSentence(*one) for one in expected]


WRITING = st.lists(
    st.sampled_from(["Bells ring", "Dr.", " ", ".", "! ", "[1]", " [2, 3]", "\n", "“", "”", "鐘。", "\r\n", "- ", "?"]),
    max_size=25,
).map("".join)


@given(WRITING | st.text(max_size=60))
def test_each_sentence_is_one_line_of_the_words_that_were_written_and_nothing_else(text: str) -> None:
    for sentence in parse_sentences(text):
        assert sentence.text == " ".join(sentence.text.split())
        written = "".join(one for one in text if one.isalpha())
        assert "".join(one for one in sentence.text if one.isalpha()) in written
        assert len(set(sentence.numbers)) == len(sentence.numbers)


@given(WRITING)
def test_a_growing_answer_never_has_more_sentences_than_the_same_text_when_it_is_whole(text: str) -> None:
    assert parse_growing(text) == parse_sentences(text)[: len(parse_growing(text))]
