"""Plain text: all of it is kept, and what is said in it stays body, whatever it looks like."""

from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction, Passage
from source.split import split_passages
from source.text import load_text
from tests.checks import check_passages
from tests.strategies import LINE_ENDS, texts

PROSE = "The bell rings when the tide has turned. It is heard as far as the customs house."


def load(text: str) -> Extraction:
    """`text` with a mark before it, so that no encoding has to be guessed."""
    return load_text(codecs.BOM_UTF8 + text.encode("utf-8"))


def passages_of(*paragraphs: str) -> list[Passage]:
    return list(split_passages(load("\n\n".join(paragraphs))))


def roles_of(*paragraphs: str) -> list[str]:
    return [block.role for block in load("\n\n".join(paragraphs)).blocks]


@given(texts)
def test_all_of_any_text_is_kept_in_order_and_in_its_place(text: str) -> None:
    extraction = load(text)
    assert extraction.text == text
    check_passages(extraction)


@given(
    st.lists(st.sampled_from(["A bell rings.", "A light\nburns at night.", "No. 7\n\x85hangs there."]), min_size=1),
    st.data(),
)
def test_blank_lines_of_any_kind_divide_paragraphs(paragraphs: list[str], data: st.DataObject) -> None:
    end = data.draw(st.sampled_from(LINE_ENDS))
    blanks = st.sampled_from([end + end, f"{end} \t{end}", f"{end}\u00a0{end}{end}", "\f", f"{end}\f{end}"])
    text = "".join(paragraph.replace("\n", end) + data.draw(blanks) for paragraph in paragraphs)
    expected = [paragraph.replace("\n", end) for paragraph in paragraphs]
    assert [block.span.of(text) for block in load(text).blocks] == expected


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=9), min_size=2, max_size=30))
def test_a_paragraph_that_ends_a_sentence_is_body(words: list[str]) -> None:
    """Furniture is told by words and marks that no sentence of letters alone has; only "Explain …" may be asked."""
    assert roles_of(PROSE, " ".join(words) + ".", PROSE)[1] == "body"


@given(
    st.lists(
        st.sampled_from([PROSE, "The Storm", "Yes", "What is it?", "4711", "He lives in York", "Anna Smith"]),
        max_size=9,
    )
)
def test_without_marks_of_a_page_nothing_new_is_furniture(paragraphs: list[str]) -> None:
    """A line may be furniture only where the same line stands above it."""
    for number, role in enumerate(roles_of(*paragraphs)):
        assert role != "furniture" or paragraphs[number] in paragraphs[:number]


def test_an_interview_by_hand() -> None:
    passages = passages_of(
        "The Bells",
        "Home | Features | Interviews",
        "The Bells",
        PROSE,
        "The Bells\nPhoto: Marta Quill",
        "Why nine bells?",
        "Because the harbour has nine things to say.",
        "Describe the oldest of them.",
        "It was cast in 1687 by Trell.",
        "Share this article",
    )
    assert [(passage.role, passage.headings) for passage in passages] == [
        ("heading", ()),
        ("furniture", ("The Bells",)),
        ("furniture", ("The Bells",)),
        ("body", ("The Bells",)),
        ("furniture", ("The Bells",)),
        ("heading", ("The Bells",)),
        ("body", ("The Bells", "Why nine bells?")),
        ("heading", ("The Bells",)),
        ("body", ("The Bells", "Describe the oldest of them.")),
        ("furniture", ("The Bells", "Describe the oldest of them.")),
    ]


def test_chapters_sections_and_numbers_make_the_heading_path() -> None:
    passages = passages_of(
        "A History",
        "CHAPTER ONE",
        "The Storm",
        PROSE,
        "The Calm",
        PROSE,
        "CHAPTER TWO",
        PROSE,
        "1. Bells",
        PROSE,
        "1.2 Ropes",
        PROSE,
    )
    assert [passage.headings for passage in passages if passage.role == "body"] == [
        ("A History", "CHAPTER ONE", "The Storm"),
        ("A History", "CHAPTER ONE", "The Calm"),
        ("A History", "CHAPTER TWO"),
        ("A History", "CHAPTER TWO", "1. Bells"),
        ("A History", "CHAPTER TWO", "1. Bells", "1.2 Ropes"),
    ]


def test_a_section_of_questions_stays_above_each_of_them() -> None:
    passages = passages_of(
        "Talk", PROSE, "The early years", "When was that?", "In May.", "Who came?", "Nobody came.", "Later", PROSE
    )
    assert [passage.headings for passage in passages if passage.role == "body"] == [
        ("Talk",),
        ("Talk", "The early years", "When was that?"),
        ("Talk", "The early years", "Who came?"),
        ("Talk", "Later"),
    ]


