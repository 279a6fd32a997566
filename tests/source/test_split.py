"""Passages: one paragraph each with its heading path, in order, and nothing that is said is only a heading."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source.document import Block, Extraction, Part, Role, Span
from source.html import load_html
from source.markdown import load_markdown
from source.split import MAX_PASSAGE_CHARS, split_passages
from source.text import load_text
from tests.checks import check_passages
from tests.strategies import htmls, markdowns, texts

LOADERS = {"text": load_text, "markdown": load_markdown, "html": load_html}

blocks = st.tuples(
    st.sampled_from(["body", "heading", "furniture"]),
    st.integers(1, 6),
    st.sampled_from(["A bell rings when the tide has turned.", "Yes.", "- one\n- two", "No. 7", "word " * 900 + "end"]),
)


def extraction_of(parts: list[tuple[Role, int, str]]) -> Extraction:
    """A document of these blocks, each with its number as its first word."""
    text = ""
    made: list[Block] = []
    for number, (role, level, words) in enumerate(parts):
        start = len(text)
        text += f"B{number} {words}"
        made.append(Block(Span(start, len(text)), role, level if role == "heading" else 0))
        text += "\n\n"
    return Extraction(text, tuple(made), "", "utf-8", text_is_file=True, markup="none")


@given(st.lists(blocks, max_size=12))
def test_any_blocks_become_passages_that_lose_nothing(parts: list[tuple[Role, int, str]]) -> None:
    check_passages(extraction_of(parts))


@given(st.lists(blocks, max_size=12))
def test_each_block_keeps_its_role_unless_that_would_hide_it(parts: list[tuple[Role, int, str]]) -> None:
    """A heading with nothing below it becomes body, and so does furniture where there is nothing else.

    Above the first paragraph, a few words that furniture follows become a heading.
    """
    extraction = extraction_of(parts)
    passages = split_passages(extraction)
    settled = settled_roles(parts)
    for number, role in enumerate(settled):
        [passage] = [one for one in passages if f"B{number} " in one.span.of(extraction.text)]
        assert passage.role == ("heading" if leads_in(parts, settled, number) else role)


def settled_roles(parts: list[tuple[Role, int, str]]) -> list[Role]:
    """The role of each part, with headings that head nothing as body; all body if nothing else would be."""
    settled: list[Role] = [
        "body" if role == "heading" and not heads(parts, number) else role for number, (role, _, _) in enumerate(parts)
    ]
    return settled if "body" in settled else ["body"] * len(settled)


def heads(parts: list[tuple[Role, int, str]], number: int) -> bool:
    """True for a heading with a paragraph, a deeper heading, or one that became body next below it."""
    below = next((later for later in range(number + 1, len(parts)) if parts[later][0] != "furniture"), None)
    if below is None:
        return False
    return parts[below][0] == "body" or parts[below][1] > parts[number][1] or not heads(parts, below)


def leads_in(parts: list[tuple[Role, int, str]], settled: list[Role], number: int) -> bool:
    """True for a few words of body that furniture follows, with a paragraph below them and none above."""
    paragraphs = [
        place
        for place, (role, (_, _, words)) in enumerate(zip(settled, parts, strict=True))
        if role == "body" and len(re.findall(r"\w+", words)) >= 4  # and its number
    ]
    is_above_all = bool(paragraphs) and number < paragraphs[0]
    return is_above_all and settled[number : number + 2] == ["body", "furniture"]


def test_a_byline_above_the_first_paragraph_is_searched_with_it_and_not_quoted() -> None:
    said: tuple[Role, int, str] = ("body", 0, "The bell rings when the tide has turned.")
    photo: tuple[Role, int, str] = ("furniture", 0, "Photo: Marta Quill")
    passages = split_passages(extraction_of([("body", 0, "By Tobias Rell"), photo, ("body", 0, "12 May"), photo, said]))
    assert [passage.role for passage in passages] == ["heading", "furniture", "heading", "furniture", "body"]
    assert passages[-1].headings == ("B0 By Tobias Rell", "B2 12 May")
    answer = split_passages(
        extraction_of([("heading", 1, "How many?"), said, photo, ("body", 0, "Nine."), photo, said])
    )
    assert answer[3].role == "body"


@given(st.sampled_from(sorted(LOADERS)), texts | markdowns | htmls)
def test_what_is_a_heading_is_searched_for_with_text_below_it(loader: str, text: str) -> None:
    passages = check_passages(LOADERS[loader](codecs.BOM_UTF8 + text.encode("utf-8")))
    for number, passage in enumerate(passages):
        words = " ".join(sentence.folded for sentence in passage.sentences)
        if passage.role == "heading" and words:
            below = [
                one
                for one in passages[number + 1 :]
                if one.role == "body" and len(one.headings) > len(passage.headings)
            ]
            assert below, f"{words!r} heads nothing"


def test_the_path_is_that_of_an_outline() -> None:
    parts: list[tuple[Role, int, str]] = [
        ("heading", 1, "Title"), ("body", 0, "It begins here."), ("heading", 2, "One"), ("heading", 3, "Deep"),
        ("body", 0, "It goes on here."), ("furniture", 0, "Photo"), ("heading", 2, "Two"), ("body", 0, "It ends here."),
        ("heading", 4, "Nothing below"),
    ]  # fmt: skip
    assert [(passage.role, passage.headings) for passage in split_passages(extraction_of(parts))] == [
        ("heading", ()),
        ("body", ("B0 Title",)),
        ("heading", ("B0 Title",)),
        ("heading", ("B0 Title", "B2 One")),
        ("body", ("B0 Title", "B2 One", "B3 Deep")),
        ("furniture", ("B0 Title", "B2 One", "B3 Deep")),
        ("heading", ("B0 Title",)),
        ("body", ("B0 Title", "B6 Two")),
    ]


@pytest.mark.parametrize(
    ("paragraphs", "grouped"),
    [
        (["Yes.", "No.", "It may be so, they said."], ["Yes.|No.|It may be so, they said."]),
        (["It may be so, they said.", "Yes."], ["It may be so, they said.|Yes."]),
        (
            ["It may be so, they said.", "Yes.", "It may not be so."],
            ["It may be so, they said.", "Yes.|It may not be so."],
        ),
        (
            ["One two three four five.", "One two three four five."],
            ["One two three four five.", "One two three four five."],
        ),
        (["Yes.", "word " * 130 + "end."], ["Yes.", "word " * 130 + "end."]),
        (["鐘は朝に鳴ります。", "はい。"], ["鐘は朝に鳴ります。|はい。"]),
        (
            ["港の鐘は毎朝六時に鳴ります。", "いちばん古い鐘は町の鋳物師が作りました。"],
            ["港の鐘は毎朝六時に鳴ります。", "いちばん古い鐘は町の鋳物師が作りました。"],
        ),
    ],
)
def test_a_few_words_are_ranked_with_their_neighbour(paragraphs: list[str], grouped: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    passages = split_passages(load_text(text.encode()))
    assert ["|".join(part for part in passage.span.of(text).split("\n\n")) for passage in passages] == grouped


@settings(max_examples=40)
@given(st.integers(1, 150), st.integers(1, 80))
def test_a_long_paragraph_is_cut_at_sentence_ends_into_parts_of_about_equal_length(sentences: int, words: int) -> None:
    text = " ".join(["A" + " word" * words + "."] * sentences)
    passages = split_passages(load_text(text.encode()))
    lengths = [len(passage.span) for passage in passages]
    assert all(length <= MAX_PASSAGE_CHARS for length in lengths)
    assert all(passage.span.of(text).endswith(".") for passage in passages)
    fewest = -(-len(text) // MAX_PASSAGE_CHARS)
    assert fewest <= len(passages) <= 1.5 * fewest
    assert all(one > MAX_PASSAGE_CHARS / 3 for one, _ in pairwise(lengths))


def test_list_items_are_sentences_of_their_own() -> None:
    text = "They are:\n- two pairs of shoes\n- a watch, set to\n  Greenwich time\n3) gloves. And food\n\u2022 a) salt"
    [passage] = split_passages(load_text(text.encode()))
    assert [sentence.folded for sentence in passage.sentences] == [
        "They are:", "- two pairs of shoes", "- a watch, set to Greenwich time", "3) gloves.", "And food", "• a) salt",
    ]  # fmt: skip


def test_the_title_of_a_slide_heads_its_own_slide_only() -> None:
    """The second has nothing but a title, the third no title: each is found by what it says itself."""
    text = "Bells\nThe bell of Dunmouth weighs 640 kilograms.\nRopes\nIt was cast by a founder called Jonas Trell."
    starts = [0, text.index("The bell"), text.index("Ropes"), text.index("It was")]
    spans = [Span(start, end) for start, end in pairwise([*starts, len(text) + 1])]
    roles: list[tuple[Role, int]] = [("heading", 3), ("body", 0), ("heading", 3), ("body", 0)]
    made = tuple(
        Block(Span(span.start, span.end - 1), role, level) for span, (role, level) in zip(spans, roles, strict=True)
    )
    slides = [Span(starts[0], starts[2] - 1), Span(starts[2], starts[3] - 1), Span(starts[3], len(text))]
    parts = tuple(Part(span, "slide", number) for number, span in enumerate(slides, start=1))
    passages = split_passages(Extraction(text, made, "", "", text_is_file=False, markup="none", parts=parts))
    assert [(one.role, one.headings) for one in passages] == [
        ("heading", ()),
        ("body", ("Bells",)),
        ("body", ()),
        ("body", ()),
    ]
