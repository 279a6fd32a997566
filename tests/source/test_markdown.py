"""Markdown: the text is the file itself, its blocks are CommonMark's, and markup is folded away for searching only."""

from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source.document import Extraction, Passage
from source.markdown import load_markdown
from source.split import split_passages
from tests.checks import check_passages
from tests.strategies import MARKDOWN_PARTS, markdowns, texts

HIDDEN_PARTS = ("<!-- {} -->", "<script>\n{}\n</script>", "![{}](x.png)", "[{}]: http://x.y 'z'", "Photo: {}")
"""Parts whose words are furniture, as is front matter."""


def load(text: str) -> Extraction:
    return load_markdown(codecs.BOM_UTF8 + text.encode("utf-8"))


def passages_of(text: str) -> tuple[Passage, ...]:
    return split_passages(load(text))


def folded_of(text: str) -> list[str]:
    return [sentence.folded for passage in passages_of(text) for sentence in passage.sentences]


@given(markdowns | texts)
def test_all_of_any_file_is_kept_in_order_and_in_its_place(text: str) -> None:
    extraction = load(text)
    assert extraction.text == text
    check_passages(extraction)


@given(
    st.lists(st.sampled_from(["{}", *MARKDOWN_PARTS]), min_size=1, max_size=8),
    st.sampled_from(["\n\n", "\r\n\r\n", "\r\r"]),
)
def test_each_word_is_searched_for_once_and_only_hidden_ones_are_furniture(parts: list[str], end: str) -> None:
    """Whatever block a word stands in, a sentence's folded copy or a heading path holds it."""
    line_end = end[: len(end) // 2]
    named = [(part, f"Word{letter}z") for part, letter in zip(parts, "abcdefgh", strict=False) if "{}" in part]
    passages = passages_of(end.join(part.replace("{}", word).replace("\n", line_end) for part, word in named) + end)
    for part, word in named:
        holding = [passage for passage in passages if any(word in one.folded for one in passage.sentences)]
        if part == "<!-- {} -->":
            assert holding == []
        else:
            assert len(holding) == 1
            has_body = any(one not in HIDDEN_PARTS for one, _ in named)
            assert (holding[0].role == "furniture") == (part in HIDDEN_PARTS and has_body)


def test_headings_rows_and_roles_by_hand() -> None:
    text = (
        "---\ntitle: 'Loans'\n---\n# Report on *Loans* #\n\nOutgoing\n========\n\n212 objects were **lent** this year."
        "\n\n| Borrower | Place |\n|---|---|\n| Harbour House | Tidewick |\n| Sundial Park |\n\n![A crate](crate.png)"
        "\n\n***\n"
    )
    passages = passages_of(text)
    assert [(one.role, one.headings, [sentence.folded for sentence in one.sentences]) for one in passages] == [
        ("furniture", (), ["--- title: 'Loans' ---"]),
        ("body", (), ["Report on Loans"]),
        ("heading", (), ["Outgoing"]),
        ("body", ("Outgoing",), ["212 objects were lent this year."]),
        (
            "body",
            ("Outgoing",),
            ["Borrower; Place", "Borrower: Harbour House; Place: Tidewick", "Borrower: Sundial Park"],
        ),
        ("furniture", ("Outgoing",), ["A crate"]),
        ("furniture", ("Outgoing",), [""]),
    ]
    assert load(text).title == "Loans"
    assert passages[4].sentences[1].span.of(text) == "| Harbour House | Tidewick |"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("- one\n  - two\n    - three\n\n      on three\n- four", ["one", "two", "three", "on three", "four"]),
        ("1. Fill the post.\n2. Send a courier\n   with it.", ["1. Fill the post.", "2. Send a courier with it."]),
        ("It was in\n1998. It rang.", ["It was in 1998.", "It rang."]),
        ("Abaft\n: Toward the stern", ["Abaft : Toward the stern"]),
        ("> The tube\n> is the instrument.\n>\n> Sell it.", ["The tube is the instrument.", "Sell it."]),
        ("```\nRH=47.8 ok\nRH=41.2 LOW\n```", ["RH=47.8 ok", "RH=41.2 LOW"]),
        ("    RH=47.8 ok\n    RH=41.2 LOW", ["RH=47.8 ok", "RH=41.2 LOW"]),
        (
            "See [the policy][1].\n\n[1]: http://x.y 'z'",
            ["See [the policy][1].", "[1]: http://x.y 'z'"],
        ),
        ("A survey.[^1] It ran.\n\n[^1]: Anonymous", ["A survey.[^1]", "It ran.", "[^1]: Anonymous"]),
        ("<div>\nThe code is <b>4711</b> &amp; so on.\n</div>", ["", "The code is 4711 & so on.", ""]),
        ("| a | b |\n|---|---|\n| 1<br>2 | `x` |\n| \x85 |", ["a; b", "a: 1 2; b: x", ""]),
    ],
)
def test_what_is_searched_for_by_hand(text: str, folded: list[str]) -> None:
    assert folded_of(text) == folded


def test_a_footnote_is_body_though_commonmark_takes_it_for_a_link() -> None:
    passages = passages_of("It is old.[^1]\n\n[^1]: Anonymous\n\n[1]: http://x.y\n")
    assert [passage.role for passage in passages] == ["body", "furniture"]
    assert [sentence.folded for sentence in passages[0].sentences] == ["It is old.[^1]", "[^1]: Anonymous"]


@pytest.mark.parametrize(
    "text",
    [
        "---\nThis is a rule.\n\nAnd this is text.\n\n---\n",
        "---\ntitle: x\n\nIt never ends.\n",
        "---\n- a\nIt is no list.\n---\n",
    ],
)
def test_what_only_begins_like_front_matter_is_text(text: str) -> None:
    body = [passage.span.of(text) for passage in passages_of(text) if passage.role == "body"]
    assert re.search(r"text|ends|list", " ".join(body))


def test_front_matter_ends_at_its_first_rule() -> None:
    text = '---\r\ntitle: "The Bells"\r\ntags:\r\n  - a\r\n---\r\n- a point that is made here\r\n\r\n---\r\n'
    assert load(text).title == "The Bells"
    assert [passage.role for passage in passages_of(text)] == ["furniture", "body", "furniture"]


@pytest.mark.parametrize("unit", ["[", "![[", "*a_ ", "`x", "<", "[](", "> ", "- \n", "&a", "~~a ", "| a ", "\\"])
def test_no_input_takes_forever(unit: str) -> None:
    check_passages(load(unit * (12_000 // len(unit))))


@pytest.mark.parametrize("mark", ["> ", "- ", "  ", "1. "])
def test_deep_nesting_loses_nothing(mark: str) -> None:
    check_passages(load("".join(mark * depth + f"word{depth}\n" for depth in range(200))))
