"""What `make corpus` measures with: its edit distance, its source texts and their gold questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.corpus_producers import PLAIN, PRODUCERS, Producer
from tests.measure.corpus_scores import compare, edit_distance, plain
from tests.measure.corpus_texts import SourceText, load_questions, load_texts, unmarked

few_letters = st.text("abc", max_size=12)
TEXTS = load_texts()


def slow_edit_distance(first: str, second: str) -> int:
    """By the table that defines it, row by row."""
    row = list(range(len(second) + 1))
    for number, one in enumerate(first, 1):
        above, row = row, [number]
        for place, other in enumerate(second, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (one != other)))
    return row[-1]


@given(few_letters, few_letters)
def test_edit_distance_is_that_of_its_definition(first: str, second: str) -> None:
    assert edit_distance(first, second) == slow_edit_distance(first, second)


def test_edit_distance_of_words_known_by_hand() -> None:
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("", "fjord") == edit_distance("fjord", "") == 5


def test_each_gold_sentence_stands_once_in_its_text() -> None:
    questions = load_questions()
    assert len(questions) == 40
    words = {text.name: plain(unmarked(text.markdown.replace("*", ""))) for text in TEXTS}
    assert {one.sentence: words[one.text].count(plain(one.sentence)) for one in questions} == {
        one.sentence: 1 for one in questions
    }


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_a_text_that_came_back_whole_has_all_its_characters(text: SourceText) -> None:
    words = plain(" ".join(unmarked(line) for piece in text.pieces for line in piece.lines))
    notes = " ".join(plain(f"[{number}] {note}") for number, note in text.notes.items())
    assert compare(text, f"{words} {notes}", "all", moves_table=False).share == 1
    assert compare(text, words, "all", moves_table=False).share < 1
    assert compare(text, words.replace("  ", " ")[100:], "all", moves_table=False).share < 0.99


def test_characters_out_of_reading_order_count_as_lost() -> None:
    text = TEXTS[0]
    words = plain(" ".join(unmarked(line) for piece in text.pieces for line in piece.lines))
    notes = " ".join(map(plain, text.notes.values()))
    half = len(words) // 2
    assert compare(text, f"{words[half:]} {words[:half]} {notes}", "all", moves_table=False).share < 0.6


def test_producers_are_told_apart_by_name_and_suffix() -> None:
    names = [(producer.name, producer.suffix) for producer in PRODUCERS]
    assert len(set(names)) == len(names)
    assert PRODUCERS[0] is PLAIN
    assert Producer("nobody", ".txt", PLAIN.make, "no-such-program", "nothing").is_missing()
