"""What is proven, and why the rest is not."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from qa.llm.prompt import NumberedSentence, number_sentences
from qa.llm.proof import Prover
from qa.llm.sentences import WrittenSentence, parse_sentences
from tests.measure.written import variants
from tests.qa.llm.conftest import numbered


def problem(sentences: list[NumberedSentence], text: str) -> str:
    written = parse_sentences(text)
    assert len(written) == 1, written
    return Prover(sentences).problem(written[0])


@pytest.mark.parametrize(
    "text",
    [
        "Jonas Trell cast the oldest bell of Dunmouth in 1687 [1].",
        "The oldest bell, which was cast in 1687, weighs 640 kg [1][2].",
        "It hangs “above the fish market” [2].",
        "It hangs ‘Above the fish market’ [2].",
        "The tower wasn't built in Port Ellery [3].",
        "If the tide has turned, the small bell rings twice [4].",
        "Anna Weber's repair of the clock was on March 12, 1901 [5].",
        "Jonas paid thirty crowns for two wheels [5].",
        "The bell weighs 640 kilograms, and Anna Weber repaired the clock [1, 2, 5].",
    ],
)
def test_what_stands_in_the_cited_sentences_is_proven(sentences: list[NumberedSentence], text: str) -> None:
    assert problem(sentences, text) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Jonas Trell cast the oldest bell.", "it cites nothing"),
        ("Jonas Trell cast the oldest bell [6].", "there is no sentence [6]"),
        ("Jonas Trell cast the oldest bell [0][1][99].", "there is no sentence [0][99]"),
        ("Jonas Trell cast the oldest bell [2].", "the name Trell does not stand in [2]"),
        ("Jonas Weber cast the oldest bell [1][5].", "the name Jonas Weber does not stand in [1][5]"),
        ("The oldest bell was cast by Mallory [1].", "the name Mallory does not stand in [1]"),
        ("mallory cast the oldest bell [1].", "the word mallory does not stand in [1]"),
        ("The oldest bell was cast in 1678 [1].", "the number 1678 does not stand in [1]"),
        ("It weighs 640 pounds [2].", "the word pounds does not stand in [2]"),
        ("It weighs 640 tonnes [2].", "the number 640 tonnes does not stand in [2]"),
        ("Jonas paid 2 crowns for 30 wheels [5].", "where it says 2, [5] says 30"),
        ("The oldest bell was melted by Jonas Trell [1].", "the word melted does not stand in [1]"),
        ("The tower was built in Port Ellery [3].", "it leaves out “not” of [3]"),
        ("The oldest bell was not cast by Jonas Trell [1].", "the word not does not stand in [1]"),
        ("The small bell rings twice [4].", "it leaves out “If” of [4]"),
        ("The tower was built in Port Ellery, though not many say so [3].", "it leaves out “not” of [3]"),
        ("It hangs “over the fish market” [2].", "the quotation “over the fish market” is altered"),
        ("It hangs “above the fish” [1].", "the quotation “above the fish” does not stand in what it cites"),
        ("“The moon is made of cheese” [1].", "the quotation “The moon is made of cheese” is not found"),
        ("“built in Port Ellery” [3].", "the quotation “built in Port Ellery” is altered: it is cut off from “not”"),
        ("It is what it is [1].", "it says nothing that could be held against what it cites"),
        ("Jonas Trеll cast the oldest bell [1].", "the name Trеll does not stand in [1]"),  # with a Cyrillic letter
        ("The oldest bell was cast by Jo\u200bnas Trell [1].", "the name Jo does not stand in [1]"),
        ("See http://evil.example/ for the oldest bell [1].", "the word see does not stand in [1]"),
    ],
)
def test_what_does_not_stand_there_is_unproven_for_a_reason(
    sentences: list[NumberedSentence], text: str, reason: str
) -> None:
    assert problem(sentences, text).startswith(reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("It hangs “above the fish market”" + " “fish”" * 7 + " [2].", ""),
        (
            "It hangs “above the fish market”" + " “fish”" * 8 + " [2].",
            "it quotes more than the 8 times that are looked at",
        ),
    ],
)
def test_what_would_take_long_to_look_at_is_unproven(sentences: list[NumberedSentence], text: str, reason: str) -> None:
    assert problem(sentences, text) == reason


def test_a_sentence_of_more_than_1500_characters_is_unproven(sentences: list[NumberedSentence]) -> None:
    reason = "it has more than the 1,500 characters that are looked at"
    for text, found in (("market " * 214, ""), ("market " * 215, reason)):
        assert Prover(sentences).problem(WrittenSentence(text, (2,))) == found


def test_a_sentence_that_cites_more_than_thirty_others_is_unproven(library: Library, tmp_path: Path) -> None:
    sentences = numbered(library, tmp_path, " ".join(f"The bell rang on day {one}." for one in range(31)))
    for count, reason in ((30, ""), (31, "it cites more than the 30 sentences that are looked at")):
        written = WrittenSentence("The bell rang.", tuple(range(1, count + 1)))
        assert Prover(sentences).problem(written) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Die älteste Glocke goss Jonas Trell im Jahr 1687 [1].", ""),
        ("Die älteste Glocke goss Jonas Trell nicht [1].", "the word nicht does not stand in [1]"),
        ("Der Turm wurde in Hafen gebaut [2].", "it leaves out “nicht” of [2]"),
        ("鐘は一六八七年に鋳造された [3].", ""),
        ("鐘は一六八七年 [3].", ""),
        ("鐘は一六七八年に鋳造された [3].", "the word 六七 does not stand in [3]"),
        ("Колокол отлил Иван [4].", ""),
        ("Колокол отлил Пётр [4].", "the name Пётр does not stand in [4]"),
        ("राम ने घंटी बनाई [5].", ""),
        ("रमा ने घंटी बनाई [5].", "the word रमा does not stand in [5]"),
    ],
)
def test_other_languages_are_held_to_their_words(library: Library, tmp_path: Path, text: str, reason: str) -> None:
    source = (
        "Die älteste Glocke goss Jonas Trell im Jahr 1687. Der Turm wurde nicht in Hafen gebaut.\n\n"
        "鐘は一六八七年に鋳造された。\n\nКолокол отлил Иван в Москве.\n\nराम ने घंटी बनाई।\n"
    )
    sentences = numbered(library, tmp_path, source)
    assert [one.number for one in sentences] == [1, 2, 3, 4, 5]
    assert problem(sentences, text) == reason


def test_markdown_is_held_against_what_a_reader_sees(library: Library, tmp_path: Path) -> None:
    sentences = numbered(library, tmp_path, "The **oldest** bell is [in the tower](http://tower.example/).\n", "a.md")
    assert problem(sentences, "The oldest bell is “in the tower” [1].") == ""
    assert problem(sentences, "The oldest bell is at tower.example [1].") == "the word example does not stand in [1]"


def test_words_of_the_headings_above_count_but_no_name_of_theirs(library: Library, tmp_path: Path) -> None:
    text = "# The oldest bell of Jonas Trell\n\nIt was cast in 1687.\n"
    sentences = numbered(library, tmp_path, text, "b.md")
    assert problem(sentences, "The oldest bell was cast in 1687 [1].") == ""
    assert problem(sentences, "The bell of Jonas Trell was cast in 1687 [1].") == "the name Jonas does not stand in [1]"


WORDS = "the oldest bell was cast by Jonas Trell in 1687 mallory not Dunmouth 640 kilograms if cheese of".split()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_no_sentence_with_a_word_that_stands_nowhere_is_proven(
    sentences_once: list[NumberedSentence], words: list[str]
) -> None:
    """The oracle: each word alone, held against the text."""
    found = Prover(sentences_once).problem(WrittenSentence(" ".join(words), (1,)))
    strange = {"mallory", "not", "640", "kilograms", "if", "cheese"} & set(words)
    assert not strange or found != ""


@pytest.fixture(scope="module")
def sentences_once(tmp_path_factory: pytest.TempPathFactory) -> list[NumberedSentence]:
    folder = tmp_path_factory.mktemp("once")
    with Library(folder / "library") as library:
        return numbered(library, folder, "The oldest bell of Dunmouth was cast by Jonas Trell in 1687.\n")


def test_real_sentences_are_proven_by_themselves_and_their_alterations_are_not(demo_library: Library) -> None:
    """As `python -m tests.measure.written` has it, on the demo documents."""
    proven: dict[str, list[bool]] = defaultdict(list)
    generator = random.Random(1)
    for document in demo_library.documents():
        for passage in demo_library.passages_of(document.id):
            known = number_sentences(demo_library, [(document, passage)])
            for sentence in known[:4]:
                for kind, text in variants(" ".join(sentence.words.split()), generator):
                    found = Prover(known).problem(WrittenSentence(text, (sentence.number,)))
                    proven[kind].append(found == "")
    true = proven.pop("as it stands")
    assert sum(true) >= 0.97 * len(true) > 100
    assert {kind: sum(outcomes) for kind, outcomes in proven.items()} == dict.fromkeys(proven, 0)
    assert len(proven) == 5
