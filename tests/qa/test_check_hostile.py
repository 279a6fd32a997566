"""Drafts that were made to take long: each ends, with a verdict that claims no more than was looked at.

How long they take is measured by `make proof`; what grew with the square of their length would not end here in time.
"""

from __future__ import annotations

import random

import pytest

from qa.check import Finding
from qa.check_nearest import find_nearest
from tests.qa.drafts import BELLS, check_text, quotation, sources_of_texts

CHANCE = random.Random(1)
LONG = " ".join(CHANCE.choice(BELLS.split()) for _ in range(8000))


def verdicts_of(found: list[Finding]) -> set[str]:
    return {one.verdict for one in found}


def test_a_long_invented_quotation_is_not_proven() -> None:
    found = quotation(f"“{LONG}”")
    assert found.verdict in {"altered", "not_found"}


def test_a_long_true_quotation_with_another_word_is_altered_and_shown() -> None:
    words = [f"word{number}" for number in range(900)]
    sources = sources_of_texts({"long.txt": " ".join(words)})
    changed = " ".join([*words[:700], "other", *words[701:]])
    found = quotation(f"“{changed}”", sources)
    assert found.verdict == "altered"
    assert found.difference == "… word697 word698 word699 [-word700-] {+other+} word701 word702 word703 …"
    assert quotation(f"“{' '.join(words)}”", sources).verdict == "exact"


def test_what_is_too_long_to_be_compared_is_said_to_be() -> None:
    text = "a " * 6000
    nearest = find_nearest(sources_of_texts({"a.txt": text}), "a b " * 4000)
    assert nearest is not None
    assert nearest.share >= 0.5
    assert nearest.difference == "it is too long to be compared word by word, and stands nowhere as it is"


def test_thousands_of_quotations_of_a_letter_are_each_judged() -> None:
    found = check_text("“a” “x” “é” " * 1000)
    assert len(found) == 3000
    assert {one.text: one.verdict for one in found} == {"a": "exact", "x": "not_found", "é": "not_found"}


@pytest.mark.parametrize("unit", ["“a ‘b ", "‘a ", "'a ", "« a "])
def test_marks_that_only_open_quote_at_most_a_paragraph(unit: str) -> None:
    found = check_text(unit * 8_000)
    assert len(found) <= 1
    assert verdicts_of(found) <= {"altered", "not_found"}


def test_paragraphs_that_only_open_are_each_judged() -> None:
    found = check_text("“bell\n\n" * 1000)
    assert verdicts_of(found) == {"exact"}
    assert len(found) == 1000


@pytest.mark.parametrize("unit", ["bell … ", "[b]ell [of] ", "the … bell "])
def test_more_ellipses_than_are_followed_prove_nothing(unit: str) -> None:
    assert quotation(f"“{unit * 1000}”").verdict in {"altered", "not_found"}


def test_fifty_fragments_are_followed() -> None:
    words = [f"word{number}" for number in range(50)]
    sources = sources_of_texts({"long.txt": " and ".join(words)})
    assert quotation(f"“{' … '.join(words)}”", sources).verdict in {"exact", "folded"}
