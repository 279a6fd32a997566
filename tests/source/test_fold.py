"""Folded copies: spellings of the same words become equal, and different words stay different."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source.fold import fold
from tests.strategies import runs, texts

EVERY_CHARACTER = [
    character
    for character in map(chr, range(1, sys.maxunicode + 1))
    if unicodedata.category(character) not in {"Cn", "Co", "Cs"}
]
WITH_DIGITS = [one for one in EVERY_CHARACTER if re.search(r"\d", unicodedata.normalize("NFKC", one))]


@given(texts)
@example("a\u00ad\u00ad\nb")
def test_folding_again_changes_nothing(text: str) -> None:
    folded = fold(text, "none")
    assert fold(folded, "none") == folded


@given(texts, st.sampled_from(["none", "markdown"]))
def test_a_folded_copy_is_one_line_with_single_spaces(text: str, markup: str) -> None:
    folded = fold(text, "markdown" if markup == "markdown" else "none")
    assert folded == " ".join(folded.split())
    assert not any(unicodedata.category(character) in {"Cc", "Cf"} for character in folded)


def test_no_character_folds_differently_the_second_time() -> None:
    folded = fold(" ".join(f"a{one}1" for one in EVERY_CHARACTER), "none").split()
    again = fold(" ".join(folded), "none").split()
    assert [pair for pair in zip(folded, again, strict=True) if pair[0] != pair[1]] == []


def test_only_a_digit_makes_a_number_longer() -> None:
    """Nothing that is raised, lowered, circled or followed by its own full stop runs into a number beside it."""
    wrong = [
        one
        for one in WITH_DIGITS
        if not one.isdecimal() and re.search(r"10\d|\d02", fold(f"10{one}", "none") + " " + fold(f"{one}02", "none"))
    ]
    assert wrong == []
    assert fold("10²", "none") != fold("102", "none")


@given(runs)
def test_case_and_the_words_of_ascii_text_are_kept(text: str) -> None:
    plain = "".join(
        character for character in text if character == " " or ("!" <= character <= "~" and character not in "`-")
    )
    assert fold(plain, "none") == " ".join(plain.split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the ﬁrst o\u0301ﬃce", "the first óffice"),
        ("3\u00a0November\u2003 1874\r\n", "3 November 1874"),
        ("“It’s ‚so‘ – ‟here”", "\"It's 'so' - \"here\""),
        ("co\u00adoperation, zero\u200bwidth", "cooperation, zerowidth"),
        ("a well-\nknown con\u00ad\r\ntract", "a well-known contract"),
        ("For exam-\nple the informa-\r\ntion", "For example the information"),
        ("semi-\nautomatic, cost-\neffective", "semi-automatic, cost-effective"),
        ("state-of-\nthe-art, mother-\nin-law", "state-of-the-art, mother-in-law"),
        (
            "DNA-\nbinding, Anglo-\nSaxon, x-\naxis, RD-\n33, 1914-\n18",
            "DNA-binding, Anglo-Saxon, x-axis, RD-33, 1914-18",
        ),
        ("１２ ｋｇ ㎏ Ⅳ", "12 kg kg IV"),
        ("CO₂ and H₂O", "CO2 and H2O"),
        ("the museum² and 1998①", "the museum ² and 1998 ①"),
        ("‴ ︱", "''' -"),
    ],
)
def test_spellings_of_the_same_words_are_equal(one: str, other: str) -> None:
    assert fold(one, "none") == other


@pytest.mark.parametrize(
    ("markdown", "folded"),
    [
        ("See [the *policy*](http://x.y 'z') and ![a **bell**](b.png).", "See the policy and a bell."),
        ("**bold** _it_ ~~out~~ `a_b` snake_case_word 2 * 3", "bold it out a_b snake_case_word 2 * 3"),
        ("one<br>two <!-- hidden --> <span class='x'>three</span>", "one two three"),
        ("> quoted\n> on\n>> two lines", "quoted on two lines"),
        ("- one\n  - two\n  * three\n  + four", "one two three four"),
        ("## A heading", "A heading"),
        ("It happened in\n1998. It rang, and 2. it fell.", "It happened in 1998. It rang, and 2. it fell."),
        ("3. Step three", "3. Step three"),
        ("1 \\* 2 &amp; R&D &copy; 5 &lt; 6", "1 * 2 & R&D © 5 < 6"),
        ("and it **ends here.**", "and it ends here."),
        ("**It begins here", "It begins here"),
        ("a [reference][1] and a note[^2]", "a [reference][1] and a note[^2]"),
    ],
)
def test_markup_is_folded_away_and_words_are_not(markdown: str, folded: str) -> None:
    assert fold(markdown, "markdown") == folded