def test_the_underline_of_a_heading_is_no_part_of_it() -> None:
    assert passages_of("The Bells\n=========", PROSE)[1].headings == ("The Bells",)
    assert load("The Bells\n=========\n\n" + PROSE).title == "The Bells"


def test_a_first_question_is_no_title() -> None:
    extraction = load(f"What does it cost?\n\nForty euros.\n\nWho pays?\n\n{PROSE}")
    assert extraction.title == ""
    assert [passage.headings for passage in split_passages(extraction)][-1] == ("Who pays?",)


@pytest.mark.parametrize(
    "paragraphs",
    [
        ["The code of the safe is 4711", "The key is under the mat"],
        [
            "Notes",
            "Buy milk",
            "Call the dentist",
            "Meeting with Carver at noon",
            "Password for the boathouse: gull",
            PROSE,
        ],
        ["Anna Smith\n12 High Street\nLondon", "Bob Jones\n9 Mill Lane\nYork"],
        ["Anna Smith, 12 High Street", "Bob Jones, 9 Mill Lane", "Carl Brown, 7 Low Road"],
        ["Anna", "Bob", "Carl", "Dora", "Emil", "They met in May."],
        ["“Where is he?”", "“Gone to London.”", "“When did he go?”", "She sat down."],
        ["Anna: In the garden.", "Bob: Under the oak.", "Anna: I never saw it there."],
        [
            "Tyger Tyger, burning bright,\nIn the forests of the night;",
            "In what distant deeps or skies\nBurnt the fire of thine eyes?\nAnd why?",
        ],
        ["def add(one, other):\n    return one + other", "class Bell:\n    pass"],
        ["2023-03-04T02:10 G4 RH=47.8 ok\n2023-03-04T05:40 G4 RH=41.2 LOW"],
        ["name,year,place\nTrell,1687,Ellery\nPask,1921,Dunmouth"],
        ["From: anna@example.org\nSubject: Tuesday", "Dear Bob,", "The meeting is moved to Wednesday", "Best", "Anna"],
        ["北京是中国的首都", "上海是最大的城市"],
        ["العاصمة هي القاهرة", "يبلغ عدد السكان عشرة ملايين"],
        ["Identify the leak and close the valve.", "Examine the rope daily.", "Then go home."],
        ["1. Buy milk", "2. Call the dentist", "3. Pay the rent", "4. Sleep"],
        ["Abaft", "Toward the stern", "Abeam", "At right angles to the keel", "Ahoy", "A cry"],
        [PROSE, "Paris | London | Rome", PROSE],
        ["Source: the report says that the fee is 40 euros.", "Credits: 30 are needed."],
    ],
    ids=lambda paragraphs: paragraphs[0][:20],
)
def test_what_is_said_can_be_quoted_whatever_it_looks_like(paragraphs: list[str]) -> None:
    """But for a title or name above them, all lines of notes, lists, talk, code and tables are body."""
    headings = {"Notes", "Anna", "The Tyger"}
    passages = passages_of(*paragraphs)
    quotable = " ".join(
        sentence.folded for passage in passages for sentence in passage.sentences if passage.role == "body"
    )
    lost = [word for word in re.findall(r"\w+", " ".join(paragraphs)) if word not in quotable and word not in headings]
    assert lost == []


def test_a_menu_is_furniture_but_for_what_may_head_the_text_below() -> None:
    menu = ["Home", "News", "About us", "Contact", "Log in", "The Storm"]
    assert roles_of(*menu, PROSE) == ["furniture"] * 5 + ["heading", "body"]


def test_a_heading_that_comes_again_with_other_text_heads_that_too() -> None:
    passages = passages_of(
        "Report", "Year One", PROSE, "Summary", "It was good.", "Year Two", PROSE, "Summary", "It was bad."
    )
    assert [passage.headings for passage in passages if passage.role == "body"][1::2] == [("Report", "Summary")] * 2
    assert [passage.role for passage in passages].count("furniture") == 0


def test_a_short_answer_after_a_question_is_body() -> None:
    assert roles_of("Is it safe?", "Yes", "Is it cheap?", "No", "Who says so?", PROSE)[1::2] == ["body"] * 3


def test_long_lines_without_blank_lines_between_them_are_paragraphs() -> None:
    long = PROSE + " " + PROSE
    text = f"The Bells\n{long}\nThe Ropes\n{long}\n{long}"
    assert [block.span.of(text) for block in load(text).blocks] == text.split("\n")
    wrapped = "\n".join(["a line of words that ends no sentence but is long " * 3] * 3)
    assert len(load(wrapped).blocks) == 1
