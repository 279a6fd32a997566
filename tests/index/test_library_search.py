"""Searching a library: keyword scores are the formula's, and the nearest sentences are found in their passages."""

from __future__ import annotations

import math

import numpy as np
import pytest

from index.library import Library
from tests.documents import body_sentences, make_document, put_text, quotes_of
from tests.fakes import WordEmbedder

WORDS = WordEmbedder()
BELLS = (
    "The Bells\n\nThey ring when the tide has turned.\n\nPhoto: Marta Quill\n\nThe oldest of them was cast in 1687.\n"
)
ROPES = "Ropes wear through when nobody looks after them.\n"


def slow_bm25(rows: list[tuple[list[str], list[str]]], words: list[str], weights: tuple[float, float]) -> list[float]:
    """The score of each row of headings and text, as SQLite's documentation defines it (k1 = 1.2, b = 0.75)."""
    average = sum(len(headings) + len(text) for headings, text in rows) / len(rows)
    scores = [0.0] * len(rows)
    for word in words:
        holding = sum(word in headings + text for headings, text in rows)
        rarity = max(1e-6, math.log((len(rows) - holding + 0.5) / (holding + 0.5)))
        for number, (headings, text) in enumerate(rows):
            times = weights[0] * headings.count(word) + weights[1] * text.count(word)
            length = 1.2 * (1 - 0.75 + 0.75 * (len(headings) + len(text)) / average)
            scores[number] += rarity * times * 2.2 / (times + length)
    return scores


def test_keyword_scores_are_those_of_the_formula_on_four_passages(library: Library) -> None:
    """All words are their own stems, so that the rows are what they look like."""
    rows = [
        ("bell", "bell rope tide"),
        ("bell", "rope rope rope rope quay boat gull"),
        ("boat", "gull quay harbor"),
        ("boat", "bell quay gull boat salt sand mud bell"),
    ]
    text = "".join(f"# {headings}\n\n{words} end stop here.\n\n" for headings, words in rows)
    record = put_text(library, WORDS, text, "/documents/rows.md")
    bodies = [passage for passage in library.passages_of(record.id) if passage.role == "body"]
    split = [(headings.split(), f"{words} end stop here".split()) for headings, words in rows]
    expected = slow_bm25(split, ["bell", "rope"], (0.5, 1.0))
    found = dict(library.search_keywords(["bell", "rope"], 10))
    assert found == pytest.approx({passage.id: score for passage, score in zip(bodies, expected, strict=True) if score})
    order = sorted(found, key=lambda passage_id: -found[passage_id])
    assert [passage_id for passage_id, _ in library.search_keywords(["bell", "rope"], 10)] == order
    assert library.search_keywords(["bell", "rope"], 2) == library.search_keywords(["bell", "rope"], 10)[:2]


def test_a_word_finds_its_other_forms_and_spellings(library: Library) -> None:
    put_text(library, WORDS, "The ponies were running past the café of naïve people.")
    for word in ("pony", "runs", "cafe", "naïve", "NAIVE", "people"):
        assert len(library.search_keywords([word], 5)) == 1, word
    assert library.search_keywords(["horse"], 5) == []
    assert library.search_keywords([], 5) == []


def test_a_word_that_stands_in_every_passage_still_scores_above_nothing(library: Library) -> None:
    put_text(library, WORDS, "The bell rang all night long.\n\nThe bell was silent after that.")
    assert [score > 0 for _, score in library.search_keywords(["bell"], 5)] == [True, True]


@pytest.mark.parametrize(
    "word", ['"', '""', "*", "NEAR", "a OR b", "-", "text:", "bell*", "'", "(", "🙂", "{}", "^bell"]
)
def test_no_word_is_a_command_to_the_index(library: Library, word: str) -> None:
    put_text(library, WORDS, BELLS)
    library.search_keywords([word, "tide"], 5)
    assert library.count_passages_with(word) == (2 if word in {"bell*", "^bell"} else 0)


def test_thousands_of_words_are_searched_for_at_once(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    words = [f"word{number}" for number in range(5000)]
    assert quotes_of(library, [*words, "tide"]) == ["They ring when the tide has turned."]


def test_passages_with_a_word_are_counted_with_furniture_and_in_all_forms(library: Library) -> None:
    put_text(library, WORDS, BELLS)
    put_text(library, WORDS, ROPES, "/documents/ropes.txt")
    counts = {
        word: library.count_passages_with(word) for word in ("ring", "rang", "bell", "quill", "photos", "gull", "when")
    }
    assert counts == {"ring": 1, "rang": 0, "bell": 2, "quill": 1, "photos": 1, "gull": 0, "when": 2}
    assert library.count_passages() == 3


def test_vector_search_finds_the_passage_of_each_nearest_sentence(library: Library) -> None:
    record = put_text(library, WORDS, "Bells ring at noon. Ropes wear through.\n\nBoats come in at night and leave.")
    first, second = library.passages_of(record.id)
    found = library.search_vectors(WORDS.embed_question("Ropes wear through."), 3)
    assert [passage_id for passage_id, _ in found] == [
        first.id,
        *([first.id, second.id] if found[1][0] == first.id else [second.id, first.id]),
    ]
    assert found[0][1] == pytest.approx(1, abs=2e-3)


def test_stored_vectors_are_those_put_in_to_half_precision(library: Library) -> None:
    record = put_text(library, WORDS, BELLS)
    ids = [passage.id for passage in library.passages_of(record.id)]
    stored = np.stack([one.vector for one in library.sentences(ids)])
    [first, second] = WORDS.embed_passages(body_sentences(make_document(BELLS)))
    np.testing.assert_array_equal(stored, np.concatenate([first, second]).astype(np.float16).astype(np.float32))
