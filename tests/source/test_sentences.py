"""Sentences: exact spans that lose nothing, cut where a reader would."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Span
from source.sentences import MAX_SENTENCE_CHARS, cut_long, split_sentences, trim
from tests.checks import check_coverage
from tests.strategies import runs, texts, words


def sentences_of(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text, Span(0, len(text)))]


@given(texts)
def test_every_character_that_is_no_blank_lies_in_one_sentence(text: str) -> None:
    spans = split_sentences(text, Span(0, len(text)))
    check_coverage(text, spans)
    assert all(len(span) <= MAX_SENTENCE_CHARS for span in spans)


@given(texts, texts, texts)
def test_what_stands_around_a_paragraph_does_not_change_its_sentences(before: str, text: str, after: str) -> None:
    alone = split_sentences(text, Span(0, len(text)))
    inside = split_sentences(before + text + after, Span(len(before), len(before) + len(text)))
    assert inside == [Span(span.start + len(before), span.end + len(before)) for span in alone]


@given(runs)
def test_a_sentence_without_a_letter_or_digit_is_the_only_one(text: str) -> None:
    sentences = sentences_of(text)
    assert len(sentences) == 1 or all(any(map(str.isalnum, sentence)) for sentence in sentences)


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. A. B. Carver came at 5.30 a.m. and left at noon.", "She had her tools."],
        ["It means, e.g. A flood or i.e. What one fears.", "See Fig. 3 and No. 7 on p. 5."],
        ["It rang at 5.", "Then it stopped after 31.", "Nobody knew why."],
        ["1. Draw back the curtains.", "2. Wind the clockwork.", "Table 1. Duty rota for a week.", "Step 2. Go home."],
        ["It was seen.[1][2]", "It was heard. [^note]", "[Smith] doubts it.", "[Here](http://x.y) is why."],
        ["[^1]: It was made in 1998.", "Nobody knows by whom."],
        ["He said, “I will.”", "“You won't,” she said.", "They left."],
        ["Is it . . . or not?", "Wait!", "No …"],
        ["今天天气很好。", "我们去公园！", "真的吗？"],
        ["يبلغ عدد السكان عشرة ملايين.", "ما هي العاصمة؟"],
        ["एक वाक्य।", "दूसरा वाक्य।"],
        ["It stood in\r\nthe middle of\r\nthe line.", "So it was."],
    ],
)
def test_sentences_end_where_a_reader_would_end_them(sentences: list[str]) -> None:
    assert sentences_of(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["今天天气很好。", "我们去公园！", "真的吗？", "他说：“好的。”", "然后走了。"],
        ["東京は首都です。", "人口は多い？", "はい！"],
    ],
)
def test_sentences_end_where_a_reader_would_end_them_without_blanks_too(sentences: list[str]) -> None:
    assert sentences_of("".join(sentences)) == sentences


@pytest.mark.parametrize("blank", "\x85\u00a0\u1680\u2000\u2009\u200a\u2028\u2029\u202f\u205f\u3000")
def test_a_blank_of_any_kind_before_a_full_stop_is_no_hindrance(blank: str) -> None:
    assert sentences_of(f"It holds vitamin C{blank}. It is not A{blank}.") == [
        f"It holds vitamin C{blank}.",
        f"It is not A{blank}.",
    ]


def test_the_marks_after_a_sentence_stay_with_it() -> None:
    assert sentences_of("It ends here. ” — * * *") == ["It ends here. ” — * * *"]
    assert sentences_of("… “ It begins here.") == ["… “ It begins here."]


@given(st.text(st.sampled_from("ab \n\t\u00a0é"), max_size=60), st.integers(1, 12))
def test_a_long_run_is_cut_at_the_last_blank_of_the_second_half_or_else_in_a_word(text: str, max_chars: int) -> None:
    whole = trim(text, Span(0, len(text)))
    pieces = list(cut_long(text, whole, max_chars))
    check_coverage(text, pieces)
    for piece, following in pairwise(pieces):
        assert len(piece) <= max_chars
        room = text[piece.start : piece.start + max_chars + 1]
        blanks = [at for at, character in enumerate(room) if character in " \n\t\u00a0" and at > max_chars // 2]
        cut = piece.start + (blanks[-1] if blanks else max_chars)
        assert piece.end == trim(text, Span(piece.start, cut)).end
        assert following.start >= cut


@given(
    st.lists(st.sampled_from([" ", "\t", "\u2028", "\x85", "\r"])), words, st.lists(st.sampled_from(["\n", "\u3000"]))
)
def test_trimming_takes_the_blanks_at_both_ends_only(before: list[str], word: str, after: list[str]) -> None:
    text = "".join(before) + word + "".join(after)
    span = trim(text, Span(0, len(text)))
    assert span.of(text) == text.strip()


@pytest.mark.parametrize("unit", ["x", "word ", "! ", "p. ", "🙂. ", "“Yes” he. ", '("“ ', "[1] ", "\u0301", "a\n"])
def test_the_time_for_a_paragraph_of_anything_grows_with_its_length(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    began = time.process_time()
    check_coverage(text, split_sentences(text, Span(0, len(text))))
    assert time.process_time() - began < 10


def test_a_very_long_paragraph_is_cut_nowhere_but_at_its_sentences() -> None:
    sentence = "The bell, which was cast in 1687, rings when the tide has turned (see Fig. 3)."
    assert sentences_of(" ".join([sentence] * 1500)) == [sentence] * 1500
